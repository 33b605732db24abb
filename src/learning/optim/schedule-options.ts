// The schedules as plain data: the options of each, with their defaults filled in and checked.

import { SinterError } from "#engine/base/error.ts";
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

export interface CosineDecayRestartsOptions {
  readonly initialLearningRate: number;
  /** Steps before the first restart. */
  readonly firstDecaySteps: number;
  /** How much longer each period is than the one before; 2 by default. */
  readonly tMul?: number;
  /** Share of the period before that each begins with; 1 by default. */
  readonly mMul?: number;
  /** Share of the rate that is left at the end of a period. */
  readonly alpha?: number;
}

export interface PolynomialDecayOptions {
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  /** 0.0001 by default. */
  readonly endLearningRate?: number;
  /** 1 by default: a straight line. */
  readonly power?: number;
  /** Whether it begins again, over more steps, instead of ending. */
  readonly cycle?: boolean;
}

export interface PiecewiseConstantDecayOptions {
  /** Steps, rising: up to and with the first the first value holds. */
  readonly boundaries: readonly number[];
  /** One more than boundaries. */
  readonly values: readonly number[];
}

export interface LinearWarmupOptions {
  /** What comes after the warm-up; a schedule then begins at its step 0. */
  readonly learningRate: number | Schedule;
  readonly warmupSteps: number;
  /** The first rate; 0 by default. */
  readonly initialLearningRate?: number;
}

export interface OneCycleOptions {
  readonly maxLearningRate: number;
  /** Steps of the whole training: epochs times steps an epoch. */
  readonly totalSteps: number;
  /** Share of the steps that rise; 0.3 by default. */
  readonly pctStart?: number;
  /** "cos" by default. */
  readonly annealStrategy?: "cos" | "linear";
  /** What the highest rate is divided by for the first; 25 by default. */
  readonly divFactor?: number;
  /** What the first rate is divided by for the last; 10,000 by default. */
  readonly finalDivFactor?: number;
  /** Whether it falls to the first rate as steeply as it rose, and then to the last; false by default. */
  readonly threePhase?: boolean;
}

/** The options of each schedule, by its kind. */
export interface ScheduleOptions {
  readonly constant: { readonly learningRate: number };
  readonly exponentialDecay: ExponentialDecayOptions;
  readonly inverseTimeDecay: ExponentialDecayOptions;
  readonly cosineDecay: CosineDecayOptions;
  readonly cosineDecayRestarts: CosineDecayRestartsOptions;
  readonly polynomialDecay: PolynomialDecayOptions;
  readonly piecewiseConstantDecay: PiecewiseConstantDecayOptions;
  readonly linearWarmup: LinearWarmupOptions;
  readonly oneCycle: OneCycleOptions;
}

/** A schedule by its kind, with every option filled in. */
export type Schedule = {
  readonly [Kind in keyof ScheduleOptions]: { readonly kind: Kind } & Readonly<Required<ScheduleOptions[Kind]>>;
}[keyof ScheduleOptions];

/** A rate that stays. */
export function constant(options: { readonly learningRate: number }): Schedule {
  checkOptions("constant", options, ["learningRate"]);
  return { kind: "constant", learningRate: rateOf("constant", "learningRate", options.learningRate) };
}

/** initial · decayRate^(step / decaySteps). @source Keras 3, schedules.ExponentialDecay */
export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  return { kind: "exponentialDecay", ...decayOptions("exponentialDecay", options) };
}

/** initial / (1 + decayRate · step / decaySteps). @source Keras 3, schedules.InverseTimeDecay */
export function inverseTimeDecay(options: ExponentialDecayOptions): Schedule {
  return { kind: "inverseTimeDecay", ...decayOptions("inverseTimeDecay", options) };
}

function decayOptions(kind: string, options: ExponentialDecayOptions): Required<ExponentialDecayOptions> {
  checkOptions(kind, options, ["initialLearningRate", "decaySteps", "decayRate", "staircase"]);
  return {
    initialLearningRate: rateOf(kind, "initialLearningRate", options.initialLearningRate),
    decaySteps: integer(kind, "decaySteps", options.decaySteps),
    decayRate: rateOf(kind, "decayRate", options.decayRate),
    staircase: options.staircase ?? false,
  };
}

