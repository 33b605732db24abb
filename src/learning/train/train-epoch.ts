// One epoch of fit: its steps, and its validation. At most two steps are in flight; metrics are read at most every 100 ms
// and nothing waits for them but the end of an epoch and a checkpoint.

import { platform } from "#engine/platform/api.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Batch } from "#learning/data/dataset.ts";
import type { FitPosition } from "./checkpoint-state.ts";
import { disposeAll } from "./dispose.ts";
import { checkAborted, evaluateDataset } from "./evaluate.ts";
import type { DeviceBatch } from "./device-batch.ts";
import { labelShapesOf, setupOfData, uploadBatch } from "./feed.ts";
import { explainNonFinite, findNonFinite } from "./find-nan.ts";
import { isOver, positionOf, type EpochState, type Run } from "./fit-run.ts";
import type { KeptStep } from "./kept-step.ts";
import { initialStates, readLogs, type Logs } from "./metric-states.ts";
import {
  loggedNumbers,
  optimizerStateOf,
  scalarsOf,
  trainStepOf,
  type DataSetup,
  type ModelCore,
} from "./model-core.ts";
import { outputOf, ProgressBar } from "./progress.ts";
import { RunningLogs } from "./running-logs.ts";
import type { MetricStates, TrainStep } from "./step.ts";
import { StepWindow } from "./step-window.ts";

/** One epoch and its validation. @param begun where to go on, in an epoch that had begun */
export async function runEpoch(run: Run, epoch: number, begun: FitPosition | undefined): Promise<Logs> {
  const { verbose = 1, validationData, validationFreq = 1 } = run.options;
  const output = outputOf(run.options);
  if (begun === undefined) {
    for (const callback of run.callbacks) await callback.onEpochBegin?.(epoch, run.context);
  }
  if (verbose > 0) output?.write(`Epoch ${epoch + 1}/${run.epochs}\n`);
  const bar = new ProgressBar(output, verbose, run.steps, () => platform().now());
  const trained = await trainEpoch(run, beginEpoch(run, epoch, begun), bar);
  const isValidated = validationData !== undefined && (epoch + 1) % validationFreq === 0;
  const logs = isValidated ? { ...trained, ...(await validationLogs(run)) } : trained;
  bar.finish(run.progress.numSteps, logs);
  return logs;
}

async function validationLogs({ core, options, callbacks, context }: Run): Promise<Logs> {
  const { validationData, validationSteps, signal } = options;
  if (validationData === undefined) return {};
  let logs: Logs = {};
  for (const callback of callbacks) await callback.onTestBegin?.(context);
  try {
    logs = await evaluateDataset(core, validationData, { steps: validationSteps, signal, verbose: 0 });
  } finally {
    for (const callback of callbacks) await callback.onTestEnd?.(logs, context);
  }
  return Object.fromEntries(
    Object.entries(logs).map(([name, value]) => [`val${name.charAt(0).toUpperCase()}${name.slice(1)}`, value]),
  );
}

function beginEpoch(run: Run, epoch: number, begun: FitPosition | undefined): EpochState {
  const { running = { sum: 0, count: 0 }, step = 0, metrics: states } = begun ?? {};
  const labelShapes = begun?.labelShapes ?? undefined;
  Object.assign(run.progress, { numSamples: running.count, numSteps: step });
  const state: EpochState = {
    epoch,
    window: new StepWindow(),
    running: new RunningLogs(() => platform().now(), running),
    labelShapes,
    logged: labelShapes === undefined ? [] : loggedNumbers(run.core, labelShapes, "fit"),
    states,
  };
  run.current = state;
  return state;
}

