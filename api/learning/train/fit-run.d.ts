import type { Shape } from "../../engine/base/shape.js";
import { type TextOutput } from "../../engine/platform/api.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
import type { Dataset } from "../data/dataset.js";
import type { Callback, FitContext } from "./callbacks/callback.js";
import { Checkpoints, type CheckpointOptions } from "./checkpoint.js";
import type { ClassWeight } from "./class-weight.js";
import type { FitPosition } from "./checkpoint-state.js";
import { type RunProgress } from "./fit-context.js";
import { History } from "./history.js";
import { type LimitOptions } from "./limits.js";
import type { LoggedNumber } from "./metric-states.js";
import type { ModelCore } from "./model-core.js";
import type { Model } from "./model.js";
import type { Verbose } from "./progress.js";
import type { RunningLogs } from "./running-logs.js";
import type { MetricStates } from "./step.js";
import type { StepWindow } from "./step-window.js";
import { TrainingFeed } from "./training-feed.js";
export interface FitDatasetOptions extends LimitOptions {
  readonly epochs?: number;
  readonly stepsPerEpoch?: number | undefined;
  readonly validationData?: Dataset | undefined;
  readonly classWeight?: ClassWeight | undefined;
  readonly validationSteps?: number | undefined;
  readonly validationFreq?: number;
  readonly verbose?: Verbose;
  readonly output?: TextOutput | undefined;
  readonly callbacks?: readonly Callback[];
  readonly shuffle?: boolean | undefined;
  readonly initialEpoch?: number;
  readonly signal?: AbortSignal | undefined;
  readonly seed?: number | undefined;
  readonly checkpoints?: CheckpointOptions | undefined;
}
export interface EpochState {
  readonly epoch: number;
  readonly window: StepWindow;
  readonly running: RunningLogs;
  labelShapes: readonly Shape[] | undefined;
  logged: readonly LoggedNumber[];
  states: MetricStates | undefined;
}
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
  readonly endMs: number;
  readonly firstIteration: number;
  feed: TrainingFeed;
  current: EpochState | undefined;
}
export declare function startRun(core: ModelCore, model: Model, dataset: Dataset, options: FitDatasetOptions): Run;
export declare function isOver({ progress, endMs }: Run): boolean;
export declare function positionOf({ feed, progress, history, current }: Run, epoch: number): FitPosition;
