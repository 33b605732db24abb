import { type Layer, type LayerOptions } from "./layer.js";
export interface RecomputeOptions extends LayerOptions {
  readonly layer: Layer;
}
export declare function recompute(options: RecomputeOptions): Layer;
