import { type HeadOptions } from "./head-attention.js";
import type { Layer } from "./layer.js";
export interface GroupQueryAttentionOptions extends HeadOptions {
  readonly headDim: number;
  readonly numQueryHeads: number;
  readonly numKeyValueHeads: number;
}
export declare function groupQueryAttention(options: GroupQueryAttentionOptions): Layer;
