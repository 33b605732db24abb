// fit: epochs of steps, validation after each, callbacks between. At most two steps are in flight; metrics are read at most
// every 100 ms and nothing waits for them but the end of an epoch.

import { SinterError } from "#engine/base/error.ts";
import { integer } from "#engine/base/options.ts";
import { platform, type TextOutput } from "#engine/platform/api.ts";
import { key } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Batch, Dataset } from "#learning/data/dataset.ts";
import type { Callback, FitContext } from "./callbacks/callback.ts";
import { disposeAll } from "./dispose.ts";
import { checkAborted, evaluateDataset } from "./evaluate.ts";
import { checkDataset, labelsOf, setupOfData, uploadBatch } from "./feed.ts";
import { History } from "./history.ts";
import { initialStates, readLogs, type Logs } from "./metric-states.ts";
import type { BoundMetric } from "./metrics.ts";
import { bindMetrics, compiledOf, optimizerStateOf, scalarsOf, trainStepOf, type ModelCore } from "./model-core.ts";
import { outputOf, ProgressBar, type Verbose } from "./progress.ts";
import type { Model } from "./model.ts";
import { RunningLogs } from "./running-logs.ts";
import type { DeviceBatch, MetricStates, TrainStep } from "./step.ts";
import { StepWindow } from "./step-window.ts";

export interface FitDatasetOptions {
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
  readonly stopping: { isAsked: boolean };
}

/** Trains; gives the numbers of every epoch. @throws aborted when the signal fires */
export async function fitDataset(
  core: ModelCore,
  model: Model,
  dataset: Dataset,
  options: FitDatasetOptions,
): Promise<History> {
  compiledOf(core, "fit");
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
    for (let epoch = initialEpoch; epoch < run.epochs && !run.stopping.isAsked; epoch += 1) {
      logs = await runEpoch(run, feed, epoch);
      history.add(epoch, logs);
      checkAborted(options.signal, "fit");
      for (const callback of run.callbacks) await callback.onEpochEnd?.(epoch, logs, run.context);
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
  const stopping = { isAsked: false };
  const directions = directionsOf(core);
  const context: FitContext = {
    model,
    epochs,
    steps,
    batchSize: dataset.batchSize,
    stop: () => {
      stopping.isAsked = true;
    },
    directionOf: (name) => {
      const plain = name.startsWith("val") ? name.charAt(3).toLowerCase() + name.slice(4) : name;
      return directions.get(name) ?? directions.get(plain) ?? directions.get(plain.replace(/_\d+$/, ""));
    },
    say: (line) => {
      if ((options.verbose ?? 1) > 0) outputOf(options)?.write(`${line}\n`);
    },
  };
  const runKey = key(options.seed ?? core.seed);
  return { core, dataset, options, callbacks: options.callbacks ?? [], context, epochs, steps, stopping, runKey };
}

function directionsOf(core: ModelCore): Map<string, "max" | "min"> {
  const shape = [1, ...core.network.output.shape];
  return new Map([
    ["loss", "min"],
    ...compiledOf(core, "fit").metrics.map(
      (metric) => [metric.name, metric.bind({ labels: shape, predictions: shape }).direction] as const,
    ),
  ]);
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
  bar.finish(run.steps, logs);
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

/** Batches without end: after the data set's last comes the first of its next epoch's order. */
class TrainingFeed {
  readonly #dataset: Dataset;
  readonly #options: FitDatasetOptions;
  #epoch: number;
  #startStep: number;
  #batches: AsyncIterator<Batch> | undefined;

  constructor(dataset: Dataset, options: FitDatasetOptions, startStep: number) {
    this.#dataset = dataset;
    this.#options = options;
    this.#epoch = Math.floor(startStep / dataset.numBatches);
    this.#startStep = startStep % dataset.numBatches;
  }

  /** The next batch and the epoch of the data that it belongs to. */
  async next(): Promise<{ readonly batch: Batch; readonly epoch: number }> {
    for (let numEmpty = 0; numEmpty < 2;) {
      this.#batches ??= this.#open();
      const { value, done } = await this.#batches.next();
      if (done !== true) return { batch: value, epoch: this.#epoch };
      numEmpty += 1;
      this.#batches = undefined;
      this.#epoch += 1;
      this.#startStep = 0;
    }
    throw new SinterError("data", "fit: no batch could be read. See dataset.broken.");
  }

  #open(): AsyncIterator<Batch> {
    const { shuffle, signal } = this.#options;
    const batches = this.#dataset.batches(this.#epoch, {
      startStep: this.#startStep,
      ...(shuffle === undefined ? {} : { shuffle }),
      ...(signal === undefined ? {} : { signal }),
    });
    return batches[Symbol.asyncIterator]();
  }

  async close(): Promise<void> {
    await this.#batches?.return?.();
  }
}

async function trainEpoch(run: Run, feed: TrainingFeed, bar: ProgressBar): Promise<Logs> {
  const { core, dataset, options, steps } = run;
  const setup = setupOfData(dataset, true);
  const window = new StepWindow();
  const running = new RunningLogs(() => platform().now());
  let metrics: readonly BoundMetric[] = [];
  let states: MetricStates | undefined;
  for (let step = 0; step < steps; step += 1) {
    checkAborted(options.signal, "fit");
    const { batch, epoch } = await feed.next();
    for (const callback of run.callbacks) await callback.onTrainBatchBegin?.(step, run.context);
    const labels = labelsOf(batch).shape;
    if (states === undefined) {
      metrics = bindMetrics(core, labels, "fit");
      states = initialStates(metrics);
    }
    const own = { batch: uploadBatch(batch, dataset, epoch, true), states };
    const result = trainOnce(core, trainStepOf(core, setup, labels), run.runKey, own);
    disposeAll(own);
    states = result.states;
    const numSamples = batch.x.shape[0] ?? 0;
    await window.add(afterStep(run, { step, numSamples, loss: result.loss, running, bar }));
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
}

/** Waits for a step's loss; then tells the bar and the callbacks. */
async function afterStep(run: Run, { step, numSamples, loss, running, bar }: DoneStep): Promise<void> {
  const reading = loss.item();
  loss.dispose();
  const value = await reading;
  running.add(value, numSamples);
  if (!Number.isFinite(value)) warnOnce(run, step, value);
  bar.update(step + 1, running.logs);
  for (const callback of run.callbacks) await callback.onTrainBatchEnd?.(step, running.logs, run.context);
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

const warned = new WeakSet<Run>();

function warnOnce(run: Run, step: number, value: number): void {
  if (warned.has(run)) return;
  warned.add(run);
  const message =
    `fit: the loss of step ${step + 1} is ${value}, so the weights were left as they were. ` +
    "Lower the learning rate, or look for NaN in the data.";
  run.context.say(message);
  for (const callback of run.callbacks) callback.onWarning?.(message, run.context);
}
