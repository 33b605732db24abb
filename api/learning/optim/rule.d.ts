import { type ConfigValue } from "../../engine/base/options.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
import type { OptimizerOptions, OptimizerState, Tensors } from "./optimizer.js";
export interface OptimizerRule<Scalar extends string> {
  readonly kind: string;
  readonly options: OptimizerOptions & object;
  readonly learningRate: number;
  readonly config: Readonly<Record<string, ConfigValue>>;
  readonly slots: readonly string[];
  readonly initial?: Readonly<Record<string, number | ((weight: Tensor, path: string) => Tensor | undefined)>>;
  readonly kept?: Readonly<Record<string, number>>;
  scalars(learningRate: Tensor, step: Tensor, kept: Tensors): Readonly<Record<Scalar, Tensor>>;
  step(
    weight: Tensor,
    gradient: Tensor,
    slots: Tensors,
    scalars: Readonly<Record<Scalar, Tensor>>,
    path: string,
  ): WeightStep;
  readonly weightDecayOf?: (weight: Tensor, path: string) => number | null;
}
export interface WeightStep {
  readonly weight: Tensor;
  readonly slots: Tensors;
}
export interface Updated {
  readonly weights: Tensors;
  readonly state: OptimizerState;
}
export interface UpdateRule {
  initialState(weights: Tensors): OptimizerState;
  update(weights: Tensors, gradients: Tensors, state: OptimizerState, learningRate: Tensor, step: Tensor): Updated;
}
export declare function plainUpdate<Scalar extends string>(rule: OptimizerRule<Scalar>): UpdateRule;
export declare function flushTiny(moment: Tensor): Tensor;
export declare function mapTensors(tensors: Tensors, change: (tensor: Tensor, path: string) => Tensor): Tensors;
export declare function choose(condition: Tensor, news: Tensors, olds: Tensors): Tensors;
export declare function numbersOf<Options extends object>(
  kind: string,
  options: Options,
): (name: keyof Options & string, standard: number, most?: number) => number;
