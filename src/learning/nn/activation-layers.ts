// Activations as layers under their own names, among them the one with weights.

import type { Shape } from "#engine/base/shape.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { activate, logitsOf, type ActivationObject } from "./activations.ts";
import { constraint, type Constraint, type ConstraintName } from "./constraints.ts";
import { withoutUndefined } from "./dense.ts";
import { initializer, type Initializer, type InitializerName } from "./initializers.ts";
import { makeLayer, single, weightOf, type Layer, type LayerOptions, type LayerResult } from "./layer.ts";
import { axesOf, axisOf, checkAxes } from "./norm.ts";
import { integer, numberWithin } from "#engine/base/options.ts";
import { regularizer, type Regularizer, type RegularizerName } from "./regularizers.ts";

export interface ReluOptions extends LayerOptions {
  /** What the output is at most; null for no bound. */
  readonly maxValue?: number | null | undefined;
  /** Slope below the threshold; 0 by default. */
  readonly negativeSlope?: number;
  /** Where the output begins to be x; 0 by default. */
  readonly threshold?: number;
}

/**
 * min(x, maxValue) from the threshold on, negativeSlope · (x - threshold) below it.
 * @source Keras 3, layers.ReLU
 */
export function relu(options: ReluOptions = {}): Layer {
  const { maxValue: given } = options;
  const config = {
    maxValue: given === undefined || given === null ? undefined : numberWithin("relu", "maxValue", given, 0),
    negativeSlope: numberWithin("relu", "negativeSlope", options.negativeSlope ?? 0, 0),
    threshold: numberWithin("relu", "threshold", options.threshold ?? 0, 0),
  };
  return elementwise("relu", "ReLU", options, config);
}

export interface LeakyReluOptions extends LayerOptions {
  /** Slope below 0; 0.3 by default. */
  readonly negativeSlope?: number;
}

/** x, times `negativeSlope` where it is negative. @source Maas et al. 2013; Keras 3, layers.LeakyReLU */
export function leakyRelu(options: LeakyReluOptions = {}): Layer {
  const negativeSlope = numberWithin("leakyRelu", "negativeSlope", options.negativeSlope ?? 0.3, 0);
  return elementwise("leakyRelu", "LeakyReLU", options, { negativeSlope });
}

export interface EluOptions extends LayerOptions {
  /** What the output tends to far below 0, negated; 1 by default. */
  readonly alpha?: number;
}

/** x, and alpha · (exp(x) - 1) where it is negative. @source Clevert et al. 2015; Keras 3, layers.ELU */
export function elu(options: EluOptions = {}): Layer {
  return elementwise("elu", "ELU", options, { alpha: numberWithin("elu", "alpha", options.alpha ?? 1) });
}

/** A layer of the activation of the same name. */
function elementwise(
  kind: "relu" | "leakyRelu" | "elu",
  className: string,
  options: LayerOptions & object,
  parameters: Readonly<Record<string, number | undefined>>,
): Layer {
  const config = withoutUndefined(parameters);
  const activation: ActivationObject = { ...config, kind };
  return makeLayer({
    kind,
    className,
    options,
    known: Object.keys(parameters),
    config,
    passesMask: true,
    outputTypes: (inputs, label) => [{ shape: single(inputs, label).shape, dtype: "f32" }],
    call: (_weights, inputs) => ({ outputs: [activate(activation, single(inputs, kind).cast("f32"))] }),
  });
}

export interface SoftmaxOptions extends LayerOptions {
  /** Axes whose places sum to 1, the batch counted; the last by default. */
  readonly axis?: number | readonly number[];
}

/** exp(x) divided by its sum over the axes. @source Keras 3, layers.Softmax */
export function softmax(options: SoftmaxOptions = {}): Layer {
  const kind = "softmax";
  const axis = checkAxes(kind, options.axis ?? -1);
  return makeLayer({
    kind,
    className: "Softmax",
    options,
    known: ["axis"],
    config: { axis },
    passesMask: true,
    outputTypes: (inputs, label) => {
      const { shape } = single(inputs, label);
      axesOf(axis, shape.length + 1, label);
      return [{ shape, dtype: "f32" }];
    },
    call: (_weights, inputs) => softmaxOver(single(inputs, kind).cast("f32"), axis),
  });
}

function softmaxOver(x: Tensor, axis: number | readonly number[]): LayerResult {
  const axes = axesOf(axis, x.rank, "softmax");
  const [only, another] = axes;
  if (only === undefined || another !== undefined)
    return { outputs: [x.sub(x.logSumExp(axes, { keepDims: true })).exp()] };
  const activation: ActivationObject = { kind: "softmax", axis: only };
  return { outputs: [activate(activation, x)], logits: logitsOf(activation, x) };
}

export interface PreluOptions extends LayerOptions {
  readonly alphaInitializer?: InitializerName | Initializer;
  readonly alphaRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly alphaConstraint?: ConstraintName | Constraint | null | undefined;
  /** Axes whose places have one slope together, the batch counted: [1, 2] for a slope a channel of pictures. */
  readonly sharedAxes?: number | readonly number[] | null | undefined;
}

/**
 * x, times alpha where it is negative.
 * Weights: alpha, the shape of a sample with extent 1 on shared axes.
 * @source He et al. 2015; Keras 3, layers.PReLU
 */
export function prelu(options: PreluOptions = {}): Layer {
  const kind = "prelu";
  const { sharedAxes: given } = options;
  const shared =
    given === undefined || given === null ? undefined : [given].flat().map((axis) => integer(kind, "sharedAxes", axis));
  const config = {
    alphaInitializer: initializer(kind, "alphaInitializer", options.alphaInitializer, "zeros"),
    alphaRegularizer: regularizer(kind, "alphaRegularizer", options.alphaRegularizer),
    alphaConstraint: constraint(kind, "alphaConstraint", options.alphaConstraint),
    sharedAxes: shared,
  };
  const alphaShape = (shape: Shape): number[] =>
    shape.map((extent, index) => (shared?.includes(index + 1) === true ? 1 : extent));
  return makeLayer({
    kind,
    className: "PReLU",
    options,
    known: Object.keys(config),
    config: withoutUndefined(config),
    passesMask: true,
    weights: (inputs) => {
      const { alphaInitializer, alphaRegularizer, alphaConstraint } = config;
      const shape = alphaShape(single(inputs, kind).shape);
      const rules = { initializer: alphaInitializer, regularizer: alphaRegularizer, constraint: alphaConstraint };
      return [{ name: "alpha", shape, ...rules, trainable: true }];
    },
    outputTypes: (inputs, label) => {
      const { shape } = single(inputs, label);
      shared?.forEach((axis) => axisOf(axis, shape.length + 1, label));
      return [{ shape, dtype: "f32" }];
    },
    call: (weights, inputs) => {
      const x = single(inputs, kind).cast("f32");
      return { outputs: [x.relu().sub(weightOf(weights, "alpha").mul(x.neg().relu()))] };
    },
  });
}
