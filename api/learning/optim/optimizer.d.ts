import { type ConfigValue } from "../../engine/base/options.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
import { type ClipOptions } from "./clip.js";
import { type OptimizerRule } from "./rule.js";
import type { Schedule } from "./schedule-options.js";
export type Tensors = Readonly<Record<string, Tensor>>;
export type OptimizerState = Readonly<Record<string, Tensors>>;
export interface OptimizerConfig {
  readonly kind: string;
  readonly options: Readonly<Record<string, ConfigValue>>;
}
export interface Optimizer {
  readonly config: OptimizerConfig;
  readonly learningRate: number | Schedule;
  readonly isAccumulating?: boolean;
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
  finalWeights?(state: OptimizerState): Tensors;
}
export interface OptimizerOptions extends ClipOptions {
  readonly learningRate?: number | Schedule;
  readonly weightDecay?: number | null | undefined;
  readonly useEma?: boolean;
  readonly emaMomentum?: number;
  readonly emaOverwriteFrequency?: number | null | undefined;
  readonly gradientAccumulationSteps?: number | null | undefined;
}
export declare function makeOptimizer<Scalar extends string>(rule: OptimizerRule<Scalar>): Optimizer;
