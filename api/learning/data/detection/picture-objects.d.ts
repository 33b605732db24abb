export declare const boxForms: readonly ["xyxy", "xywh", "cxcywh"];
export type BoxForm = (typeof boxForms)[number];
export type CornerBox = readonly [x1: number, y1: number, x2: number, y2: number];
export type PictureSize = readonly [height: number, width: number];
export interface PictureObjects {
  readonly boxes: readonly CornerBox[];
  readonly labels: readonly number[];
  readonly crowd?: readonly boolean[];
  readonly areas?: readonly number[];
  readonly masks?: readonly ArrayLike<number>[];
}
export interface PictureDetections extends Pick<PictureObjects, "boxes" | "labels" | "masks"> {
  readonly scores: readonly number[];
}
export declare function cornersOf([a, b, c, d]: CornerBox, form: BoxForm): CornerBox;
export declare function scaledBox([x1, y1, x2, y2]: CornerBox, down: number, across: number): CornerBox;
export declare function checkObjects(where: string, objects: PictureObjects | PictureDetections): void;
