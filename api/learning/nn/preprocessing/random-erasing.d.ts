import type { Tensor } from "../../../engine/tensor/tensor.js";
import type { Layer } from "../layer.js";
import { type Bounds, type PictureChange, type PictureFactor, type RandomPictureOptions } from "./picture-layer.js";
export interface RandomErasingLayerOptions extends RandomPictureOptions {
  readonly factor?: PictureFactor | undefined;
  readonly scale?: PictureFactor | undefined;
  readonly fillValue?: number | readonly number[] | null | undefined;
  readonly valueRange?: Bounds | undefined;
}
export declare function randomErasing(options?: RandomErasingLayerOptions): Layer;
export interface ErasingRule {
  readonly factor: Bounds;
  readonly scale: Bounds;
  readonly fillValue: number | readonly number[] | null;
  readonly valueRange: Bounds;
}
export interface ErasingDraws {
  readonly isErased: Tensor;
  readonly top: Tensor;
  readonly bottom: Tensor;
  readonly left: Tensor;
  readonly right: Tensor;
  readonly fill: Tensor;
}
export declare function erasingChange({
  factor,
  scale,
  fillValue,
  valueRange,
}: ErasingRule): PictureChange<ErasingDraws>;
