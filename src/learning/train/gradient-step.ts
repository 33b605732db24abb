// The gradients of a batch as values of their own: the train step uses them up inside its update and never writes them out.

import { fold } from "#engine/tensor/random.ts";
import { jit, valueAndGrad } from "#engine/tensor/transforms.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { applyNetwork, type NetworkResult } from "#learning/nn/network.ts";
import { pixels, totalLoss, type DeviceBatch, type LossAndResult, type StepScalars, type StepSetup } from "./step.ts";

/** Gradients of the loss by the path of their weight. */
export type GradientStep = (
  weights: Weights,
  frozen: Weights,
  batch: DeviceBatch,
  scalars: Pick<StepScalars, "key" | "step">,
) => Weights;

/** The gradients that the train step has for this batch, before any clipping. */
export function makeGradientStep(setup: Omit<StepSetup, "metrics">): GradientStep {
  const lossOf = (weights: Weights, frozen: Weights, batch: DeviceBatch, key: Tensor): LossAndResult => {
    const x = pixels({ ...setup, metrics: [] }, batch);
    const result = applyNetwork(setup.network, { ...weights, ...frozen }, x, { training: true, key });
    return { value: totalLoss(setup.loss, batch, result), aux: result };
  };
  const differentiate = valueAndGrad<Parameters<typeof lossOf>, NetworkResult>(lossOf, { hasAux: true });
  return jit(
    (weights: Weights, frozen: Weights, batch: DeviceBatch, { key, step }: Pick<StepScalars, "key" | "step">) =>
      differentiate(weights, frozen, batch, fold(key, step)).gradient,
  );
}
