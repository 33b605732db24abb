// Batch normalization. Moving statistics are weights that are not trained; their new values are returned.

import { SinterError } from "#engine/base/error.ts";
import { sameShape, shapeText, type Shape } from "#engine/base/shape.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { customGradient } from "#engine/tensor/transforms.ts";
import { withoutUndefined } from "./dense.ts";
import { initializer, type Initializer, type InitializerName } from "./initializers.ts";
import { makeLayer, single, weightOf, type Layer, type LayerOptions, type Weights, type WeightSpec } from "./layer.ts";
import { integer, numberWithin } from "#engine/base/options.ts";
import { regularizer, type Regularizer, type RegularizerName } from "./regularizers.ts";

export interface BatchNormalizationOptions extends LayerOptions {
  /** The axis that keeps its statistics apart, the batch counted; the last by default. */
  readonly axis?: number;
  readonly momentum?: number;
  readonly epsilon?: number;
  readonly center?: boolean;
  readonly scale?: boolean;
  readonly betaInitializer?: InitializerName | Initializer;
  readonly gammaInitializer?: InitializerName | Initializer;
  readonly movingMeanInitializer?: InitializerName | Initializer;
  readonly movingVarianceInitializer?: InitializerName | Initializer;
  readonly betaRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly gammaRegularizer?: RegularizerName | Regularizer | null | undefined;
}

const ownOptions = [
  "axis",
  "momentum",
  "epsilon",
  "center",
  "scale",
  "betaInitializer",
  "gammaInitializer",
  "movingMeanInitializer",
  "movingVarianceInitializer",
  "betaRegularizer",
  "gammaRegularizer",
];

const kind = "batchNormalization";

/**
 * gamma · (x - mean) / √(variance + epsilon) + beta: of the batch when training, else of the moving statistics.
 * moving = moving · momentum + batch · (1 - momentum); variances are those of the batch, undivided by n - 1.
 * Of a sequence with a mask only the places that count make statistics; all are normalized.
 * Weights: gamma, beta, movingMean, movingVariance, each [extent of the axis]. Frozen, it uses its moving statistics.
 * @source Ioffe and Szegedy 2015; Keras 3, layers.BatchNormalization
 */
export function batchNormalization(options: BatchNormalizationOptions = {}): Layer {
  const config = checkBatchNormalization(options);
  const { axis, momentum, epsilon, center, scale } = config;
  return makeLayer({
    kind,
    className: "BatchNormalization",
    options,
    known: ownOptions,
    config: withoutUndefined(config),
    passesMask: true,
    weights: (inputs) => {
      const sample = single(inputs, kind).shape;
      return specsOf(config, [sample[axisOf(axis, sample.length + 1, kind) - 1] ?? 1]);
    },
    outputTypes: (inputs, label) => {
      const { shape } = single(inputs, label);
      axisOf(axis, shape.length + 1, label);
      return [{ shape, dtype: "f32" }];
    },
    call: (weights, inputs, { training, trainable, mask }) => {
      const x = single(inputs, kind);
      const at = axisOf(axis, x.rank, kind);
      const affine = {
        gamma: scale ? weightOf(weights, "gamma") : undefined,
        beta: center ? weightOf(weights, "beta") : undefined,
      };
      if (!training || trainable === false) {
        const moving = { mean: weightOf(weights, "movingMean"), variance: weightOf(weights, "movingVariance") };
        return { outputs: [normalize(x, at, { ...moving, epsilon, ...affine })] };
      }
      const axes = x.shape.flatMap((_, index) => (index === at ? [] : [index]));
      const { mean, variance } =
        mask === undefined
          ? { mean: x.mean(axes), variance: varianceOf(x, at, axes) }
          : countedMoments(x, mask, at, axes);
      const output = normalize(x, at, { mean, variance, epsilon, ...affine });
      return { outputs: [output], state: movedStatistics(weights, mean, variance, momentum) };
    },
  });
}

type BatchNormalizationConfig = {
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly gammaInitializer: Initializer;
  readonly betaInitializer: Initializer;
  readonly movingMeanInitializer: Initializer;
  readonly movingVarianceInitializer: Initializer;
  readonly gammaRegularizer: Regularizer | undefined;
  readonly betaRegularizer: Regularizer | undefined;
};

function checkBatchNormalization(options: BatchNormalizationOptions): BatchNormalizationConfig {
  const initial = (
    option: "gammaInitializer" | "betaInitializer" | "movingMeanInitializer" | "movingVarianceInitializer",
    standard: InitializerName,
  ): Initializer => initializer(kind, option, options[option], standard);
  return {
    axis: integer(kind, "axis", options.axis ?? -1, -8),
    momentum: numberWithin(kind, "momentum", options.momentum ?? 0.99, 0, 1),
    epsilon: numberWithin(kind, "epsilon", options.epsilon ?? 1e-3, 0),
    center: options.center ?? true,
    scale: options.scale ?? true,
    gammaInitializer: initial("gammaInitializer", "ones"),
    betaInitializer: initial("betaInitializer", "zeros"),
    movingMeanInitializer: initial("movingMeanInitializer", "zeros"),
    movingVarianceInitializer: initial("movingVarianceInitializer", "ones"),
    gammaRegularizer: regularizer(kind, "gammaRegularizer", options.gammaRegularizer),
    betaRegularizer: regularizer(kind, "betaRegularizer", options.betaRegularizer),
  };
}

