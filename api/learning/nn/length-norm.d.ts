import { type Layer, type LayerOptions } from "./layer.js";
export interface RmsNormalizationOptions extends LayerOptions {
  readonly axis?: number | readonly number[];
  readonly epsilon?: number;
}
export declare function rmsNormalization(options?: RmsNormalizationOptions): Layer;
export interface UnitNormalizationOptions extends LayerOptions {
  readonly axis?: number | readonly number[];
}
export declare function unitNormalization(options?: UnitNormalizationOptions): Layer;
