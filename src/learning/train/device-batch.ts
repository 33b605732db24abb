// A batch on the device, of one or several inputs and targets.

import type { Tensor } from "#engine/tensor/tensor.ts";
import type { BatchChanges } from "#learning/data/augment-batch.ts";

/** A batch on the device. */
export interface DeviceBatch {
  /** The first input. */
  readonly x: Tensor;
  /** Inputs after the first. */
  readonly furtherInputs?: readonly Tensor[];
  /** The first target. */
  readonly y: Tensor;
  /** Targets after the first. */
  readonly furtherTargets?: readonly Tensor[];
  /** What the loss of each sample, f32 [n], or place, f32 [n, time], is multiplied with. */
  readonly weights?: Tensor;
  /** Such weights for each target, in place of `weights`. */
  readonly targetWeights?: readonly Tensor[];
  /** Of augmentation; of the first input. */
  readonly changes?: BatchChanges<Tensor>;
}

/** The batch as if it had only the target at this place. */
export function ofTarget(batch: DeviceBatch, place: number): DeviceBatch {
  const { furtherTargets = [], targetWeights, ...one } = batch;
  const weights = targetWeights === undefined ? batch.weights : targetWeights[place];
  const y = place === 0 ? batch.y : (furtherTargets[place - 1] ?? batch.y);
  return { ...one, y, ...(weights === undefined ? {} : { weights }) };
}
