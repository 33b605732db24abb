import type { Tensor } from "../../engine/tensor/tensor.js";
import type { Loss, Prediction } from "./losses.js";
export interface SampleLosses {
  readonly values: Tensor;
  readonly counted?: Tensor;
}
export declare function lossValue(loss: Loss, labels: Tensor, prediction: Prediction, weights?: Tensor): Tensor;
export declare function sampleLosses(loss: Loss, labels: Tensor, prediction: Prediction): Tensor;
