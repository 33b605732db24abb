// Learning rates that change with the step, as Keras's schedules. Plain data; the host computes the rate in float64.

import { checkOptions, choice, integer, numberWithin } from "#engine/base/options.ts";

export interface ExponentialDecayOptions {
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  readonly decayRate: number;
  /** Whether the rate falls at every `decaySteps`-th step only. */
  readonly staircase?: boolean;
}

export interface CosineDecayOptions {
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  /** Share of the rate that is left at the end. */
  readonly alpha?: number;
  /** Rate after the warmup; without it there is none. */
  readonly warmupTarget?: number | null;
  readonly warmupSteps?: number;
}

export type Schedule =
  | { readonly kind: "constant"; readonly learningRate: number }
  | ({ readonly kind: "exponentialDecay" } & Readonly<Required<ExponentialDecayOptions>>)
  | ({ readonly kind: "cosineDecay" } & Readonly<Required<CosineDecayOptions>>);

/**
 * Keras's schedules by name.
 * @source Keras 3, optimizers/schedules/learning_rate_schedule.py
 */
export const schedules: {
  constant(options: { readonly learningRate: number }): Schedule;
  exponentialDecay(options: ExponentialDecayOptions): Schedule;
  cosineDecay(options: CosineDecayOptions): Schedule;
} = {
  constant: (options) => {
    checkOptions("constant", options, ["learningRate"]);
    return { kind: "constant", learningRate: numberWithin("constant", "learningRate", options.learningRate, 0) };
  },
  exponentialDecay: (options) => {
    const where = "exponentialDecay";
    checkOptions(where, options, ["initialLearningRate", "decaySteps", "decayRate", "staircase"]);
    return {
      kind: "exponentialDecay",
      initialLearningRate: numberWithin(where, "initialLearningRate", options.initialLearningRate, 0),
      decaySteps: integer(where, "decaySteps", options.decaySteps),
      decayRate: numberWithin(where, "decayRate", options.decayRate, 0),
      staircase: options.staircase ?? false,
    };
  },
  cosineDecay: (options) => {
    const where = "cosineDecay";
    checkOptions(where, options, ["initialLearningRate", "decaySteps", "alpha", "warmupTarget", "warmupSteps"]);
    const { warmupTarget = null } = options;
    return {
      kind: "cosineDecay",
      initialLearningRate: numberWithin(where, "initialLearningRate", options.initialLearningRate, 0),
      decaySteps: integer(where, "decaySteps", options.decaySteps),
      alpha: numberWithin(where, "alpha", options.alpha ?? 0),
      warmupTarget: warmupTarget === null ? null : numberWithin(where, "warmupTarget", warmupTarget, 0),
      warmupSteps: integer(where, "warmupSteps", options.warmupSteps ?? 0, 0),
    };
  },
};

/** A schedule as a user or a model file gives it, checked. @throws option */
export function checkSchedule(value: Schedule): Schedule {
  choice("schedule", "kind", value.kind, ["constant", "exponentialDecay", "cosineDecay"]);
  switch (value.kind) {
    case "constant": {
      const { kind: _, ...options } = value;
      return schedules.constant(options);
    }
    case "exponentialDecay": {
      const { kind: _, ...options } = value;
      return schedules.exponentialDecay(options);
    }
    case "cosineDecay": {
      const { kind: _, ...options } = value;
      return schedules.cosineDecay(options);
    }
    default:
      return value satisfies never;
  }
}

/**
 * The rate at a step.
 * @param step updates done before this one, from 0
 */
export function learningRateAt(rate: number | Schedule, step: number): number {
  if (typeof rate === "number") return rate;
  switch (rate.kind) {
    case "constant":
      return rate.learningRate;
    case "exponentialDecay": {
      const progress = step / rate.decaySteps;
      return rate.initialLearningRate * rate.decayRate ** (rate.staircase ? Math.floor(progress) : progress);
    }
    case "cosineDecay":
      return cosineDecayAt(rate, step);
    default:
      return rate satisfies never;
  }
}

function cosineDecayAt(rate: Extract<Schedule, { kind: "cosineDecay" }>, step: number): number {
  const { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps } = rate;
  const decayed = (from: number, done: number): number =>
    from * ((1 - alpha) * 0.5 * (1 + Math.cos((Math.PI * done) / decaySteps)) + alpha);
  if (warmupTarget === null) return decayed(initialLearningRate, Math.min(step, decaySteps));
  const reached = Math.min(step, decaySteps + warmupSteps);
  if (reached >= warmupSteps) return decayed(warmupTarget, reached - warmupSteps);
  return (warmupTarget - initialLearningRate) * (reached / warmupSteps) + initialLearningRate;
}
