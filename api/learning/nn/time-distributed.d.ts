import { type Layer, type LayerOptions } from "./layer.js";
export interface TimeDistributedOptions extends LayerOptions {
  readonly layer: Layer;
}
export declare function timeDistributed(options: TimeDistributedOptions): Layer;
