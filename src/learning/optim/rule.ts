// What an optimizer's own file gives, and the plain update made of it: elementwise for each weight, so that the compiler can
// fuse it into the kernel that computes the gradient. Numbers of the whole step (bias corrections) are scalars, computed once.

import { numberWithin, type ConfigValue } from "#engine/base/options.ts";
import { full } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { OptimizerOptions, OptimizerState, Tensors } from "./optimizer.ts";

/** What an optimizer's file gives. */
export interface OptimizerRule<Scalar extends string> {
  readonly kind: string;
  readonly options: OptimizerOptions & object;
  readonly learningRate: number;
  /** Its own options with defaults filled in. */
  readonly config: Readonly<Record<string, ConfigValue>>;
  /** Kinds of moments it keeps. */
  readonly slots: readonly string[];
  /** First values of a slot: a number for each element, 0 where it is left out; or by the weight, undefined for no slot. */
  readonly initial?: Readonly<Record<string, number | ((weight: Tensor, path: string) => Tensor | undefined)>>;
  /** Scalars kept from step to step, and their first values. */
  readonly kept?: Readonly<Record<string, number>>;
  /** Scalars that all weights of a step share; those that are kept go by the same names. */
  scalars(learningRate: Tensor, step: Tensor, kept: Tensors): Readonly<Record<Scalar, Tensor>>;
  /** One weight's step. */
  step(
    weight: Tensor,
    gradient: Tensor,
    slots: Tensors,
    scalars: Readonly<Record<Scalar, Tensor>>,
    path: string,
  ): WeightStep;
  /** What each weight loses of itself, times the rate, where that is not `weightDecay` for all. */
  readonly weightDecayOf?: (weight: Tensor, path: string) => number | null;
}

export interface WeightStep {
  readonly weight: Tensor;
  readonly slots: Tensors;
}

/** New weights and state. */
export interface Updated {
  readonly weights: Tensors;
  readonly state: OptimizerState;
}

/** A state and the pure function that steps it; `accumulate` and `averageWeights` put one around another. */
export interface UpdateRule {
  initialState(weights: Tensors): OptimizerState;
  /** @param step i32 scalar: updates done before this one */
  update(weights: Tensors, gradients: Tensors, state: OptimizerState, learningRate: Tensor, step: Tensor): Updated;
}

/** The slot of scalars that are kept; a weight's path has a slash, their names have none. */
const keptSlot = "scalar";

/** The update of a rule alone. */
export function plainUpdate<Scalar extends string>(rule: OptimizerRule<Scalar>): UpdateRule {
  const { slots, initial = {}, kept = {} } = rule;
  const hasKept = Object.keys(kept).length > 0;
  return {
    initialState: (weights) => ({
      ...Object.fromEntries(slots.map((slot) => [slot, firstValues(weights, initial[slot] ?? 0)])),
      ...(hasKept ? { [keptSlot]: scalarsFrom(kept) } : {}),
    }),
    update: (weights, gradients, state, learningRate, step) => {
      const scalars = rule.scalars(learningRate, step, state[keptSlot] ?? scalarsFrom(kept));
      const steps = Object.entries(weights).flatMap(([path, weight]) => {
        const gradient = gradients[path];
        return gradient === undefined
          ? []
          : [[path, rule.step(weight, gradient, slotsOf(state, path), scalars, path)] as const];
      });
      const moments = slots.map((slot) => [
        slot,
        Object.fromEntries(steps.flatMap(([path, moved]) => (moved.slots[slot] ? [[path, moved.slots[slot]]] : []))),
      ]);
      const all: Tensors = scalars;
      const kepts = Object.keys(kept).flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]]));
      return {
        weights: Object.fromEntries(steps.map(([path, { weight }]) => [path, weight])),
        state: Object.fromEntries([...moments, ...(hasKept ? [[keptSlot, Object.fromEntries(kepts)]] : [])]),
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

/** The tensors, each changed. */
export function mapTensors(tensors: Tensors, change: (tensor: Tensor, path: string) => Tensor): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([path, tensor]) => [path, change(tensor, path)]));
}

/** Where the condition holds the new tensors, else the old ones, in the order of the old ones. */
export function choose(condition: Tensor, news: Tensors, olds: Tensors): Tensors {
  return mapTensors(olds, (old, path) => where(condition, news[path] ?? old, old));
}

/** Reads an optimizer's own numbers: what was given, else the default, from 0 to a bound. @throws option */
export function numbersOf<Options extends object>(
  kind: string,
  options: Options,
): (name: keyof Options & string, standard: number, most?: number) => number {
  return (name, standard, most) => numberWithin(kind, name, options[name] ?? standard, 0, most);
}

function firstValues(
  weights: Tensors,
  first: number | ((weight: Tensor, path: string) => Tensor | undefined),
): Tensors {
  if (typeof first === "number") return mapTensors(weights, ({ shape }) => full(shape, first));
  return Object.fromEntries(
    Object.entries(weights).flatMap(([path, weight]) => {
      const value = first(weight, path);
      return value === undefined ? [] : [[path, value]];
    }),
  );
}

function scalarsFrom(values: Readonly<Record<string, number>>): Tensors {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, full([], value)]));
}

function slotsOf(state: OptimizerState, path: string): Tensors {
  return Object.fromEntries(
    Object.entries(state).flatMap(([slot, tensors]) => {
      const tensor = tensors[path];
      return tensor === undefined ? [] : [[slot, tensor]];
    }),
  );
}
