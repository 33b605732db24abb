import { type TextOutput } from "../../engine/platform/api.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
import type { Dataset } from "../data/dataset.js";
import type { Callback } from "./callbacks/callback.js";
import { History } from "./history.js";
import { type ModelCore } from "./model-core.js";
import { type Verbose } from "./progress.js";
import type { Model } from "./model.js";
import type { DeviceBatch, MetricStates, TrainStep } from "./step.js";
export interface FitDatasetOptions {
  readonly epochs?: number;
  readonly stepsPerEpoch?: number | undefined;
  readonly validationData?: Dataset | undefined;
  readonly validationSteps?: number | undefined;
  readonly validationFreq?: number;
  readonly verbose?: Verbose;
  readonly output?: TextOutput | undefined;
  readonly callbacks?: readonly Callback[];
  readonly shuffle?: boolean | undefined;
  readonly initialEpoch?: number;
  readonly signal?: AbortSignal | undefined;
  readonly seed?: number | undefined;
}
export declare function fitDataset(
  core: ModelCore,
  model: Model,
  dataset: Dataset,
  options: FitDatasetOptions,
): Promise<History>;
export declare function trainOnce(
  core: ModelCore,
  step: TrainStep,
  runKey: Tensor,
  {
    batch,
    states,
  }: {
    readonly batch: DeviceBatch;
    readonly states: MetricStates;
  },
): {
  readonly loss: Tensor;
  readonly states: MetricStates;
};
