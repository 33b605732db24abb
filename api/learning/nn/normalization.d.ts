import { type Layer, type LayerOptions } from "./layer.js";
export interface NormalizationOptions extends LayerOptions {
  readonly axis?: number | readonly number[] | null;
  readonly mean?: number | readonly number[];
  readonly variance?: number | readonly number[];
  readonly invert?: boolean;
}
export declare function normalization(options?: NormalizationOptions): Layer;