/** Half a cosine down, after a warm-up where one is asked for. @source Keras 3, schedules.CosineDecay */
export function cosineDecay(options: CosineDecayOptions): Schedule {
  const kind = "cosineDecay";
  checkOptions(kind, options, ["initialLearningRate", "decaySteps", "alpha", "warmupTarget", "warmupSteps"]);
  const { warmupTarget = null } = options;
  return {
    kind,
    initialLearningRate: rateOf(kind, "initialLearningRate", options.initialLearningRate),
    decaySteps: integer(kind, "decaySteps", options.decaySteps),
    alpha: rateOf(kind, "alpha", options.alpha ?? 0),
    warmupTarget: warmupTarget === null ? null : rateOf(kind, "warmupTarget", warmupTarget),
    warmupSteps: integer(kind, "warmupSteps", options.warmupSteps ?? 0, 0),
  };
}

/**
 * Half cosines down, each beginning anew.
 * @source Loshchilov and Hutter 2017, SGDR, section 3; Keras 3, schedules.CosineDecayRestarts
 */
export function cosineDecayRestarts(options: CosineDecayRestartsOptions): Schedule {
  const kind = "cosineDecayRestarts";
  checkOptions(kind, options, ["initialLearningRate", "firstDecaySteps", "tMul", "mMul", "alpha"]);
  return {
    kind,
    initialLearningRate: rateOf(kind, "initialLearningRate", options.initialLearningRate),
    firstDecaySteps: integer(kind, "firstDecaySteps", options.firstDecaySteps),
    tMul: numberWithin(kind, "tMul", options.tMul ?? 2, 1),
    mMul: rateOf(kind, "mMul", options.mMul ?? 1),
    alpha: rateOf(kind, "alpha", options.alpha ?? 0),
  };
}

/** (initial - end) · (1 - step / decaySteps)^power + end. @source Keras 3, schedules.PolynomialDecay */
export function polynomialDecay(options: PolynomialDecayOptions): Schedule {
  const kind = "polynomialDecay";
  checkOptions(kind, options, ["initialLearningRate", "decaySteps", "endLearningRate", "power", "cycle"]);
  return {
    kind,
    initialLearningRate: rateOf(kind, "initialLearningRate", options.initialLearningRate),
    decaySteps: integer(kind, "decaySteps", options.decaySteps),
    endLearningRate: rateOf(kind, "endLearningRate", options.endLearningRate ?? 0.0001),
    power: rateOf(kind, "power", options.power ?? 1),
    cycle: options.cycle ?? false,
  };
}

/** A value between each two boundaries. @source Keras 3, schedules.PiecewiseConstantDecay */
export function piecewiseConstantDecay(options: PiecewiseConstantDecayOptions): Schedule {
  const kind = "piecewiseConstantDecay";
  checkOptions(kind, options, ["boundaries", "values"]);
  const boundaries = options.boundaries.map((step) => integer(kind, "boundaries", step, 0));
  const values = options.values.map((rate) => rateOf(kind, "values", rate));
  const isRising = boundaries.every((step, index) => index === 0 || step > (boundaries[index - 1] ?? step));
  if (values.length === boundaries.length + 1 && isRising) return { kind, boundaries, values };
  throw new SinterError(
    "option",
    `${kind}: ${boundaries.length} boundaries (${boundaries.join(", ")}) and ${values.length} values came. Give boundaries ` +
      "that rise, and one value more.",
    { boundaries, values },
  );
}

/**
 * Up to the highest rate and down to nearly nothing, once in the whole training.
 * @source Smith and Topin 2018, Super-convergence; PyTorch 2, lr_scheduler.OneCycleLR
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const kind = "oneCycle";
  const names = ["maxLearningRate", "totalSteps", "pctStart", "annealStrategy", "divFactor", "finalDivFactor"];
  checkOptions(kind, options, [...names, "threePhase"]);
  return {
    kind,
    maxLearningRate: rateOf(kind, "maxLearningRate", options.maxLearningRate),
    totalSteps: integer(kind, "totalSteps", options.totalSteps, 2),
    pctStart: numberWithin(kind, "pctStart", options.pctStart ?? 0.3, 0, 1),
    annealStrategy: choice(kind, "annealStrategy", options.annealStrategy ?? "cos", ["cos", "linear"]),
    divFactor: numberWithin(kind, "divFactor", options.divFactor ?? 25, 1),
    finalDivFactor: numberWithin(kind, "finalDivFactor", options.finalDivFactor ?? 10_000, 1),
    threePhase: options.threePhase ?? false,
  };
}

/** A rate, or a share of one. @throws option */
export function rateOf(kind: string, option: string, value: number): number {
  return numberWithin(kind, option, value, 0);
}
