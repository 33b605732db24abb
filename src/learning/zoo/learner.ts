// A model's weights while they learn by steps that are written out, not by `fit`: with the optimizer's state they are what one
// step takes and the next one gets.

import type { Weights } from "#learning/nn/layer.ts";
import type { Optimizer, OptimizerState } from "#learning/optim/optimizer.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { learningRateAt } from "#learning/optim/schedules.ts";
import type { Model } from "#learning/train/model.ts";
import type { NetworkFunction } from "#learning/train/network-function.ts";

export interface Learner {
  readonly weights: Weights;
  /** Moving statistics, frozen weights. */
  readonly frozen: Weights;
  readonly state: OptimizerState;
}

/** What a step needs of its place in the row; numbers of a compiled function are its arguments. */
export interface StepNumbers {
  /** f32 scalar. */
  readonly rate: Tensor;
  /** i32 scalar: steps before this one. */
  readonly number: Tensor;
}

export function learnerOf({ weights, frozen }: NetworkFunction, optimizer: Optimizer): Learner {
  return { weights, frozen, state: optimizer.initialState(weights) };
}

export function stepNumbers({ learningRate }: Optimizer, step: number): StepNumbers {
  return {
    rate: tensor(Float32Array.of(learningRateAt(learningRate, step)), { shape: [] }),
    number: tensor(Int32Array.of(step), { shape: [] }),
  };
}

/** The learner after an update. @param moved new moving statistics */
export function updated(
  { weights, frozen, state }: Learner,
  gradient: Weights,
  moved: Weights,
  { optimizer, rate, number }: StepNumbers & { readonly optimizer: Optimizer },
): Learner {
  return { ...optimizer.update(weights, gradient, state, rate, number), frozen: { ...frozen, ...moved } };
}

/** Gives the model what was learnt: the average of weights, where the optimizer keeps one. */
export function giveBack(model: Model, { weights, frozen, state }: Learner, optimizer: Optimizer): void {
  model.setWeights({ ...weights, ...optimizer.finalWeights?.(state), ...frozen });
}
