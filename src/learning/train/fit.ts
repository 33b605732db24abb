// fit: epochs of steps, validation after each, callbacks between, checkpoints on the way. What an epoch does is another
// file's.

import type { Dataset } from "#learning/data/dataset.ts";
import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { withClassWeight } from "./class-weight.ts";
import type { FitPosition } from "./checkpoint-state.ts";
import { disposeAll } from "./dispose.ts";
import { checkAborted } from "./evaluate.ts";
import { fittingDataset } from "./fitting-data.ts";
import { isOver, positionOf, startRun, type FitDatasetOptions, type Run } from "./fit-run.ts";
import type { History } from "./history.ts";
import { withinLimits } from "./limits.ts";
import type { Logs } from "./metric-states.ts";
import { compiledOf, type ModelCore } from "./model-core.ts";
import type { Model } from "./model.ts";
import { runEpoch } from "./train-epoch.ts";
import { TrainingFeed } from "./training-feed.ts";

/** Trains; gives the numbers of every epoch. @throws aborted when the signal fires */
export async function fitDataset(
  core: ModelCore,
  model: Model,
  whole: Dataset,
  wished: FitDatasetOptions,
): Promise<History> {
  compiledOf(core, "fit");
  const { dataset: limited, options } = withinLimits(whole, wished);
  // Of training alone: what is validated, though it be the same batches, is not weighed.
  const { classWeight } = options;
  const weighed = classWeight === undefined ? limited : withClassWeight(limited, classWeight);
  const dataset = fittingDataset(core, weighed, "fit", true);
  const run = startRun(core, model, dataset, options);
  // The device and the first weights were one task of the page; tracing is another.
  await platform().yield();
  try {
    for (const callback of run.callbacks) await callback.onTrainBegin?.(run.context);
    const from = await resume(run);
    const logs = await runEpochs(run, from);
    takeFinalWeights(core);
    for (const callback of run.callbacks) await callback.onTrainEnd?.(logs, run.context);
  } catch (error) {
    await saveOnAbort(run, error);
    throw error;
  } finally {
    disposeAll(run.runKey);
    disposeAll(run.current?.states);
    await run.feed.close();
  }
  return run.history;
}

/** An optimizer that averages the weights gives what they are to be. */
function takeFinalWeights(core: ModelCore): void {
  const { optimizer } = compiledOf(core, "fit");
  const finals = core.optimizerState === undefined ? undefined : optimizer.finalWeights?.(core.optimizerState);
  if (finals === undefined) return;
  const replaced = Object.entries(core.weights).filter(([path]) => path in finals);
  core.weights = { ...core.weights, ...finals };
  disposeAll(replaced);
}

/** Goes back to the newest checkpoint; undefined where there is none. */
async function resume(run: Run): Promise<FitPosition | undefined> {
  const from = await run.checkpoints?.restore(run.context);
  if (from === undefined) return undefined;
  const { history, progress, dataset, options } = run;
  history.epoch.push(...from.history.epoch);
  for (const [name, numbers] of Object.entries(from.history.history)) history.history[name] = [...numbers];
  progress.isStopAsked = from.isStopped;
  run.feed = new TrainingFeed(dataset, options, from.data);
  return from;
}

async function runEpochs(run: Run, from: FitPosition | undefined): Promise<Logs> {
  const firstEpoch = from?.epoch ?? run.options.initialEpoch ?? 0;
  let begun = from !== undefined && from.step > 0 ? from : undefined;
  let logs = lastLogs(run.history);
  // An epoch that has begun is ended even when training is over.
  for (let epoch = firstEpoch; epoch < run.epochs && (begun !== undefined || !isOver(run)); epoch += 1) {
    logs = await runEpoch(run, epoch, begun);
    begun = undefined;
    checkAborted(run.options.signal, "fit");
    logs = await endEpoch(run, epoch, logs);
    run.history.add(epoch, logs);
    disposeAll(run.current?.states);
    run.current = undefined;
    await run.checkpoints?.saveEpoch(positionOf(run, epoch + 1));
  }
  return logs;
}

/** Calls the callbacks; gives the logs with what they add. */
async function endEpoch(run: Run, epoch: number, numbers: Logs): Promise<Logs> {
  let logs = numbers;
  for (const callback of run.callbacks) {
    const added = await callback.onEpochEnd?.(epoch, logs, run.context);
    if (added !== undefined) logs = { ...logs, ...added };
  }
  for (const callback of run.callbacks) await callback.afterEpochEnd?.(epoch, run.context);
  return logs;
}

/** The numbers of the last epoch in a history. */
function lastLogs({ epoch, history }: History): Logs {
  return Object.fromEntries(
    Object.entries(history).flatMap(([name, numbers]) => {
      const last = numbers.at(-1);
      return last === undefined || numbers.length < epoch.length ? [] : [[name, last]];
    }),
  );
}

/** What was learnt since the last checkpoint is kept when the signal ends training. */
async function saveOnAbort(run: Run, error: unknown): Promise<void> {
  const { checkpoints, current, progress } = run;
  const isAborted = error instanceof SinterError && error.code === "aborted";
  // Before the first step of an epoch, the checkpoint of the last epoch says all.
  if (!isAborted || checkpoints === undefined || current === undefined || progress.numSteps === 0) return;
  await current.window.drain();
  await checkpoints.save(positionOf(run, current.epoch));
}
