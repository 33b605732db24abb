// The loss of a batch: of each output that is learnt, and their sum with penalties. Knows no weights and no step.

import { BugError } from "#engine/base/error.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { NetworkResult } from "#learning/nn/network.ts";
import { ofTarget, type DeviceBatch } from "./device-batch.ts";
import { lossValue } from "./loss-value.ts";
import type { Outcome } from "./metrics.ts";
import { countedLabels, lossLabels, lossWeights } from "./mixed-labels.ts";
import type { LossGoal } from "./objectives.ts";

/** The loss of each output that is learnt, scalars; what it counts in the sum is not in it. */
export function goalLosses(goals: readonly LossGoal[], batch: DeviceBatch, result: NetworkResult): Tensor[] {
  return goals.map(({ output, loss }, place) => {
    const own = ofTarget(batch, place);
    const prediction = {
      output: outputOf(result, output),
      logits: result.logits[output],
      mask: result.masks[output],
    };
    const compared = lossLabels(loss, own, prediction);
    return lossValue(compared.loss, compared.labels, prediction, lossWeights(own));
  });
}

/** Σ weight · loss, with the penalties of regularizers and layers. */
export function totalLoss(goals: readonly LossGoal[], losses: readonly Tensor[], result: NetworkResult): Tensor {
  const [first, ...others] = losses.map((loss, place) => {
    const weight = goals[place]?.weight ?? 1;
    return weight === 1 ? loss : loss.mul(weight);
  });
  if (first === undefined) throw new BugError("A loss without objectives.");
  return [...others, ...result.losses].reduce((sum, one) => sum.add(one), first);
}

/** A batch as the metrics of an objective see it. */
export function outcomeOf(
  goals: readonly LossGoal[],
  place: number,
  batch: DeviceBatch,
  result: NetworkResult,
): Outcome {
  const { output = 0 } = goals[place] ?? {};
  const labels = countedLabels(ofTarget(batch, place));
  return { labels, predictions: outputOf(result, output), mask: result.masks[output] };
}

function outputOf({ outputs }: NetworkResult, place: number): Tensor {
  const output = outputs[place];
  if (output === undefined) throw new BugError(`Output ${place} of ${outputs.length}.`);
  return output;
}
