import { type Layer, type LayerOptions } from "./layer.js";
declare const mergeModes: readonly ["sum", "mul", "concat", "ave"];
export type MergeMode = (typeof mergeModes)[number];
export interface BidirectionalOptions extends LayerOptions {
  readonly layer: Layer;
  readonly mergeMode?: MergeMode | null;
  readonly backwardLayer?: Layer | undefined;
}
export declare function bidirectional(options: BidirectionalOptions): Layer;
export {};
