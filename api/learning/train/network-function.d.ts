import type { Tensor } from "../../engine/tensor/tensor.js";
import type { Weights } from "../nn/layer.js";
import { type NetworkResult } from "../nn/network.js";
import type { Model } from "./model.js";
export interface ApplyOptions {
  readonly training?: boolean;
  readonly key?: Tensor;
}
export interface NetworkFunction {
  readonly weights: Weights;
  readonly frozen: Weights;
  readonly apply: (weights: Weights, x: Tensor | readonly Tensor[], options?: ApplyOptions) => NetworkResult;
}
export declare function networkFunction(model: Model): NetworkFunction;
