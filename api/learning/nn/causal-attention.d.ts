import { type Layer, type LayerOptions } from "./layer.js";
export interface CausalAttentionOptions extends LayerOptions {
  readonly numHeads: number;
  readonly numKeyValueHeads?: number | undefined;
  readonly rotaryFrequencies?: readonly number[] | undefined;
  readonly contextLength?: number | undefined;
  readonly dropout?: number;
}
export declare function causalAttention(options: CausalAttentionOptions): Layer;
