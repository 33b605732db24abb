import type { Shape } from "../../engine/base/shape.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
import type { AugmentOptions } from "../data/augment.js";
import type { Dataset, Rescale } from "../data/dataset.js";
import type { ShortFloat, Weights } from "../nn/layer.js";
import { type Network } from "../nn/network.js";
import type { Optimizer, OptimizerState } from "../optim/optimizer.js";
import type { LoggedNumber } from "./metric-states.js";
import type { DeviceBatch } from "./device-batch.js";
import { type Objective } from "./objectives.js";
import {
  type LossSetup,
  type PredictStep,
  type StepScalars,
  type MetricStates,
  type TestStep,
  type TrainStep,
} from "./step.js";
export interface Compiled {
  readonly optimizer: Optimizer;
  readonly objectives: readonly Objective[];
  readonly mixedPrecision?: ShortFloat | undefined;
  readonly recompute?: boolean | undefined;
}
export interface Preprocessing {
  readonly rescale?: Rescale;
  readonly imageSize?: readonly [number, number];
  readonly classNames?: readonly string[];
  readonly temperature?: number;
  readonly threshold?: number;
}
export declare function preprocessingFor(
  known: Preprocessing,
  { rescale, classNames, elementShape }: Dataset,
): Preprocessing;
export interface DataSetup {
  readonly scale: number;
  readonly offset: number;
  readonly augment?: AugmentOptions | undefined;
}
export interface ModelCore {
  network: Network;
  weights: Weights;
  frozen: Weights;
  optimizerState: OptimizerState | undefined;
  iterations: number;
  learningRate: number | undefined;
  readonly seed: number;
  preprocessing: Preprocessing;
  compiled: Compiled | undefined;
  readonly programs: {
    readonly train: Map<string, TrainStep>;
    readonly test: Map<string, TestStep>;
    readonly predict: Map<string, PredictStep>;
  };
}
export declare function createCore(network: Network, seed: number): ModelCore;
export declare function separate(
  network: Network,
  all: Weights,
): {
  readonly weights: Weights;
  readonly frozen: Weights;
};
export declare function allWeights({ weights, frozen }: ModelCore): Weights;
export declare function compiledOf(core: ModelCore, what: string): Compiled;
export declare function optimizerStateOf(core: ModelCore): OptimizerState;
export declare function loggedNumbers(core: ModelCore, labels: readonly Shape[], what: string): LoggedNumber[];
export declare function trainStepOf(core: ModelCore, data: DataSetup, labels: readonly Shape[]): TrainStep;
export declare function testStepOf(core: ModelCore, { scale, offset }: DataSetup, labels: readonly Shape[]): TestStep;
export declare function setTrainable(core: ModelCore, trainable: boolean, names?: readonly string[]): void;
export declare function predictStepOf(core: ModelCore, { scale, offset }: DataSetup): PredictStep;
export declare function predictOnce(core: ModelCore, setup: DataSetup, inputs: readonly Tensor[]): readonly Tensor[];
export declare function testOnce(
  core: ModelCore,
  step: TestStep,
  metrics: MetricStates,
  batch: DeviceBatch,
): MetricStates;
export declare function resetStates(core: ModelCore): void;
export declare function lossSetupOf(core: ModelCore, data: DataSetup, what: string): LossSetup;
export declare function learningRateOf(core: ModelCore, what: string): number;
export declare function setLearningRate(core: ModelCore, value: number): void;
export declare function scalarsOf(core: ModelCore, runKey: Tensor): StepScalars;
