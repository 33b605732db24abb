import type { Shape } from "../../../engine/base/shape.js";
import type { Tensor } from "../../../engine/tensor/tensor.js";
import type { Layer } from "../layer.js";
import { type Bounds, type PictureChange, type PictureFactor } from "./picture-layer.js";
import { type TransformOptions, type TransformRule } from "./transform.js";
export interface Motion<Draws> {
  draw(key: Tensor, shape: Shape): Draws;
  transforms(draws: Draws, shape: Shape): Tensor;
}
export declare function motionChange<Draws>(motion: Motion<Draws>, rule: TransformRule): PictureChange<Draws>;
export interface RandomRotationOptions extends TransformOptions {
  readonly factor: PictureFactor;
}
export declare function randomRotation(options: RandomRotationOptions): Layer;
export declare function rotation([low, high]: Bounds): Motion<Tensor>;
export interface RandomZoomOptions extends TransformOptions {
  readonly heightFactor: PictureFactor;
  readonly widthFactor?: PictureFactor | undefined;
}
export declare function randomZoom(options: RandomZoomOptions): Layer;
export interface HeightAndWidth {
  readonly height: Tensor;
  readonly width: Tensor;
}
export declare function zoom(down: Bounds, across: Bounds | undefined): Motion<HeightAndWidth>;
export interface RandomTranslationOptions extends TransformOptions {
  readonly heightFactor: PictureFactor;
  readonly widthFactor: PictureFactor;
}
export declare function randomTranslation(options: RandomTranslationOptions): Layer;
export declare function translation(down: Bounds, across: Bounds): Motion<HeightAndWidth>;
export interface RandomShearOptions extends TransformOptions {
  readonly xFactor?: PictureFactor | undefined;
  readonly yFactor?: PictureFactor | undefined;
}
export declare function randomShear(options?: RandomShearOptions): Layer;
export interface Shears {
  readonly x: Tensor;
  readonly y: Tensor;
}
export declare function shear(across: Bounds, down: Bounds): Motion<Shears>;
