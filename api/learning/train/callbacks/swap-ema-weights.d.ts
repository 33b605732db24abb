import type { Callback } from "./callback.js";
export interface SwapEmaWeightsOptions {
  readonly swapOnEpoch?: boolean;
}
export declare function swapEmaWeights(options?: SwapEmaWeightsOptions): Callback;
