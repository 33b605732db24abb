import type { Tensor } from "../../../engine/tensor/tensor.js";
import type { RandomPictureOptions } from "./picture-layer.js";
export type PictureFillMode = "constant" | "nearest" | "wrap" | "reflect";
export interface TransformRule {
  readonly interpolation: "nearest" | "bilinear";
  readonly fillMode: PictureFillMode;
  readonly fillValue: number;
}
export interface TransformOptions extends RandomPictureOptions {
  readonly interpolation?: "nearest" | "bilinear" | undefined;
  readonly fillMode?: PictureFillMode | undefined;
  readonly fillValue?: number | undefined;
}
export declare function transformRule(kind: string, options: TransformOptions): TransformRule;
export declare function transformPictures(images: Tensor, transforms: Tensor, rule: TransformRule): Tensor;
export declare function transformTable(numPictures: number, columns: readonly (Tensor | number)[]): Tensor;
