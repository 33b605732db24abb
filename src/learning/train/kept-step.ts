// A step that can be run again: its batch in host memory and its place in the run. The weights of that time are gone: they
// are updated in place.

import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Batch, Dataset } from "#learning/data/dataset.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { disposeAll } from "./dispose.ts";
import { setupOfData, uploadBatch } from "./feed.ts";
import { makeGradientStep } from "./gradient-step.ts";
import { lossSetupOf, type ModelCore } from "./model-core.ts";

/** What a step was made of. */
export interface KeptStep {
  readonly batch: Batch;
  /** The epoch of the data, which augmentation depends on. */
  readonly epoch: number;
  /** Updates done before it. */
  readonly iteration: number;
}

/** The run that the step belongs to. */
export interface KeptRun {
  readonly core: ModelCore;
  readonly dataset: Dataset;
  readonly runKey: Tensor;
}

/** Gives gradients of a step's batch at the present weights, with the dropout and augmentation of that step. */
export function gradientSource({ core, dataset, runKey }: KeptRun): (kept: KeptStep) => Weights {
  const gradientStep = makeGradientStep(lossSetupOf(core, setupOfData(dataset, true), "gradients"));
  return ({ batch, epoch, iteration }) => {
    const step = tensor(Int32Array.of(iteration), { shape: [] });
    const own = { batch: uploadBatch(batch, dataset, epoch, true), step };
    const gradients = gradientStep(core.weights, core.frozen, own.batch, { key: runKey, step });
    disposeAll(own);
    return gradients;
  };
}
