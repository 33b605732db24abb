// fit: epochs of steps, validation after each, callbacks between. At most two steps are in flight; metrics are read at most
// every 100 ms and nothing waits for them but the end of an epoch.

import { integer } from "#engine/base/options.ts";
import { platform, type TextOutput } from "#engine/platform/api.ts";
import { key } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Dataset } from "#learning/data/dataset.ts";
import type { Callback, FitContext } from "./callbacks/callback.ts";
import { disposeAll } from "./dispose.ts";
import { checkAborted, evaluateDataset } from "./evaluate.ts";
import { fitContext, type RunProgress } from "./fit-context.ts";
import { checkDataset, labelsOf, setupOfData, uploadBatch } from "./feed.ts";
import { explainNonFinite, findNonFinite } from "./find-nan.ts";
import { History } from "./history.ts";
import type { KeptStep } from "./kept-step.ts";
import { maxTimeMs, withinLimits, type LimitOptions } from "./limits.ts";
import { initialStates, readLogs, type Logs } from "./metric-states.ts";
import type { BoundMetric } from "./metrics.ts";
import { bindMetrics, compiledOf, optimizerStateOf, scalarsOf, trainStepOf, type ModelCore } from "./model-core.ts";
import { outputOf, ProgressBar, type Verbose } from "./progress.ts";
import type { Model } from "./model.ts";
import { RunningLogs } from "./running-logs.ts";
import type { DeviceBatch, MetricStates, TrainStep } from "./step.ts";
import { StepWindow } from "./step-window.ts";
import { TrainingFeed } from "./training-feed.ts";

export interface FitDatasetOptions extends LimitOptions {
  readonly epochs?: number;
  /** Steps an epoch; beyond the data, training goes on into its next shuffle. */
  readonly stepsPerEpoch?: number | undefined;
  readonly validationData?: Dataset | undefined;
  /** Validation ends after so many batches. */
  readonly validationSteps?: number | undefined;
  /** Epochs between two validations. */
  readonly validationFreq?: number;
  readonly verbose?: Verbose;
  /** Where progress is shown; the platform's own output by default. */
  readonly output?: TextOutput | undefined;
  readonly callbacks?: readonly Callback[];
  /** Overrides the data set's own choice. */
  readonly shuffle?: boolean | undefined;
  /** The epoch to begin with, from 0: a run that goes on. */
  readonly initialEpoch?: number;
  /** Ends training between two steps. */
  readonly signal?: AbortSignal | undefined;
  /** Of dropout; the model's own by default. */
  readonly seed?: number | undefined;
}

/** One run of fit. */
interface Run {
  readonly core: ModelCore;
  readonly dataset: Dataset;
  readonly options: FitDatasetOptions;
  readonly callbacks: readonly Callback[];
  readonly context: FitContext;
  readonly runKey: Tensor;
  readonly epochs: number;
  readonly steps: number;
  readonly progress: RunProgress;
  /** When `maxTime` is over, by the platform's clock. */
  readonly endMs: number;
  /** Updates of the model done before the run. */
  readonly firstIteration: number;
}

/** Trains; gives the numbers of every epoch. @throws aborted when the signal fires */
export async function fitDataset(
  core: ModelCore,
  model: Model,
  whole: Dataset,
  wished: FitDatasetOptions,
): Promise<History> {
  compiledOf(core, "fit");
  const { dataset, options } = withinLimits(whole, wished);
  checkDataset(core, dataset, "fit", true);
  const run = startRun(core, model, dataset, options);
  const initialEpoch = integer("fit", "initialEpoch", options.initialEpoch ?? 0, 0);
  const feed = new TrainingFeed(dataset, options, initialEpoch * run.steps);
  const history = new History();
  let logs: Logs = {};
  // The device and the first weights were one task of the page; tracing is another.
  await platform().yield();
  try {
    for (const callback of run.callbacks) await callback.onTrainBegin?.(run.context);
    for (let epoch = initialEpoch; epoch < run.epochs && !isOver(run); epoch += 1) {
      logs = await runEpoch(run, feed, epoch);
      checkAborted(options.signal, "fit");
      logs = await endEpoch(run, epoch, logs);
      history.add(epoch, logs);
    }
    for (const callback of run.callbacks) await callback.onTrainEnd?.(logs, run.context);
  } finally {
    disposeAll(run.runKey);
    await feed.close();
  }
  return history;
}

