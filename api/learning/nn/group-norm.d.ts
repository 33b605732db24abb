import { type AffineOptions } from "./affine.js";
import { type Layer } from "./layer.js";
export interface GroupNormalizationOptions extends AffineOptions {
  readonly groups?: number;
  readonly axis?: number;
}
export declare function groupNormalization(options?: GroupNormalizationOptions): Layer;