/** In Keras's order: gamma and beta where asked for, then the moving statistics. */
function specsOf(config: BatchNormalizationConfig, shape: Shape): WeightSpec[] {
  const { scale, center, gammaRegularizer, betaRegularizer } = config;
  const gamma = { name: "gamma", initializer: config.gammaInitializer, regularizer: gammaRegularizer };
  const beta = { name: "beta", initializer: config.betaInitializer, regularizer: betaRegularizer };
  return [
    ...(scale ? [{ ...gamma, shape, trainable: true }] : []),
    ...(center ? [{ ...beta, shape, trainable: true }] : []),
    { name: "movingMean", initializer: config.movingMeanInitializer, shape, trainable: false },
    { name: "movingVariance", initializer: config.movingVarianceInitializer, shape, trainable: false },
  ];
}

interface Statistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly epsilon: number;
  readonly gamma: Tensor | undefined;
  readonly beta: Tensor | undefined;
}

/** One multiply-add an element: the rest is done once a channel. */
function normalize(x: Tensor, axis: number, { mean, variance, epsilon, gamma, beta }: Statistics): Tensor {
  const deviation = variance.add(epsilon).sqrt();
  const factor = gamma === undefined ? deviation.pow(-1) : gamma.div(deviation);
  const shift = mean.mul(factor).neg();
  return x.mul(along(factor, axis, x.rank)).add(along(beta === undefined ? shift : beta.add(shift), axis, x.rank));
}

/** The mean squared distance from the mean. What flows back through that mean sums up to 0: it is left out, a pass over x. */
function varianceOf(x: Tensor, at: number, axes: readonly number[]): Tensor {
  const differenceOf = (one: Tensor): Tensor => one.sub(along(one.mean([...axes]), at, one.rank));
  const count = axes.reduce((product, axis) => product * (x.shape[axis] ?? 1), 1);
  return customGradient(
    (one) =>
      differenceOf(one)
        .square()
        .mean([...axes]),
    (_inputs, cotangent) => [differenceOf(x).mul(along(cotangent.mul(2 / count), at, x.rank))],
  )(x);
}

/** What keeps a batch in which nothing counts from being divided by 0: Keras's epsilon. */
const leastCount = 1e-7;

/** Mean and variance over the places that count. @throws shape where the mask has not one for each */
function countedMoments(
  x: Tensor,
  mask: Tensor,
  at: number,
  axes: readonly number[],
): Pick<Statistics, "mean" | "variance"> {
  if (!sameShape(mask.shape, x.shape.slice(0, -1))) {
    throw new SinterError(
      "shape",
      `${kind}: mask ${shapeText(mask.shape)} for ${shapeText(x.shape)}. Give ${shapeText(x.shape.slice(0, -1))}.`,
      { mask: mask.shape, shape: x.shape },
    );
  }
  const counts = mask.expandDims(-1).broadcastTo(x.shape);
  const count = counts.cast("f32").sum(axes).add(leastCount);
  const mean = where(counts, x, 0).sum(axes).div(count);
  const differences = where(counts, x.sub(along(mean, at, x.rank)), 0);
  return { mean, variance: differences.square().sum(axes).div(count) };
}

function movedStatistics(weights: Weights, mean: Tensor, variance: Tensor, momentum: number): Weights {
  const move = (name: string, batch: Tensor): Tensor =>
    weightOf(weights, name)
      .mul(momentum)
      .add(batch.mul(1 - momentum));
  return { movingMean: move("movingMean", mean), movingVariance: move("movingVariance", variance) };
}

/** [extent] as [1, …, extent, …, 1]. */
function along(vector: Tensor, axis: number, rank: number): Tensor {
  return axis === rank - 1
    ? vector
    : vector.reshape([vector.size, ...Array.from({ length: rank - 1 - axis }, () => 1)]);
}

/** An axis of a batch that is not the batch's own. @throws shape */
export function axisOf(axis: number, rank: number, label: string): number {
  const at = axis < 0 ? axis + rank : axis;
  if (at < 1 || at >= rank) {
    throw new SinterError("shape", `${label}: axis ${axis} of an input of rank ${rank}. Use 1 to ${rank - 1}, or -1.`, {
      axis,
      rank,
    });
  }
  return at;
}

/** Axes of a batch that are not the batch's own, in order. @throws shape for one outside, or named twice */
export function axesOf(axes: number | readonly number[], rank: number, label: string): number[] {
  const found = [axes].flat().map((axis) => axisOf(axis, rank, label));
  if (new Set(found).size === found.length) return found.toSorted((left, right) => left - right);
  throw new SinterError("shape", `${label}: axis [${[axes].flat().join(", ")}] names an axis twice. Name each once.`, {
    axes,
    rank,
  });
}

/** The option `axis` of a layer: one axis of a batch or several. @throws option */
export function checkAxes(where: string, axis: number | readonly number[]): number | number[] {
  return typeof axis === "number"
    ? integer(where, "axis", axis, -8)
    : axis.map((one) => integer(where, "axis", one, -8));
}
