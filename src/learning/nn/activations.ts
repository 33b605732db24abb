// Every activation of Keras by its name, elementwise but for the softmaxes and glu. Each is a few lines of composition.

import { SinterError } from "#engine/base/error.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Logits } from "./layer.ts";
import { checkOptions, choice, numberWithin } from "#engine/base/options.ts";

/** Activations whose input the losses take instead of their output. */
export type LogitsActivation = "sigmoid" | "softmax";

/** Every activation's name; `threshold` has no defaults and needs its object form. */
export const activationNames = [
  "linear",
  "relu",
  "relu6",
  "leakyRelu",
  "elu",
  "selu",
  "celu",
  "softplus",
  "softsign",
  "softShrink",
  "hardShrink",
  "threshold",
  "sigmoid",
  "logSigmoid",
  "hardSigmoid",
  "sparseSigmoid",
  "tanh",
  "hardTanh",
  "tanhShrink",
  "silu",
  "swish",
  "hardSilu",
  "hardSwish",
  "gelu",
  "mish",
  "sparsePlus",
  "squareplus",
  "exponential",
  "glu",
  "softmax",
  "logSoftmax",
  "sparsemax",
] as const;

export type ActivationName = (typeof activationNames)[number];

/** An activation with other parameters than Keras's defaults. */
export interface ActivationObject {
  readonly kind: ActivationName;
  readonly [parameter: string]: string | number | boolean;
}

export type Activation = ActivationName | ActivationObject;

type Parameters = Readonly<Record<string, number | boolean>>;

interface Definition {
  /** Parameters with Keras's defaults. */
  readonly parameters?: Parameters;
  readonly apply: (x: Tensor, number: (name: string) => number, flag: (name: string) => boolean) => Tensor;
}

/** Of selu: what it multiplies with, and its depth below 0. @source Klambauer et al. 2017 */
export const seluScale = 1.0507009873554805;
export const seluAlpha = 1.6732632423543772;

const definitions: Readonly<Record<ActivationName, Definition>> = {
  linear: { apply: (x) => x },
  relu: {
    parameters: { negativeSlope: 0, maxValue: Number.POSITIVE_INFINITY, threshold: 0 },
    apply: (x, number) => generalRelu(x, number("negativeSlope"), number("maxValue"), number("threshold")),
  },
  relu6: { apply: (x) => x.relu().minimum(6) },
  leakyRelu: {
    parameters: { negativeSlope: 0.2 },
    apply: (x, number) => where(x.less(0), x.mul(number("negativeSlope")), x),
  },
  elu: { parameters: { alpha: 1 }, apply: (x, number) => elu(x, number("alpha")) },
  selu: { apply: (x) => elu(x, seluAlpha).mul(seluScale) },
  celu: {
    parameters: { alpha: 1 },
    apply: (x, number) => where(x.greater(0), x, x.minimum(0).div(number("alpha")).expm1().mul(number("alpha"))),
  },
  softplus: { apply: (x) => softplus(x) },
  softsign: { apply: (x) => x.div(x.abs().add(1)) },
  softShrink: { parameters: { threshold: 0.5 }, apply: (x, number) => softShrink(x, number("threshold")) },
  hardShrink: {
    parameters: { threshold: 0.5 },
    apply: (x, number) => where(x.abs().greater(number("threshold")), x, 0),
  },
  threshold: {
    parameters: { threshold: Number.NaN, defaultValue: Number.NaN },
    apply: (x, number) => where(x.greater(number("threshold")), x, number("defaultValue")),
  },
  sigmoid: { apply: (x) => x.sigmoid() },
  logSigmoid: { apply: (x) => softplus(x.neg()).neg() },
  // Until Keras 3 it rose by a fifth.
  hardSigmoid: {
    parameters: { slope: 1 / 6 },
    apply: (x, number) => (number("slope") === 1 / 6 ? hardSigmoid(x) : x.mul(number("slope")).add(0.5).clip(0, 1)),
  },
  sparseSigmoid: { apply: (x) => x.add(1).mul(0.5).clip(0, 1) },
  tanh: { apply: (x) => x.tanh() },
  hardTanh: { apply: (x) => x.clip(-1, 1) },
  tanhShrink: { apply: (x) => x.sub(x.tanh()) },
  silu: { apply: (x) => x.mul(x.sigmoid()) },
  swish: { apply: (x) => x.mul(x.sigmoid()) },
  hardSilu: { apply: (x) => x.mul(hardSigmoid(x)) },
  hardSwish: { apply: (x) => x.mul(hardSigmoid(x)) },
  gelu: { parameters: { approximate: false }, apply: (x, _, flag) => gelu(x, flag("approximate")) },
  mish: { apply: (x) => x.mul(softplus(x).tanh()) },
  sparsePlus: {
    apply: (x) => where(x.lessEqual(-1), 0, where(x.less(1), x.add(1).square().mul(0.25), x)),
  },
  squareplus: { parameters: { b: 4 }, apply: (x, number) => x.square().add(number("b")).sqrt().add(x).mul(0.5) },
  exponential: { apply: (x) => x.exp() },
  glu: { parameters: { axis: -1 }, apply: (x, number) => glu(x, number("axis")) },
  softmax: { parameters: { axis: -1 }, apply: (x, number) => x.softmax(number("axis")) },
  logSoftmax: { parameters: { axis: -1 }, apply: (x, number) => x.logSoftmax(number("axis")) },
  sparsemax: { parameters: { axis: -1 }, apply: (x, number) => sparsemax(x, number("axis")) },
};

/**
 * Checks an activation as a user wrote it; nothing is `linear`.
 * @throws option naming the right one
 */
