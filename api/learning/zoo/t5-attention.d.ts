import { type Layer, type LayerOptions } from "../nn/layer.js";
import type { LayerMaker } from "../nn/layers.js";
interface BiasOptions extends LayerOptions {
  readonly numHeads: number;
  readonly numBuckets: number;
  readonly maxDistance: number;
  readonly bidirectional: boolean;
  readonly stddev: number;
}
export declare function t5RelativeBias(options: BiasOptions): Layer;
interface AttentionOptions extends LayerOptions {
  readonly numHeads: number;
  readonly keyDim: number;
  readonly causal: boolean;
  readonly hasIds: boolean;
  readonly dropout: number;
}
export declare function t5Attention(options: AttentionOptions): Layer;
export declare const t5Layers: Readonly<Record<string, LayerMaker>>;
export {};
