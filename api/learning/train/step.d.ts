import type { Tensor } from "../../engine/tensor/tensor.js";
import type { AugmentOptions } from "../data/augment.js";
import type { Logits, ShortFloat, Weights } from "../nn/layer.js";
import { type Network, type NetworkResult } from "../nn/network.js";
import type { Optimizer, OptimizerState } from "../optim/optimizer.js";
import { type DeviceBatch } from "./device-batch.js";
import type { MetricState } from "./metrics.js";
import type { BoundObjective, LossGoal } from "./objectives.js";
export interface StepScalars {
  readonly key: Tensor;
  readonly learningRate: Tensor;
  readonly step: Tensor;
}
export type MetricStates = Readonly<Record<string, MetricState>>;
export interface TrainedValues {
  readonly weights: Weights;
  readonly frozen: Weights;
  readonly optimizerState: OptimizerState;
}
export interface LossSetup {
  readonly network: Network;
  readonly objectives: readonly LossGoal[];
  readonly scale: number;
  readonly offset: number;
  readonly augment?: AugmentOptions | undefined;
  readonly storedAs?: ShortFloat | undefined;
  readonly recompute?: boolean | undefined;
}
export interface StepSetup extends LossSetup {
  readonly objectives: readonly BoundObjective[];
}
type TrainFunction = (
  values: TrainedValues,
  metrics: MetricStates,
  batch: DeviceBatch,
  scalars: StepScalars,
) => TrainedValues & {
  readonly metrics: MetricStates;
  readonly loss: Tensor;
};
export type TrainStep = TrainFunction & {
  explain(...args: Parameters<TrainFunction>): Promise<string>;
};
export interface LossAndResult {
  readonly value: Tensor;
  readonly aux: Forward;
}
interface Forward {
  readonly result: NetworkResult;
  readonly losses: readonly Tensor[];
}
export declare function trainingLoss(
  setup: LossSetup,
): (weights: Weights, frozen: Weights, batch: DeviceBatch, key: Tensor) => LossAndResult;
export declare function makeTrainStep(setup: StepSetup, optimizer: Optimizer): TrainStep;
export interface Tested {
  readonly metrics: MetricStates;
  readonly carried: Weights;
}
export type TestStep = (weights: Weights, metrics: MetricStates, batch: DeviceBatch) => Tested;
export declare function makeTestStep(setup: StepSetup): TestStep;
export interface Predicted {
  readonly outputs: readonly Tensor[];
  readonly carried: Weights;
}
export interface PredictStep {
  (weights: Weights, inputs: readonly Tensor[]): Predicted;
  explain(weights: Weights, inputs: readonly Tensor[]): Promise<string>;
}
export interface PredictSetup extends Pick<StepSetup, "network" | "scale" | "offset" | "storedAs"> {
  readonly temperature?: number | undefined;
}
export declare function makePredictStep({ network, scale, offset, storedAs, temperature }: PredictSetup): PredictStep;
export declare function makeLogitsStep({
  network,
  scale,
  offset,
  storedAs,
}: PredictSetup): (weights: Weights, inputs: readonly Tensor[]) => Logits;
export declare function batchInputs(
  { scale, offset, augment }: Pick<LossSetup, "scale" | "offset" | "augment">,
  { x, furtherInputs, changes }: DeviceBatch,
): Tensor[];
export {};
