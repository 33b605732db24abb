// The first part of a training that stands on a known network: the head learns from features of the frozen base, which are
// computed once. Then the base is set free for what comes after.

import { platform } from "#engine/platform/api.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { newestCheckpoint } from "#learning/train/checkpoint-folder.ts";
import { compiledOf } from "#learning/train/model-core.ts";
import type { Model } from "#learning/train/model.ts";
import { trainHead } from "#learning/train/train-head.ts";
import type { BestEpoch } from "./best-epoch.ts";
import { pathIn } from "./evaluation-folder.ts";
import { eventFiles } from "./event-files.ts";
import { classWeightOf, type ImageParts } from "./image-parts.ts";
import { baseLayerOf } from "./known-network.ts";
import { runFiles, type RunFolder } from "./run-folder.ts";
import type { TrainEvent, TrainPlan } from "./train-options.ts";
import type { TransferPlan } from "./transfer-options.ts";

export interface TransferJob {
  readonly plan: TrainPlan;
  readonly transfer: TransferPlan;
  readonly report: (event: TrainEvent) => void;
  readonly parts: ImageParts;
  readonly best: BestEpoch;
  readonly folder: RunFolder;
}

/**
 * Trains the head and leaves the best one in the model and in the run's folder; then the model is ready for fine-tuning. Of a run
 * that goes on, nothing is done where fine-tuning has a checkpoint; before it, the head is trained anew, to the same bits.
 * @throws aborted when the signal fires; what was learnt is saved
 */
export async function trainHeadFirst(model: Model, job: TransferJob): Promise<void> {
  const { transfer, folder, best } = job;
  const { newest } = await newestCheckpoint(pathIn(folder.path, runFiles.checkpoints));
  if (newest === undefined) await trainBestHead(model, job);
  best.endTraining();
  if (transfer.fineTuneEpochs > 0) setFree(model, job);
}

async function trainBestHead(
  model: Model,
  { plan, transfer, report, parts, best, folder }: TransferJob,
): Promise<void> {
  const { epochs, stepsPerEpoch, seed, signal } = plan;
  let kept: readonly Tensor[] = [];
  const keep = async (head: Model): Promise<void> => {
    kept = await head.getWeights();
  };
  const startMs = platform().now();
  try {
    await trainHead(model, parts.train, {
      epochs,
      stepsPerEpoch,
      validationData: parts.validation,
      classWeight: classWeightOf(plan, parts.train),
      variants: transfer.variants,
      callbacks: [best.callback(keep), ...eventFiles(plan, folder.path)],
      onFeatures: ({ done, total }) =>
        report({ kind: "features", done, total, seconds: (platform().now() - startMs) / 1000 }),
      verbose: 0,
      seed,
      signal,
    });
  } finally {
    const own = model.network.weights.slice(-kept.length).map(({ path }) => path);
    if (kept.length > 0) {
      model.setWeights(Object.fromEntries(kept.map((value, place) => [own[place] ?? "", value])));
      await model.save(folder.path);
    }
  }
}

/** From now on the base learns, too, at its own rate. */
function setFree(model: Model, { plan, transfer }: TransferJob): void {
  const { loss } = compiledOf(model.core, "fit").objectives[0] ?? {};
  model.setTrainable(true, [baseLayerOf(model)]);
  const learning = { optimizer: plan.optimizer, learningRate: transfer.fineTuneRate, metrics: ["accuracy"] } as const;
  if (loss !== undefined) model.compile({ ...learning, loss });
}
