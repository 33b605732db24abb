import { type VisibleKeys, type WeightDropout } from "./attention-scores.js";
import type { Tensor } from "./tensor.js";
export interface AttentionOptions extends VisibleKeys {
  readonly scale?: number | undefined;
  readonly dropout?: WeightDropout | undefined;
}
export declare function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options?: AttentionOptions,
): Tensor;
