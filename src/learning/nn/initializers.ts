// First values of weights, as Keras's initializers, from explicit keys. Plain data, so that a model file holds them.

import { SinterError } from "#engine/base/error.ts";
import { shapeText, sizeOf, type Shape } from "#engine/base/shape.ts";
import { arange, full, tensor } from "#engine/tensor/create.ts";
import { concat, where } from "#engine/tensor/math.ts";
import { fold, normal, uniform } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { checkOptions, choice, integer, numberWithin } from "#engine/base/options.ts";
import { orthogonalMatrix } from "./orthogonal.ts";

export type FanMode = "fanIn" | "fanOut" | "fanAvg";
export type Distribution = "uniform" | "truncatedNormal" | "untruncatedNormal";

type Seeded = {
  /** Folded into the key: equal seeds do not make weights of different names equal. */
  readonly seed?: number | undefined;
};

export type Initializer =
  | {
      readonly kind: "constant";
      /** One number, or one for each element, row-major. */
      readonly value: number | readonly number[];
    }
  | ({ readonly kind: "randomUniform"; readonly minval: number; readonly maxval: number } & Seeded)
  | ({ readonly kind: "randomNormal" | "truncatedNormal"; readonly mean: number; readonly stddev: number } & Seeded)
  | ({
      readonly kind: "varianceScaling";
      readonly scale: number;
      readonly mode: FanMode;
      readonly distribution: Distribution;
      /** Axes of the weight whose extents make fanIn; with `outputAxes`. The last but one, and those of a window, when left out. */
      readonly inputAxes?: readonly number[] | undefined;
      readonly outputAxes?: readonly number[] | undefined;
    } & Seeded)
  | {
      /** 1 on the diagonal of a matrix, times the gain. */
      readonly kind: "identity";
      readonly gain: number;
    }
  | ({
      readonly kind: "orthogonal";
      /** What the matrix is multiplied by. */
      readonly gain: number;
    } & Seeded)
  /** Of an LSTM's bias: its second quarter, which the forget gate takes, is 1. */
  | { readonly kind: "unitForgetBias"; readonly initializer: Initializer };

type VarianceScaling = Extract<Initializer, { readonly kind: "varianceScaling" }>;

const scaling = (scale: number, mode: FanMode, distribution: Distribution): Initializer => ({
  kind: "varianceScaling",
  scale,
  mode,
  distribution,
});

/** Every initializer's name. */
export const initializerNames = [
  "zeros",
  "ones",
  "constant",
  "randomUniform",
  "randomNormal",
  "truncatedNormal",
  "varianceScaling",
  "glorotUniform",
  "glorotNormal",
  "heUniform",
  "heNormal",
  "lecunUniform",
  "lecunNormal",
  "orthogonal",
  "identity",
] as const;

export type InitializerName = (typeof initializerNames)[number];

const named: Readonly<Record<InitializerName, Initializer>> = {
  zeros: { kind: "constant", value: 0 },
  ones: { kind: "constant", value: 1 },
  constant: { kind: "constant", value: 0 },
  randomUniform: { kind: "randomUniform", minval: -0.05, maxval: 0.05 },
  randomNormal: { kind: "randomNormal", mean: 0, stddev: 0.05 },
  truncatedNormal: { kind: "truncatedNormal", mean: 0, stddev: 0.05 },
  varianceScaling: scaling(1, "fanIn", "truncatedNormal"),
  glorotUniform: scaling(1, "fanAvg", "uniform"),
  glorotNormal: scaling(1, "fanAvg", "truncatedNormal"),
  heUniform: scaling(2, "fanIn", "uniform"),
  heNormal: scaling(2, "fanIn", "truncatedNormal"),
  lecunUniform: scaling(1, "fanIn", "uniform"),
  lecunNormal: scaling(1, "fanIn", "truncatedNormal"),
  orthogonal: { kind: "orthogonal", gain: 1 },
  identity: { kind: "identity", gain: 1 },
};

/**
 * An initializer from its name or itself.
 * @throws option naming the right one
 */
export function initializer(
  where: string,
  option: string,
  value: InitializerName | Initializer | undefined,
  standard: InitializerName,
): Initializer {
  if (value === undefined) return named[standard];
  if (typeof value === "string") return named[choice(where, option, value, initializerNames)];
  return checked(`${where}: ${option}`, value);
}

