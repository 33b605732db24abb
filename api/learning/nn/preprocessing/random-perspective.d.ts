import type { Tensor } from "../../../engine/tensor/tensor.js";
import type { Layer } from "../layer.js";
import { type Bounds, type PictureChange, type PictureFactor, type RandomPictureOptions } from "./picture-layer.js";
import { type TransformRule } from "./transform.js";
export interface RandomPerspectiveOptions extends RandomPictureOptions {
  readonly factor?: PictureFactor | undefined;
  readonly scale?: number | undefined;
  readonly interpolation?: "nearest" | "bilinear" | undefined;
  readonly fillValue?: number | undefined;
}
export declare function randomPerspective(options?: RandomPerspectiveOptions): Layer;
export interface PerspectiveDraws {
  readonly isChanged: Tensor;
  readonly growth: Tensor;
}
export declare function perspectiveChange(
  bounds: Bounds,
  scale: number,
  rule: TransformRule,
): PictureChange<PerspectiveDraws>;
