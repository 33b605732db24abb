// The gradients of a batch as values of their own: the train step uses them up inside its update and never writes them out.

import { fold } from "#engine/tensor/random.ts";
import { jit, valueAndGrad } from "#engine/tensor/transforms.ts";
import type { Weights } from "#learning/nn/layer.ts";
import type { DeviceBatch } from "./device-batch.ts";
import { trainingLoss, type LossSetup, type StepScalars } from "./step.ts";

/** Gradients of the loss by the path of their weight. */
export type GradientStep = (
  weights: Weights,
  frozen: Weights,
  batch: DeviceBatch,
  scalars: Pick<StepScalars, "key" | "step">,
) => Weights;

/** The gradients that the train step has for this batch, before any clipping. */
export function makeGradientStep(setup: LossSetup): GradientStep {
  const lossOf = trainingLoss(setup);
  const differentiate = valueAndGrad<Parameters<typeof lossOf>, unknown>(lossOf, { hasAux: true });
  return jit(
    (weights: Weights, frozen: Weights, batch: DeviceBatch, { key, step }: Pick<StepScalars, "key" | "step">) =>
      differentiate(weights, frozen, batch, fold(key, step)).gradient,
  );
}
