// One run of fit: its options, what changes while it runs, and the place that a checkpoint keeps. Makes no step.

import { integer } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import { platform, type TextOutput } from "#engine/platform/api.ts";
import { key } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Dataset } from "#learning/data/dataset.ts";
import type { Callback, FitContext } from "./callbacks/callback.ts";
import { Checkpoints, type CheckpointOptions } from "./checkpoint.ts";
import type { ClassWeight } from "./class-weight.ts";
import type { FitPosition } from "./checkpoint-state.ts";
import { fitContext, type RunProgress } from "./fit-context.ts";
import { History } from "./history.ts";
import { fastBatches, maxTimeMs, type LimitOptions } from "./limits.ts";
import type { LoggedNumber } from "./metric-states.ts";
import type { ModelCore } from "./model-core.ts";
import type { Model } from "./model.ts";
import type { Verbose } from "./progress.ts";
import type { RunningLogs } from "./running-logs.ts";
import type { MetricStates } from "./step.ts";
import type { StepWindow } from "./step-window.ts";
import { TrainingFeed } from "./training-feed.ts";

export interface FitDatasetOptions extends LimitOptions {
  readonly epochs?: number;
  /** Steps an epoch; beyond the data, training goes on into its next shuffle. */
  readonly stepsPerEpoch?: number | undefined;
  readonly validationData?: Dataset | undefined;
  /** What the samples of each class count in the loss of training; 1 where it is left out. */
  readonly classWeight?: ClassWeight | undefined;
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
  /** Writes checkpoints into a folder; where it has one of this training already, fit goes on from it. */
  readonly checkpoints?: CheckpointOptions | undefined;
}

/** The epoch under way. */
export interface EpochState {
  readonly epoch: number;
  readonly window: StepWindow;
  readonly running: RunningLogs;
  /** Known with the first batch, and with them what is logged. */
  labelShapes: readonly Shape[] | undefined;
  logged: readonly LoggedNumber[];
  states: MetricStates | undefined;
}

/** One run of fit. */
export interface Run {
  readonly core: ModelCore;
  readonly dataset: Dataset;
  readonly options: FitDatasetOptions;
  readonly callbacks: readonly Callback[];
  readonly context: FitContext;
  readonly runKey: Tensor;
  readonly epochs: number;
  readonly steps: number;
  readonly progress: RunProgress;
  readonly history: History;
  readonly checkpoints: Checkpoints | undefined;
  /** When `maxTime` is over, by the platform's clock. */
  readonly endMs: number;
  /** Updates of the model done before the run. */
  readonly firstIteration: number;
  feed: TrainingFeed;
  /** Undefined between two epochs. */
  current: EpochState | undefined;
}

/** A run at its begin. @throws option */
export function startRun(core: ModelCore, model: Model, dataset: Dataset, options: FitDatasetOptions): Run {
  const epochs = integer("fit", "epochs", options.epochs ?? 1, 0);
  const steps = integer("fit", "stepsPerEpoch", options.stepsPerEpoch ?? dataset.numBatches);
  integer("fit", "validationFreq", options.validationFreq ?? 1);
  const initialEpoch = integer("fit", "initialEpoch", options.initialEpoch ?? 0, 0);
  const progress: RunProgress = { isStopAsked: false, numSamples: 0, numSteps: 0, last: undefined, isWarned: false };
  const seed = options.seed ?? core.seed;
  const runKey = key(seed);
  const { callbacks = [], classWeight } = options;
  const { name: modelName } = model;
  const isKept = options.checkpoints !== undefined && fastBatches(options.fastDevRun) === 0;
  const checkpoints = isKept
    ? new Checkpoints(options.checkpoints, { core, dataset, modelName, steps, seed, callbacks, classWeight })
    : undefined;
  const numBatches = initialEpoch * steps;
  const place = { epoch: Math.floor(numBatches / dataset.numBatches), step: numBatches % dataset.numBatches };
  return {
    core,
    dataset,
    options,
    callbacks,
    context: fitContext({ core, model, dataset, options, runKey, checkpoints }, progress, { epochs, steps }),
    epochs,
    steps,
    progress,
    runKey,
    history: new History(),
    checkpoints,
    endMs: platform().now() + maxTimeMs(options.maxTime),
    firstIteration: core.iterations,
    feed: new TrainingFeed(dataset, options, place),
    current: undefined,
  };
}

/** Whether no further step is to be begun. */
export function isOver({ progress, endMs }: Run): boolean {
  return progress.isStopAsked || platform().now() >= endMs;
}

/** The place within the epoch under way, or at the begin of an epoch. */
export function positionOf({ feed, progress, history, current }: Run, epoch: number): FitPosition {
  return {
    epoch,
    step: current === undefined ? 0 : progress.numSteps,
    data: feed.place,
    running: current?.running.total ?? { sum: 0, count: 0 },
    metrics: current?.states,
    labelShapes: current?.labelShapes ?? null,
    isStopped: progress.isStopAsked,
    history: { epoch: history.epoch, history: history.history },
  };
}
