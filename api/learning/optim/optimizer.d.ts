import { type ConfigValue } from "../../engine/base/options.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
import { type ClipOptions } from "./clip.js";
import { type Schedule } from "./schedules.js";
export type Tensors = Readonly<Record<string, Tensor>>;
export type OptimizerState = Readonly<Record<string, Tensors>>;
export interface OptimizerConfig {
  readonly kind: string;
  readonly options: Readonly<Record<string, ConfigValue>>;
}
export interface Optimizer {
  readonly config: OptimizerConfig;
  readonly learningRate: number | Schedule;
  initialState(weights: Tensors): OptimizerState;
  update(
    weights: Tensors,
    gradients: Tensors,
    state: OptimizerState,
    learningRate: Tensor,
    step: Tensor,
  ): {
    readonly weights: Tensors;
    readonly state: OptimizerState;
  };
}
export interface OptimizerOptions extends ClipOptions {
  readonly learningRate?: number | Schedule;
  readonly weightDecay?: number | null | undefined;
}
export interface OptimizerRule<Scalar extends string> {
  readonly kind: string;
  readonly options: OptimizerOptions & object;
  readonly learningRate: number;
  readonly config: Readonly<Record<string, number | boolean>>;
  readonly slots: readonly string[];
  scalars(learningRate: Tensor, step: Tensor): Readonly<Record<Scalar, Tensor>>;
  step(weight: Tensor, gradient: Tensor, slots: Tensors, scalars: Readonly<Record<Scalar, Tensor>>): WeightStep;
}
export interface WeightStep {
  readonly weight: Tensor;
  readonly slots: Tensors;
}
export declare function makeOptimizer<Scalar extends string>(rule: OptimizerRule<Scalar>): Optimizer;
export declare function flushTiny(moment: Tensor): Tensor;