async function trainEpoch(run: Run, state: EpochState, bar: ProgressBar): Promise<Logs> {
  const { options, steps, checkpoints, progress } = run;
  const setup = setupOfData(run.dataset, true);
  while (progress.numSteps < steps && (progress.numSteps === 0 || !isOver(run))) {
    checkAborted(options.signal, "fit");
    const next = await run.feed.next();
    for (const callback of run.callbacks) await callback.onTrainBatchBegin?.(progress.numSteps, run.context);
    await state.window.add(makeStep(run, state, { ...next, setup, bar }));
    state.running.readSometimes(state.logged, state.states ?? {});
    if (progress.numSteps < steps && checkpoints?.isDue(progress.numSteps) === true) {
      await state.window.drain();
      await checkpoints.save(positionOf(run, state.epoch));
    }
  }
  await state.window.drain();
  return readLogs(state.logged, state.states ?? {});
}

interface NextStep {
  readonly batch: Batch;
  /** Of the data. */
  readonly epoch: number;
  readonly setup: DataSetup;
  readonly bar: ProgressBar;
}

/** Makes one step; fulfilled when the callbacks have heard of its end. */
function makeStep(run: Run, state: EpochState, { batch, epoch, setup, bar }: NextStep): Promise<void> {
  const { core, dataset, progress } = run;
  const labels = labelShapesOf(batch);
  if (state.labelShapes === undefined) {
    state.labelShapes = labels;
    state.logged = loggedNumbers(core, labels, "fit");
  }
  const states = state.states ?? initialStates(state.logged);
  const kept = { batch, epoch, iteration: core.iterations };
  const step = progress.numSteps;
  progress.last = kept;
  progress.numSteps += 1;
  const own = { batch: uploadBatch(batch, dataset, epoch, true), states };
  const result = trainOnce(core, trainStepOf(core, setup, labels), run.runKey, own);
  disposeAll(own);
  state.states = result.states;
  const numSamples = batch.x.shape[0] ?? 0;
  return afterStep(run, { step, numSamples, loss: result.loss, running: state.running, bar, kept });
}

interface DoneStep {
  readonly step: number;
  readonly numSamples: number;
  readonly loss: Tensor;
  readonly running: RunningLogs;
  readonly bar: ProgressBar;
  readonly kept: KeptStep;
}

/** Waits for a step's loss; then tells the bar and the callbacks. */
async function afterStep(run: Run, done: DoneStep): Promise<void> {
  const { step, loss, running, bar } = done;
  const reading = loss.item();
  loss.dispose();
  const value = await reading;
  running.add(value, done.numSamples);
  run.progress.numSamples += done.numSamples;
  if (!Number.isFinite(value)) await warnOnce(run, done, value);
  bar.update(step + 1, running.logs);
  for (const callback of run.callbacks) await callback.onTrainBatchEnd?.(step, running.logs, run.context);
}

/** Says where a loss that is not finite began; the first of a run only. */
async function warnOnce(run: Run, { step, kept }: DoneStep, value: number): Promise<void> {
  if (run.progress.isWarned) return;
  run.progress.isWarned = true;
  const found = await findNonFinite(run, kept);
  const message =
    `fit: the loss of step ${step + 1} is ${value}, so the weights were left as they were. ` +
    explainNonFinite(run.core, found, kept.iteration === run.firstIteration);
  run.context.say(message);
  for (const callback of run.callbacks) callback.onWarning?.(message, run.context);
}

/** One update: the core gets the new values before the device has computed them. */
export function trainOnce(
  core: ModelCore,
  step: TrainStep,
  runKey: Tensor,
  { batch, states }: { readonly batch: DeviceBatch; readonly states: MetricStates },
): { readonly loss: Tensor; readonly states: MetricStates } {
  const values = { weights: core.weights, frozen: core.frozen, optimizerState: optimizerStateOf(core) };
  const scalars = scalarsOf(core, runKey);
  const result = step(values, states, batch, scalars);
  disposeAll([scalars.learningRate, scalars.step]);
  core.weights = result.weights;
  core.frozen = result.frozen;
  core.optimizerState = result.optimizerState;
  core.iterations += 1;
  return { loss: result.loss, states: result.metrics };
}