export function checkActivation(where: string, activation: Activation | null | undefined): Activation {
  if (activation === undefined || activation === null) return "linear";
  const isObject = typeof activation === "object";
  const kind = choice(where, "activation", isObject ? activation.kind : activation, activationNames);
  const { parameters = {} } = definitions[kind];
  const label = `${where}: activation ${kind}`;
  if (!isObject) {
    if (kind === "threshold") throw missingThreshold(label);
    return kind;
  }
  checkOptions(label, activation, ["kind", ...Object.keys(parameters)]);
  for (const [name, standard] of Object.entries(parameters)) {
    const value = activation[name];
    if (value === undefined && Number.isNaN(standard)) throw missingThreshold(label);
    if (value !== undefined && typeof standard === "number") numberWithin(label, name, value);
  }
  return activation;
}

function missingThreshold(label: string): SinterError {
  return new SinterError(
    "option",
    `${label} needs its parameters. Write { kind: "threshold", threshold: 0, defaultValue: 0 }.`,
  );
}

/** The activation's value. */
export function activate(activation: Activation, x: Tensor): Tensor {
  const kind = typeof activation === "string" ? activation : activation.kind;
  const { parameters = {}, apply } = definitions[kind];
  const values: Readonly<Record<string, unknown>> = {
    ...parameters,
    ...(typeof activation === "string" ? {} : activation),
  };
  return apply(
    x,
    (name) => numberWithin(kind, name, values[name]),
    (name) => values[name] === true,
  );
}

/** What the activation was given, where losses want that: a sigmoid, or a softmax over the last axis. */
export function logitsOf(activation: Activation, x: Tensor): Logits | undefined {
  const kind = typeof activation === "string" ? activation : activation.kind;
  const axis = typeof activation === "string" ? -1 : (activation["axis"] ?? -1);
  if (kind === "sigmoid" || (kind === "softmax" && (axis === -1 || axis === x.rank - 1))) {
    return { activation: kind, values: x };
  }
  return undefined;
}

/** max(x, 0) where nothing is given; its slope at the threshold is that below. */
function generalRelu(x: Tensor, negativeSlope: number, maxValue: number, threshold: number): Tensor {
  if (negativeSlope === 0 && threshold === 0)
    return maxValue === Number.POSITIVE_INFINITY ? x.relu() : x.relu().minimum(maxValue);
  const below = negativeSlope === 0 ? 0 : x.sub(threshold).mul(negativeSlope);
  const above = maxValue === Number.POSITIVE_INFINITY ? x : x.minimum(maxValue);
  return where(threshold === 0 ? x.greater(0) : x.greaterEqual(threshold), above, below);
}

function elu(x: Tensor, alpha: number): Tensor {
  return where(x.greater(0), x, x.minimum(0).expm1().mul(alpha));
}

/** log(1 + exp(x)), without overflow; the slope at 0 is a half. */
function softplus(x: Tensor): Tensor {
  const isPositive = x.greaterEqual(0);
  return where(isPositive, x, 0).add(where(isPositive, x.neg(), x).exp().log1p());
}

function hardSigmoid(x: Tensor): Tensor {
  return x
    .add(3)
    .relu()
    .minimum(6)
    .mul(1 / 6);
}

function softShrink(x: Tensor, threshold: number): Tensor {
  return where(x.greater(threshold), x.sub(threshold), where(x.less(-threshold), x.add(threshold), 0));
}

/** x · Φ(x), or Hendrycks and Gimpel's approximation by tanh (arXiv 1606.08415). */
function gelu(x: Tensor, approximate: boolean): Tensor {
  if (!approximate) return x.mul(x.mul(Math.SQRT1_2).erf().add(1)).mul(0.5);
  const inner = x
    .pow(3)
    .mul(0.044715)
    .add(x)
    .mul(Math.sqrt(2 / Math.PI));
  return x.mul(inner.tanh().add(1)).mul(0.5);
}

/** The first half of an axis times the sigmoid of the second. */
function glu(x: Tensor, axis: number): Tensor {
  const at = axis < 0 ? axis + x.rank : axis;
  const extent = x.shape[at] ?? 0;
  if (extent === 0 || extent % 2 !== 0) {
    throw new SinterError("shape", `glu: axis ${axis} has ${extent} elements. Make it even.`, { shape: x.shape, axis });
  }
  const sizes = x.shape.map((size, index) => (index === at ? extent / 2 : size));
  const starts = x.shape.map(() => 0);
  const gate = x.slice(
    starts.map((_, index) => (index === at ? extent / 2 : 0)),
    sizes,
  );
  return x.slice(starts, sizes).mul(gate.sigmoid());
}

/**
 * The projection onto the simplex: max(x - τ, 0), with τ so that the sum is 1. Compares every pair of an axis, so it
 * needs no sort; an axis of n takes n² bytes of work a row.
 * @source Martins and Astudillo 2016, From softmax to sparsemax, algorithm 1
 */
function sparsemax(x: Tensor, axis: number): Tensor {
  const last = x.rank - 1;
  const at = axis < 0 ? axis + x.rank : axis;
  const order = x.shape.map((_, index) => (index === at ? last : index === last ? at : index));
  const rows = at === last ? x : x.transpose(order); // [..., n]
  const isLarger = rows.expandDims(-2).greaterEqual(rows.expandDims(-1)).cast("f32"); // [..., n, n]
  const count = isLarger.sum(-1);
  const sum = isLarger.mul(rows.expandDims(-2)).sum(-1);
  const support = rows.mul(count).add(1).greater(sum).cast("f32");
  const tau = support
    .mul(rows)
    .sum(-1, { keepDims: true })
    .sub(1)
    .div(support.sum(-1, { keepDims: true }));
  const result = rows.sub(tau).relu();
  return at === last ? result : result.transpose(order);
}