function checked(label: string, value: Initializer): Initializer {
  switch (value.kind) {
    case "constant":
      checkOptions(label, value, ["kind", "value"]);
      for (const one of [value.value].flat()) numberWithin(label, "value", one);
      return value;
    case "randomUniform":
      checkOptions(label, value, ["kind", "minval", "maxval", "seed"]);
      numberWithin(label, "maxval", value.maxval, numberWithin(label, "minval", value.minval));
      return value;
    case "randomNormal":
    case "truncatedNormal":
      checkOptions(label, value, ["kind", "mean", "stddev", "seed"]);
      numberWithin(label, "mean", value.mean);
      numberWithin(label, "stddev", value.stddev, 0);
      return value;
    case "varianceScaling":
      checkOptions(label, value, ["kind", "scale", "mode", "distribution", "inputAxes", "outputAxes", "seed"]);
      numberWithin(label, "scale", value.scale, Number.MIN_VALUE);
      choice(label, "mode", value.mode, ["fanIn", "fanOut", "fanAvg"]);
      choice(label, "distribution", value.distribution, ["uniform", "truncatedNormal", "untruncatedNormal"]);
      checkFanAxes(label, value);
      return value;
    case "identity":
      checkOptions(label, value, ["kind", "gain"]);
      numberWithin(label, "gain", value.gain);
      return value;
    case "orthogonal":
      checkOptions(label, value, ["kind", "gain", "seed"]);
      numberWithin(label, "gain", value.gain);
      return value;
    case "unitForgetBias":
      checkOptions(label, value, ["kind", "initializer"]);
      return { ...value, initializer: checked(label, value.initializer) };
    default:
      return unknownKind(label, value);
  }
}

function checkFanAxes(label: string, { inputAxes, outputAxes }: VarianceScaling): void {
  for (const axis of [...(inputAxes ?? []), ...(outputAxes ?? [])]) integer(label, "inputAxes or outputAxes", axis, -8);
  if ((inputAxes === undefined) === (outputAxes === undefined)) return;
  throw new SinterError("option", `${label} has inputAxes or outputAxes alone. Give both.`, { inputAxes, outputAxes });
}

function unknownKind(label: string, value: never): never {
  throw new SinterError("option", `${label} is ${JSON.stringify(value)}. Use a name such as "glorotUniform".`);
}

/** Options as Keras's: of the random ones each may have a `seed`. */
interface InitializerOptions {
  readonly value?: number;
  readonly minval?: number;
  readonly maxval?: number;
  readonly mean?: number;
  readonly stddev?: number;
  readonly scale?: number;
  readonly mode?: FanMode;
  readonly distribution?: Distribution;
  readonly inputAxes?: readonly number[];
  readonly outputAxes?: readonly number[];
  readonly gain?: number;
  readonly seed?: number;
}

/**
 * Keras's initializers by name: `initializers.heNormal({ seed: 3 })`.
 * @source Keras 3, keras.initializers
 */
export const initializers: Readonly<Record<InitializerName, (options?: InitializerOptions) => Initializer>> = {
  zeros: (options) => make("zeros", options),
  ones: (options) => make("ones", options),
  constant: (options) => make("constant", options),
  randomUniform: (options) => make("randomUniform", options),
  randomNormal: (options) => make("randomNormal", options),
  truncatedNormal: (options) => make("truncatedNormal", options),
  varianceScaling: (options) => make("varianceScaling", options),
  glorotUniform: (options) => make("glorotUniform", options),
  glorotNormal: (options) => make("glorotNormal", options),
  heUniform: (options) => make("heUniform", options),
  heNormal: (options) => make("heNormal", options),
  lecunUniform: (options) => make("lecunUniform", options),
  lecunNormal: (options) => make("lecunNormal", options),
  orthogonal: (options) => make("orthogonal", options),
  identity: (options) => make("identity", options),
};

function make(name: InitializerName, options: InitializerOptions = {}): Initializer {
  const standard: Initializer = named[name];
  const isFixed = standard.kind === "varianceScaling" && name !== "varianceScaling";
  const own =
    isFixed || name === "zeros" || name === "ones" ? [] : Object.keys(standard).filter((key) => key !== "kind");
  const axes = standard.kind === "varianceScaling" ? ["inputAxes", "outputAxes"] : [];
  const isRandom = standard.kind !== "constant" && standard.kind !== "identity";
  checkOptions(name, options, isRandom ? [...own, ...axes, "seed"] : own);
  if (options.seed !== undefined) integer(name, "seed", options.seed, 0);
  return checked(name, { ...standard, ...options });
}

/**
 * First values of a weight, f32 of the shape given.
 * @param from i32 [2], folded with the weight's path
 * @source Glorot and Bengio 2010; He et al. 2015; Keras 3, VarianceScaling
 */
