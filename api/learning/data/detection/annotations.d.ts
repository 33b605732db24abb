import type { FileSystem } from "../../../engine/platform/api.js";
import type { PictureObjects, PictureSize } from "./picture-objects.js";
export interface AnnotatedPicture {
  readonly file: string;
  readonly id?: number;
  readonly size: PictureSize;
  readonly objects: PictureObjects;
}
export interface BoxAnnotations {
  readonly pictures: readonly AnnotatedPicture[];
  readonly classNames: readonly string[];
  readonly categoryIds?: readonly number[];
}
export declare function readText(files: FileSystem, path: string, maxBytes?: number): Promise<string>;
export declare function pictureIn(files: FileSystem, folder: string, name: string, where: string): string;
export declare function checkedBox(
  [x1, y1, x2, y2]: readonly [number, number, number, number],
  where: string,
): readonly [number, number, number, number];
