import { type AffineOptions } from "./affine.js";
import { type Layer } from "./layer.js";
export interface LayerNormalizationOptions extends AffineOptions {
  readonly axis?: number | readonly number[];
}
export declare function layerNormalization(options?: LayerNormalizationOptions): Layer;
