import type { Tensor } from "../../../engine/tensor/tensor.js";
import { type Layer, type SpatialOptions } from "../layer.js";
import { type Bounds } from "./picture-layer.js";
export interface AdaptiveEqualizationOptions extends SpatialOptions {
  readonly valueRange?: Bounds | undefined;
  readonly clipLimit?: number | undefined;
  readonly tileGridSize?: number | readonly [down: number, across: number] | undefined;
}
export declare function contrastLimitedAdaptiveHistogramEqualization(options?: AdaptiveEqualizationOptions): Layer;
export declare function spreadInTiles(images: Tensor, grid: readonly [number, number], clipLimit: number): Tensor;
