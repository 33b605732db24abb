// Learning rates that change with the step: Keras's schedules, and one-cycle and warm-up as PyTorch has them. Plain data, so
// that a file can hold them; the host computes the rate in float64.

import { checkOptions, choice, integer } from "#engine/base/options.ts";
import {
  constant,
  cosineDecay,
  cosineDecayRestarts,
  exponentialDecay,
  inverseTimeDecay,
  oneCycle,
  piecewiseConstantDecay,
  polynomialDecay,
  rateOf,
  type LinearWarmupOptions,
  type Schedule,
  type ScheduleOptions,
} from "./schedule-options.ts";

export const scheduleNames = [
  "constant",
  "exponentialDecay",
  "inverseTimeDecay",
  "cosineDecay",
  "cosineDecayRestarts",
  "polynomialDecay",
  "piecewiseConstantDecay",
  "linearWarmup",
  "oneCycle",
] as const;

export type ScheduleName = (typeof scheduleNames)[number] & keyof ScheduleOptions;

/** A straight line from the first rate to what comes after. @source PyTorch 2, lr_scheduler.LinearLR */
export function linearWarmup(options: LinearWarmupOptions): Schedule {
  const kind = "linearWarmup";
  checkOptions(kind, options, ["learningRate", "warmupSteps", "initialLearningRate"]);
  const { learningRate } = options;
  return {
    kind,
    learningRate:
      typeof learningRate === "number" ? rateOf(kind, "learningRate", learningRate) : checkSchedule(learningRate),
    warmupSteps: integer(kind, "warmupSteps", options.warmupSteps),
    initialLearningRate: rateOf(kind, "initialLearningRate", options.initialLearningRate ?? 0),
  };
}

/** Schedules by name: `schedules.oneCycle({ maxLearningRate: 0.01, totalSteps: 1000 })`. */
export const schedules: {
  readonly constant: typeof constant;
  readonly exponentialDecay: typeof exponentialDecay;
  readonly inverseTimeDecay: typeof inverseTimeDecay;
  readonly cosineDecay: typeof cosineDecay;
  readonly cosineDecayRestarts: typeof cosineDecayRestarts;
  readonly polynomialDecay: typeof polynomialDecay;
  readonly piecewiseConstantDecay: typeof piecewiseConstantDecay;
  readonly linearWarmup: typeof linearWarmup;
  readonly oneCycle: typeof oneCycle;
} = {
  constant,
  exponentialDecay,
  inverseTimeDecay,
  cosineDecay,
  cosineDecayRestarts,
  polynomialDecay,
  piecewiseConstantDecay,
  linearWarmup,
  oneCycle,
};

/** A schedule as a user or a model file gives it, checked by its own maker. @throws option */
export function checkSchedule(value: Schedule): Schedule {
  const makers: Readonly<Record<ScheduleName, unknown>> = schedules;
  const { kind, ...options } = value;
  const make = makers[choice("schedule", "kind", kind, scheduleNames)];
  return isMaker(make) ? make(options) : value;
}

function isMaker(value: unknown): value is (options: object) => Schedule {
  return typeof value === "function";
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
    case "exponentialDecay":
      return rate.initialLearningRate * rate.decayRate ** progressOf(rate, step);
    case "inverseTimeDecay":
      return rate.initialLearningRate / (1 + rate.decayRate * progressOf(rate, step));
    case "cosineDecay":
      return cosineDecayAt(rate, step);
    case "cosineDecayRestarts":
      return cosineDecayRestartsAt(rate, step);
    case "polynomialDecay":
      return polynomialDecayAt(rate, step);
    case "piecewiseConstantDecay":
      return rate.values[rate.boundaries.filter((boundary) => step > boundary).length] ?? 0;
    case "linearWarmup":
      return linearWarmupAt(rate, step);
    case "oneCycle":
      return oneCycleAt(rate, step);
    default:
      return rate satisfies never;
  }
}

type Of<Kind extends ScheduleName> = Extract<Schedule, { readonly kind: Kind }>;

function progressOf({ decaySteps, staircase }: Of<"exponentialDecay" | "inverseTimeDecay">, step: number): number {
  return staircase ? Math.floor(step / decaySteps) : step / decaySteps;
}

/** From 1 to 0 while `progress` goes from 0 to 1. */
function halfCosine(progress: number): number {
  return (1 + Math.cos(Math.PI * progress)) / 2;
}

function cosineDecayAt(rate: Of<"cosineDecay">, step: number): number {
  const { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps } = rate;
  const decayed = (from: number, done: number): number => from * ((1 - alpha) * halfCosine(done / decaySteps) + alpha);
  if (warmupTarget === null) return decayed(initialLearningRate, Math.min(step, decaySteps));
  const reached = Math.min(step, decaySteps + warmupSteps);
  if (reached >= warmupSteps) return decayed(warmupTarget, reached - warmupSteps);
  return (warmupTarget - initialLearningRate) * (reached / warmupSteps) + initialLearningRate;
}

function cosineDecayRestartsAt(rate: Of<"cosineDecayRestarts">, step: number): number {
  const { initialLearningRate, firstDecaySteps, tMul, mMul, alpha } = rate;
  const done = step / firstDecaySteps;
  // Periods of lengths 1, tMul, tMul², …: the number of those before, and where this one began.
  const period = tMul === 1 ? Math.floor(done) : Math.floor(Math.log(1 - done * (1 - tMul)) / Math.log(tMul));
  const begin = tMul === 1 ? period : (1 - tMul ** period) / (1 - tMul);
  const progress = (done - begin) / tMul ** period;
  return initialLearningRate * ((1 - alpha) * mMul ** period * halfCosine(progress) + alpha);
}

function polynomialDecayAt(rate: Of<"polynomialDecay">, step: number): number {
  const { initialLearningRate, decaySteps, endLearningRate, power, cycle } = rate;
  const numSteps = cycle ? decaySteps * Math.max(1, Math.ceil(step / decaySteps)) : decaySteps;
  const left = 1 - Math.min(step, numSteps) / numSteps;
  return (initialLearningRate - endLearningRate) * left ** power + endLearningRate;
}

function linearWarmupAt({ learningRate, warmupSteps, initialLearningRate }: Of<"linearWarmup">, step: number): number {
  if (step >= warmupSteps) return learningRateAt(learningRate, step - warmupSteps);
  const target = learningRateAt(learningRate, 0);
  return initialLearningRate + (target - initialLearningRate) * (step / warmupSteps);
}

function oneCycleAt(rate: Of<"oneCycle">, step: number): number {
  const { maxLearningRate, totalSteps, pctStart, annealStrategy, divFactor, finalDivFactor, threePhase } = rate;
  const first = maxLearningRate / divFactor;
  const last = { rate: first / finalDivFactor, end: totalSteps - 1 };
  const top = { rate: maxLearningRate, end: pctStart * totalSteps - 1 };
  const phases = threePhase ? [top, { rate: first, end: 2 * pctStart * totalSteps - 2 }, last] : [top, last];
  let from = { rate: first, end: 0 };
  for (const phase of phases) {
    const progress = (Math.min(step, last.end) - from.end) / (phase.end - from.end);
    if (progress <= 1 || phase === last) {
      const left = annealStrategy === "cos" ? halfCosine(progress) : 1 - progress;
      return phase.rate + (from.rate - phase.rate) * left;
    }
    from = phase;
  }
  return last.rate;
}
