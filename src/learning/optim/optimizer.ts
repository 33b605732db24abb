// The contract of an optimizer: a state tree and a pure update, elementwise for each weight, so that the compiler can fuse
// it into the kernel that computes the gradient. Numbers of the whole step (bias corrections) are computed once, as scalars.

import { checkOptions, numberWithin, type ConfigValue } from "#engine/base/options.ts";
import { zerosLike } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { checkClip, clipGradients, type ClipOptions } from "./clip.ts";
import { checkSchedule, type Schedule } from "./schedules.ts";

/** Tensors by the path of their weight. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** For each kind of moment (`momentum`, `velocity`) one tensor a weight. */
export type OptimizerState = Readonly<Record<string, Tensors>>;

/** Keras's optimizer name in camelCase and its options: enough to make it again. */
export interface OptimizerConfig {
  readonly kind: string;
  readonly options: Readonly<Record<string, ConfigValue>>;
}

export interface Optimizer {
  readonly config: OptimizerConfig;
  readonly learningRate: number | Schedule;
  /** Zeros, as many as the weights. */
  initialState(weights: Tensors): OptimizerState;
  /**
   * New weights and state.
   * @param learningRate f32 scalar
   * @param step i32 scalar: updates done before this one
   */
  update(
    weights: Tensors,
    gradients: Tensors,
    state: OptimizerState,
    learningRate: Tensor,
    step: Tensor,
  ): { readonly weights: Tensors; readonly state: OptimizerState };
}

/** Options that every optimizer takes. */
export interface OptimizerOptions extends ClipOptions {
  readonly learningRate?: number | Schedule;
  /** Share of each weight, times the learning rate, that every step takes away. */
  readonly weightDecay?: number | null | undefined;
}

const commonOptions = ["learningRate", "weightDecay", "clipnorm", "clipvalue", "globalClipnorm"];

/** What an optimizer's file gives. */
export interface OptimizerRule<Scalar extends string> {
  readonly kind: string;
  readonly options: OptimizerOptions & object;
  readonly learningRate: number;
  /** Its own options with defaults filled in. */
  readonly config: Readonly<Record<string, number | boolean>>;
  /** Kinds of moments it keeps. */
  readonly slots: readonly string[];
  /** Scalars that all weights of a step share. */
  scalars(learningRate: Tensor, step: Tensor): Readonly<Record<Scalar, Tensor>>;
  /** One weight's step. */
  step(weight: Tensor, gradient: Tensor, slots: Tensors, scalars: Readonly<Record<Scalar, Tensor>>): WeightStep;
}

export interface WeightStep {
  readonly weight: Tensor;
  readonly slots: Tensors;
}

/**
 * An optimizer from its rule: checks options, decays and clips as Keras does before the rule, flushes tiny moments.
 * @throws option for an unknown one
 */
export function makeOptimizer<Scalar extends string>(rule: OptimizerRule<Scalar>): Optimizer {
  const { kind, options } = rule;
  checkOptions(kind, options, [...commonOptions, ...Object.keys(rule.config)]);
  const rate = options.learningRate ?? rule.learningRate;
  const learningRate = typeof rate === "number" ? numberWithin(kind, "learningRate", rate, 0) : checkSchedule(rate);
  const weightDecay = options.weightDecay ?? null;
  if (weightDecay !== null) numberWithin(kind, "weightDecay", weightDecay, 0);
  const clip = checkClip(kind, options);
  return {
    learningRate,
    config: { kind, options: { learningRate, ...rule.config, ...givenOf(options) } },
    initialState: (weights) =>
      Object.fromEntries(rule.slots.map((slot) => [slot, mapTensors(weights, (weight) => zerosLike(weight))])),
    update: (weights, gradients, state, rateNow, step) => {
      const scalars = rule.scalars(rateNow, step);
      const bounded = clipGradients(gradients, clip);
      const decay = weightDecay === null ? undefined : rateNow.mul(weightDecay);
      const steps = Object.entries(weights).flatMap(([path, weight]) => {
        const gradient = bounded[path];
        if (gradient === undefined) return [];
        const decayed = decay === undefined ? weight : weight.sub(weight.mul(decay));
        return [[path, rule.step(decayed, gradient, slotsOf(state, path), scalars)] as const];
      });
      return {
        weights: Object.fromEntries(steps.map(([path, result]) => [path, result.weight])),
        state: Object.fromEntries(
          rule.slots.map((slot) => [
            slot,
            Object.fromEntries(steps.flatMap(([path, { slots }]) => (slots[slot] ? [[path, slots[slot]]] : []))),
          ]),
        ),
      };
    },
  };
}

/**
 * 0 below 1e-30: denormal moments cost 5 to 40 times on every CPU, and are far below every epsilon.
 */
export function flushTiny(moment: Tensor): Tensor {
  return where(moment.abs().less(1e-30), 0, moment);
}

function slotsOf(state: OptimizerState, path: string): Tensors {
  return Object.fromEntries(
    Object.entries(state).flatMap(([slot, tensors]) => {
      const tensor = tensors[path];
      return tensor === undefined ? [] : [[slot, tensor]];
    }),
  );
}

function mapTensors(tensors: Tensors, change: (tensor: Tensor) => Tensor): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([path, tensor]) => [path, change(tensor)]));
}

function givenOf({ weightDecay, clipnorm, clipvalue, globalClipnorm }: OptimizerOptions): Record<string, number> {
  const given: Record<string, number> = {};
  const all = { weightDecay, clipnorm, clipvalue, globalClipnorm };
  for (const [name, value] of Object.entries(all)) if (value !== undefined && value !== null) given[name] = value;
  return given;
}
