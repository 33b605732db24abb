import type { Tensor } from "../../engine/tensor/tensor.js";
import { type BatchChanges } from "../data/augment-batch.js";
import type { AugmentOptions } from "../data/augment.js";
import type { Logits, Weights } from "../nn/layer.js";
import { type Network, type NetworkResult } from "../nn/network.js";
import type { Optimizer, OptimizerState } from "../optim/optimizer.js";
import { type Loss } from "./losses.js";
import type { BoundMetric, MetricState } from "./metrics.js";
export interface DeviceBatch {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly weights?: Tensor;
  readonly changes?: BatchChanges<Tensor>;
}
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
export interface StepSetup {
  readonly network: Network;
  readonly loss: Loss;
  readonly metrics: readonly BoundMetric[];
  readonly scale: number;
  readonly offset: number;
  readonly augment?: AugmentOptions | undefined;
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
export declare function makeTrainStep(setup: StepSetup, optimizer: Optimizer): TrainStep;
export interface LossAndResult {
  readonly value: Tensor;
  readonly aux: NetworkResult;
}
export type TestStep = (weights: Weights, metrics: MetricStates, batch: DeviceBatch) => MetricStates;
export declare function makeTestStep(setup: StepSetup): TestStep;
export interface PredictStep {
  (weights: Weights, x: Tensor): Tensor;
  explain(weights: Weights, x: Tensor): Promise<string>;
}
export interface PredictSetup extends Pick<StepSetup, "network" | "scale" | "offset"> {
  readonly temperature?: number | undefined;
}
export declare function makePredictStep({ network, scale, offset, temperature }: PredictSetup): PredictStep;
export declare function makeLogitsStep({
  network,
  scale,
  offset,
}: PredictSetup): (weights: Weights, x: Tensor) => Logits;
export declare function pixels({ scale, offset, augment }: StepSetup, { x, changes }: DeviceBatch): Tensor;
export declare function totalLoss(loss: Loss, batch: DeviceBatch, { output, logits, losses }: NetworkResult): Tensor;
export {};