function startRun(core: ModelCore, model: Model, dataset: Dataset, options: FitDatasetOptions): Run {
  const epochs = integer("fit", "epochs", options.epochs ?? 1, 0);
  const steps = integer("fit", "stepsPerEpoch", options.stepsPerEpoch ?? dataset.numBatches);
  integer("fit", "validationFreq", options.validationFreq ?? 1);
  const progress: RunProgress = { isStopAsked: false, numSamples: 0, numSteps: 0, last: undefined, isWarned: false };
  const runKey = key(options.seed ?? core.seed);
  const context = fitContext({ core, model, dataset, options, runKey }, progress, { epochs, steps });
  const endMs = platform().now() + maxTimeMs(options.maxTime);
  const callbacks = options.callbacks ?? [];
  const firstIteration = core.iterations;
  return { core, dataset, options, callbacks, context, epochs, steps, progress, runKey, endMs, firstIteration };
}

/** Whether no further step is to be begun. */
function isOver({ progress, endMs }: Run): boolean {
  return progress.isStopAsked || platform().now() >= endMs;
}

/** Calls the callbacks; gives the logs with what they add. */
async function endEpoch(run: Run, epoch: number, numbers: Logs): Promise<Logs> {
  let logs = numbers;
  for (const callback of run.callbacks) {
    const added = await callback.onEpochEnd?.(epoch, logs, run.context);
    if (added !== undefined) logs = { ...logs, ...added };
  }
  return logs;
}

/** One epoch and its validation. */
async function runEpoch(run: Run, feed: TrainingFeed, epoch: number): Promise<Logs> {
  const { verbose = 1, validationData, validationFreq = 1 } = run.options;
  const output = outputOf(run.options);
  for (const callback of run.callbacks) await callback.onEpochBegin?.(epoch, run.context);
  if (verbose > 0) output?.write(`Epoch ${epoch + 1}/${run.epochs}\n`);
  const bar = new ProgressBar(output, verbose, run.steps, () => platform().now());
  const trained = await trainEpoch(run, feed, bar);
  const isValidated = validationData !== undefined && (epoch + 1) % validationFreq === 0;
  const logs = isValidated ? { ...trained, ...(await validationLogs(run)) } : trained;
  bar.finish(run.progress.numSteps, logs);
  return logs;
}

async function validationLogs({ core, options }: Run): Promise<Logs> {
  const { validationData, validationSteps, signal } = options;
  if (validationData === undefined) return {};
  const logs = await evaluateDataset(core, validationData, { steps: validationSteps, signal, verbose: 0 });
  return Object.fromEntries(
    Object.entries(logs).map(([name, value]) => [`val${name.charAt(0).toUpperCase()}${name.slice(1)}`, value]),
  );
}

async function trainEpoch(run: Run, feed: TrainingFeed, bar: ProgressBar): Promise<Logs> {
  const { core, dataset, options, steps } = run;
  const setup = setupOfData(dataset, true);
  const window = new StepWindow();
  const running = new RunningLogs(() => platform().now());
  let metrics: readonly BoundMetric[] = [];
  let states: MetricStates | undefined;
  Object.assign(run.progress, { numSamples: 0, numSteps: 0 });
  for (let step = 0; step < steps && (step === 0 || !isOver(run)); step += 1) {
    checkAborted(options.signal, "fit");
    const { batch, epoch } = await feed.next();
    for (const callback of run.callbacks) await callback.onTrainBatchBegin?.(step, run.context);
    const labels = labelsOf(batch).shape;
    if (states === undefined) {
      metrics = bindMetrics(core, labels, "fit");
      states = initialStates(metrics);
    }
    const kept = { batch, epoch, iteration: core.iterations };
    run.progress.last = kept;
    run.progress.numSteps += 1;
    const own = { batch: uploadBatch(batch, dataset, epoch, true), states };
    const result = trainOnce(core, trainStepOf(core, setup, labels), run.runKey, own);
    disposeAll(own);
    states = result.states;
    const numSamples = batch.x.shape[0] ?? 0;
    await window.add(afterStep(run, { step, numSamples, loss: result.loss, running, bar, kept }));
    running.readSometimes(metrics, states);
  }
  await window.drain();
  const logs = await readLogs(metrics, states ?? {});
  disposeAll(states);
  return logs;
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
