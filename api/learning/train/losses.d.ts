import type { Tensor } from "../../engine/tensor/tensor.js";
import type { Logits } from "../nn/layer.js";
export declare const lossNames: readonly [
  "meanSquaredError",
  "binaryCrossentropy",
  "categoricalCrossentropy",
  "sparseCategoricalCrossentropy",
];
export type LossName = (typeof lossNames)[number];
export interface Loss {
  readonly kind: LossName;
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;
}
export interface Prediction {
  readonly output: Tensor;
  readonly logits?: Logits | undefined;
}
interface CrossentropyOptions {
  readonly fromLogits?: boolean;
  readonly labelSmoothing?: number;
}
export declare const losses: {
  meanSquaredError(): Loss;
  binaryCrossentropy(options?: CrossentropyOptions): Loss;
  categoricalCrossentropy(options?: CrossentropyOptions): Loss;
  sparseCategoricalCrossentropy(options?: { readonly fromLogits?: boolean }): Loss;
};
export declare function checkLoss(value: LossName | Loss): Loss;
export declare function lossValue(loss: Loss, labels: Tensor, prediction: Prediction): Tensor;
export declare function sampleLosses(loss: Loss, labels: Tensor, prediction: Prediction): Tensor;
export declare function alignLabels(where: string, labels: Tensor, output: Tensor): Tensor;
export declare function classNumbers(where: string, labels: Tensor, output: Tensor): Tensor;
export {};
