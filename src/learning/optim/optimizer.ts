// The contract of an optimizer, a state tree and a pure update, and the options that all of them take.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer, numberWithin, type ConfigValue } from "#engine/base/options.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { accumulate } from "./accumulate.ts";
import { averagesOf, averageWeights } from "./average-weights.ts";
import { checkClip, clipGradients, type ClipOptions } from "./clip.ts";
import { mapTensors, plainUpdate, type OptimizerRule, type UpdateRule } from "./rule.ts";
import type { Schedule } from "./schedule-options.ts";
import { checkSchedule } from "./schedules.ts";

/** Tensors by the path of their weight. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** For each kind of moment (`momentum`, `velocity`) one tensor a weight; under `scalar` those of the whole step. */
export type OptimizerState = Readonly<Record<string, Tensors>>;

/** Keras's optimizer name in camelCase and its options: enough to make it again. */
export interface OptimizerConfig {
  readonly kind: string;
  readonly options: Readonly<Record<string, ConfigValue>>;
}

export interface Optimizer {
  readonly config: OptimizerConfig;
  readonly learningRate: number | Schedule;
  /** Whether it steps with the gradients of several batches: one whose loss is not finite then counts as zeros. */
  readonly isAccumulating?: boolean;
  /** As many tensors of each kind as there are weights. */
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
  /** Copies of what the weights are to be once training has ended, where that is not what they are. */
  finalWeights?(state: OptimizerState): Tensors;
}

/** Options that every optimizer takes. */
export interface OptimizerOptions extends ClipOptions {
  readonly learningRate?: number | Schedule;
  /** Share of each weight, times the learning rate, that every step takes away. */
  readonly weightDecay?: number | null | undefined;
  /** Whether a moving average of the weights is kept; at the end of `fit` the weights become it. */
  readonly useEma?: boolean;
  /** Share of the average that stays at each step; 0.99 by default. */
  readonly emaMomentum?: number;
  /** Steps after which the weights become their average; never by default. */
  readonly emaOverwriteFrequency?: number | null | undefined;
  /** Batches whose mean gradient makes one step, at least 2. */
  readonly gradientAccumulationSteps?: number | null | undefined;
}

const commonOptions = [
  "learningRate",
  "weightDecay",
  "clipnorm",
  "clipvalue",
  "globalClipnorm",
  "useEma",
  "emaMomentum",
  "emaOverwriteFrequency",
  "gradientAccumulationSteps",
];

/**
 * An optimizer from its rule: checks options; accumulates, clips and decays before the rule, averages after it, as Keras does.
 * @throws option for an unknown one
 */
export function makeOptimizer<Scalar extends string>(rule: OptimizerRule<Scalar>): Optimizer {
  const { kind, options } = rule;
  checkOptions(kind, options, [...commonOptions, ...Object.keys(rule.config)]);
  const rate = options.learningRate ?? rule.learningRate;
  const learningRate = typeof rate === "number" ? numberWithin(kind, "learningRate", rate, 0) : checkSchedule(rate);
  const { useEma = false } = options;
  const numSteps = integer(kind, "gradientAccumulationSteps", options.gradientAccumulationSteps ?? 1, 1);
  const momentum = numberWithin(kind, "emaMomentum", options.emaMomentum ?? 0.99, 0, 1);
  const frequency = options.emaOverwriteFrequency ?? null;
  const overwriteFrequency = frequency === null ? null : integer(kind, "emaOverwriteFrequency", frequency);
  if (!useEma && (options.emaMomentum !== undefined || frequency !== null)) {
    throw new SinterError(
      "option",
      `${kind}: emaMomentum and emaOverwriteFrequency need an average. Add useEma: true.`,
    );
  }
  const bounded = withBounds(plainUpdate(rule), rule);
  const stepped = numSteps === 1 ? bounded : accumulate(bounded, numSteps);
  return {
    learningRate,
    config: { kind, options: { learningRate, ...rule.config, ...givenOf(options) } },
    isAccumulating: numSteps > 1,
    ...(useEma ? averageWeights(stepped, { momentum, overwriteFrequency, numSteps }) : stepped),
    ...(useEma ? { finalWeights: averagesOf } : {}),
  };
}

/** Clipping, then weight decay. */
function withBounds(
  update: UpdateRule,
  { kind, options, weightDecayOf }: Pick<OptimizerRule<string>, "kind" | "options" | "weightDecayOf">,
): UpdateRule {
  const clip = checkClip(kind, options);
  const weightDecay = options.weightDecay ?? null;
  if (weightDecay !== null) numberWithin(kind, "weightDecay", weightDecay, 0);
  const shareOf = weightDecayOf ?? (() => weightDecay);
  return {
    ...update,
    update: (weights, gradients, state, learningRate, step) => {
      const bounded = clipGradients(gradients, clip);
      return update.update(decayed(weights, learningRate, shareOf), bounded, state, learningRate, step);
    },
  };
}

/** w - w · rate · share, where a weight has a share. */
function decayed(
  weights: Tensors,
  learningRate: Tensor,
  shareOf: NonNullable<OptimizerRule<string>["weightDecayOf"]>,
): Tensors {
  const decays = new Map<number, Tensor>(); // a scalar for each share, not for each weight
  return mapTensors(weights, (weight, path) => {
    const share = shareOf(weight, path);
    if (share === null) return weight;
    const decay = decays.get(share) ?? learningRate.mul(share);
    decays.set(share, decay);
    return weight.sub(weight.mul(decay));
  });
}

function givenOf(options: OptimizerOptions): Record<string, number | boolean> {
  const { weightDecay, clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum } = options;
  const { emaOverwriteFrequency, gradientAccumulationSteps } = options;
  const all = { weightDecay, clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum };
  const given: Record<string, number | boolean> = {};
  for (const [name, value] of Object.entries({ ...all, emaOverwriteFrequency, gradientAccumulationSteps })) {
    if (value !== undefined && value !== null) given[name] = value;
  }
  return given;
}
