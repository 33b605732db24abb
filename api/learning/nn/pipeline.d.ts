import { type Layer, type LayerOptions } from "./layer.js";
export interface PipelineOptions extends LayerOptions {
  readonly layers: readonly Layer[];
}
export declare function pipeline(options: PipelineOptions): Layer;
