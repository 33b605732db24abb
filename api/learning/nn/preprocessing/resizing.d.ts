import type { Shape } from "../../../engine/base/shape.js";
import type { Tensor } from "../../../engine/tensor/tensor.js";
import { type Layer, type SpatialOptions } from "../layer.js";
import { type RandomPictureOptions } from "./picture-layer.js";
import { type ResizeInterpolation } from "./resize-weights.js";
export interface PictureSizeOptions extends SpatialOptions {
  readonly height: number;
  readonly width: number;
}
export interface ResizingOptions extends PictureSizeOptions {
  readonly interpolation?: ResizeInterpolation | undefined;
  readonly cropToAspectRatio?: boolean | undefined;
  readonly padToAspectRatio?: boolean | undefined;
  readonly fillMode?: "constant" | undefined;
  readonly fillValue?: number | undefined;
  readonly antialias?: boolean | undefined;
}
export declare function resizing(options: ResizingOptions): Layer;
export interface ResizeRule {
  readonly height: number;
  readonly width: number;
  readonly interpolation: ResizeInterpolation;
  readonly cropToAspectRatio: boolean;
  readonly padToAspectRatio: boolean;
  readonly fillMode: "constant";
  readonly fillValue: number;
  readonly antialias: boolean;
}
export declare function resized(images: Tensor, rule: ResizeRule): Tensor;
export declare function centerCrop(options: PictureSizeOptions): Layer;
export interface RandomCropOptions extends PictureSizeOptions, RandomPictureOptions {}
export declare function randomCrop(options: RandomCropOptions): Layer;
export interface WindowDraws {
  readonly top: Tensor;
  readonly left: Tensor;
}
export declare function drawWindows(key: Tensor, shape: Shape, height: number, width: number): WindowDraws;
export declare function windowsOf(images: Tensor, { top, left }: WindowDraws, height: number, width: number): Tensor;