export function initialValue(init: Initializer, shape: Shape, from: Tensor): Tensor {
  const key = "seed" in init && init.seed !== undefined ? fold(from, init.seed) : from;
  switch (init.kind) {
    case "constant":
      return typeof init.value === "number"
        ? full(shape, init.value)
        : tensor(Float64Array.from(init.value), { shape });
    case "randomUniform":
      return uniform(key, shape, { low: init.minval, high: init.maxval });
    case "randomNormal":
      return normal(key, shape, { mean: init.mean, stddev: init.stddev });
    case "truncatedNormal":
      return truncatedNormal(key, shape).mul(init.stddev).add(init.mean);
    case "varianceScaling":
      return scaled(init.scale / Math.max(1, fan(shape, init)), init.distribution, shape, key);
    case "identity":
      return identityMatrix(shape).mul(init.gain);
    case "orthogonal":
      return orthogonalMatrix(key, shape).mul(init.gain);
    case "unitForgetBias": {
      const [size = 0] = shape.map((extent) => extent / 4);
      const [first, last] = [fold(key, 0), fold(key, 1)];
      return concat([
        initialValue(init.initializer, [size], first),
        full([size], 1),
        initialValue(init.initializer, [2 * size], last),
      ]);
    }
    default:
      return init satisfies never;
  }
}

/** @throws shape for what is no matrix */
function identityMatrix(shape: Shape): Tensor {
  const [numRows, numColumns] = shape;
  if (numRows === undefined || numColumns === undefined || shape.length !== 2) {
    throw new SinterError("shape", `identity: shape ${shapeText(shape)} is no matrix. Use it for rank 2.`, { shape });
  }
  return arange(numRows).expandDims(1).equal(arange(numColumns)).cast("f32");
}

/** Standard deviation of a normal distribution cut at two standard deviations. */
const truncatedDeviation = 0.87962566103423978;

function scaled(variance: number, distribution: Distribution, shape: Shape, key: Tensor): Tensor {
  switch (distribution) {
    case "uniform": {
      const limit = Math.sqrt(3 * variance);
      return uniform(key, shape, { low: -limit, high: limit });
    }
    case "truncatedNormal":
      return truncatedNormal(key, shape).mul(Math.sqrt(variance) / truncatedDeviation);
    case "untruncatedNormal":
      return normal(key, shape, { stddev: Math.sqrt(variance) });
    default:
      return distribution satisfies never;
  }
}

function fan(shape: Shape, { mode, inputAxes, outputAxes }: VarianceScaling): number {
  const [fanIn = 1, fanOut = 1] =
    inputAxes === undefined || outputAxes === undefined
      ? fansOf(shape)
      : [inputAxes, outputAxes].map((axes) => sizeOf(axes.map((axis) => shape.at(axis) ?? 1)));
  if (mode === "fanIn") return fanIn;
  return mode === "fanOut" ? fanOut : (fanIn + fanOut) / 2;
}

/** Inputs and outputs of a dense or convolutional kernel, or as many of either as a vector has places. */
function fansOf(shape: Shape): number[] {
  const field = sizeOf(shape.slice(0, -2));
  const last = shape.at(-1) ?? 1;
  return [(shape.at(-2) ?? last) * field, last * field];
}

/** erf(√2): the share of a normal distribution within two standard deviations. */
const shareWithinTwo = 0.9544997361036416;

/** Normal numbers within [-2, 2], by the inverse of the distribution. */
function truncatedNormal(key: Tensor, shape: Shape): Tensor {
  const share = uniform(key, shape, { low: -shareWithinTwo, high: shareWithinTwo });
  return inverseErf(share).mul(Math.SQRT2).clip(-2, 2);
}

/** @source Giles 2010, Approximating the erfinv function, table 5 (single precision) */
const central = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 2.1858087e-4, -1.25372503e-3, -4.17768164e-3,
  0.246640727, 1.50140941,
];
const tail = [
  -2.00214257e-4, 1.00950558e-4, 1.34934322e-3, -3.67342844e-3, 5.73950773e-3, -7.6224613e-3, 9.43887047e-3, 1.00167406,
  2.83297682,
];

function inverseErf(x: Tensor): Tensor {
  const w = x.square().neg().log1p().neg();
  return where(w.less(5), polynomial(central, w.sub(2.5)), polynomial(tail, w.sqrt().sub(3))).mul(x);
}

/** Horner's rule, the highest power first. */
function polynomial([first = 0, ...others]: readonly number[], at: Tensor): Tensor {
  return others.reduce((sum, coefficient) => sum.mul(at).add(coefficient), at.mul(0).add(first));
}
