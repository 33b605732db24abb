import type { Tensor } from "../../engine/tensor/tensor.js";
import type { BatchChanges } from "../data/augment-batch.js";
export interface DeviceBatch {
  readonly x: Tensor;
  readonly furtherInputs?: readonly Tensor[];
  readonly y: Tensor;
  readonly furtherTargets?: readonly Tensor[];
  readonly weights?: Tensor;
  readonly targetWeights?: readonly Tensor[];
  readonly changes?: BatchChanges<Tensor>;
}
export declare function ofTarget(batch: DeviceBatch, place: number): DeviceBatch;
