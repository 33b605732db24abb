import type { Tensor } from "./tensor.js";
export interface VisibleKeys {
  readonly mask?: Tensor | undefined;
  readonly causal?: boolean | undefined;
  readonly slidingWindow?: number | undefined;
}
export interface WeightDropout {
  readonly rate: number;
  readonly key: Tensor;
}
export interface ScoreBlock {
  readonly firstQuery: number;
  readonly numQueries: number;
  readonly firstKey: number;
  readonly numKeys: number;
}
export declare const hiddenScore = -1e30;
export declare function attentionWeights(scores: Tensor, visible?: Tensor): Tensor;
export declare function visibleIn(block: ScoreBlock, { mask, causal, slidingWindow }: VisibleKeys): Tensor | undefined;
export declare function dropped(weights: Tensor, dropout: WeightDropout | undefined): Tensor;
export declare function transposed(x: Tensor): Tensor;
