import type { Tensor } from "../../engine/tensor/tensor.js";
import type { Logits } from "../nn/layer.js";
export declare const lossNames: readonly [
  "meanSquaredError",
  "meanAbsoluteError",
  "huber",
  "binaryCrossentropy",
  "binaryFocalCrossentropy",
  "categoricalCrossentropy",
  "categoricalFocalCrossentropy",
  "sparseCategoricalCrossentropy",
];
export type LossName = (typeof lossNames)[number];
export interface Loss {
  readonly kind: LossName;
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;
  readonly delta?: number;
  readonly gamma?: number;
  readonly alpha?: number;
  readonly applyClassBalancing?: boolean;
}
export interface Prediction {
  readonly output: Tensor;
  readonly logits?: Logits | undefined;
}
export interface CrossentropyOptions {
  readonly fromLogits?: boolean;
  readonly labelSmoothing?: number;
}
export interface FocalOptions extends CrossentropyOptions {
  readonly gamma?: number;
  readonly alpha?: number;
}
export declare const losses: {
  meanSquaredError(): Loss;
  meanAbsoluteError(): Loss;
  huber(options?: { readonly delta?: number }): Loss;
  binaryCrossentropy(options?: CrossentropyOptions): Loss;
  binaryFocalCrossentropy(
    options?: FocalOptions & {
      readonly applyClassBalancing?: boolean;
    },
  ): Loss;
  categoricalCrossentropy(options?: CrossentropyOptions): Loss;
  categoricalFocalCrossentropy(options?: FocalOptions): Loss;
  sparseCategoricalCrossentropy(options?: { readonly fromLogits?: boolean }): Loss;
};
export declare function checkLoss(value: LossName | Loss): Loss;
export declare function lossValue(loss: Loss, labels: Tensor, prediction: Prediction, weights?: Tensor): Tensor;
export declare function sampleLosses(loss: Loss, labels: Tensor, prediction: Prediction): Tensor;
export declare function alignLabels(where: string, labels: Tensor, output: Tensor): Tensor;
export declare function classNumbers(where: string, labels: Tensor, output: Tensor): Tensor;
