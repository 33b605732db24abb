import type { Shape } from "../../engine/base/shape.js";
import { type HeadOptions } from "./head-attention.js";
import type { Layer } from "./layer.js";
export interface MultiHeadAttentionOptions extends HeadOptions {
  readonly numHeads: number;
  readonly keyDim: number;
  readonly valueDim?: number | null | undefined;
  readonly outputShape?: number | Shape | null | undefined;
  readonly attentionAxes?: number | readonly number[] | null | undefined;
}
export declare function multiHeadAttention(options: MultiHeadAttentionOptions): Layer;
