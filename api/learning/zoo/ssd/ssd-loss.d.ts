import type { Tensor } from "../../../engine/tensor/tensor.js";
export interface SsdLossOptions {
  readonly iouThreshold?: number;
  readonly negativeRatio?: number;
}
export interface SsdBatch {
  readonly corrections: Tensor;
  readonly logits: Tensor;
  readonly boxes: Tensor;
  readonly labels: Tensor;
  readonly anchors: Tensor;
}
export interface SsdLosses {
  readonly box: Tensor;
  readonly classification: Tensor;
}
export declare function ssdLoss(batch: SsdBatch, options?: SsdLossOptions): SsdLosses;
