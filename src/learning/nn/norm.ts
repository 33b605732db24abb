// Batch normalization. Moving statistics are weights that are not trained; their new values are returned.

import { SinterError } from "#engine/base/error.ts";
import { sameShape, shapeText, type Shape } from "#engine/base/shape.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { customGradient } from "#engine/tensor/transforms.ts";
import { affineSpecs, checkAffine, type AffineConfig, type AffineOptions } from "./affine.ts";
import {
  checkRenorm,
  renormCorrection,
  renormSpecs,
  renormStatistics,
  type Moments,
  type RenormConfig,
  type RenormOptions,
} from "./batch-renorm.ts";
import { withoutUndefined } from "./dense.ts";
import { initializer, type Initializer, type InitializerName } from "./initializers.ts";
import {
  makeLayer,
  single,
  weightOf,
  type CallContext,
  type Layer,
  type LayerResult,
  type Weights,
  type WeightSpec,
} from "./layer.ts";
import { integer, numberWithin } from "#engine/base/options.ts";

export interface BatchNormalizationOptions extends AffineOptions, RenormOptions {
  /** The axis that keeps its statistics apart, the batch counted; the last by default. */
  readonly axis?: number;
  readonly momentum?: number;
  readonly movingMeanInitializer?: InitializerName | Initializer;
  readonly movingVarianceInitializer?: InitializerName | Initializer;
  /** Taken for Keras's sake: statistics over all devices, of which there is one. */
  readonly synchronized?: boolean;
}

const kind = "batchNormalization";

/**
 * gamma · (x - mean) / √(variance + epsilon) + beta: of the batch when training, else of the moving statistics.
 * moving = moving · momentum + batch · (1 - momentum); variances are those of the batch, undivided by n - 1.
 * Of a sequence with a mask only the places that count make statistics; all are normalized. With renorm training's values
 * are corrected towards the moving statistics, as far as renormClipping allows.
 * Weights: gamma, beta, movingMean, movingVariance, each [extent of the axis], with renorm movingStddev, renormMean and
 * renormStddev too. Frozen, it uses its moving statistics.
 * @source Ioffe and Szegedy 2015; Ioffe 2017 (renorm); Keras 3, layers.BatchNormalization
 */
export function batchNormalization(options: BatchNormalizationOptions = {}): Layer {
  const config = checkBatchNormalization(options);
  const { axis } = config;
  return makeLayer({
    kind,
    className: "BatchNormalization",
    options,
    known: Object.keys(config),
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
    call: (weights, inputs, context) => called(config, weights, single(inputs, kind), context),
  });
}

function called(
  config: BatchNormalizationConfig,
  weights: Weights,
  x: Tensor,
  { training, trainable, mask }: CallContext,
): LayerResult {
  const { epsilon } = config;
  const at = axisOf(config.axis, x.rank, kind);
  const affine = {
    gamma: config.scale ? weightOf(weights, "gamma") : undefined,
    beta: config.center ? weightOf(weights, "beta") : undefined,
  };
  if (!training || trainable === false) {
    const moving = { mean: weightOf(weights, "movingMean"), variance: weightOf(weights, "movingVariance") };
    return { outputs: [normalize(x, at, { ...moving, epsilon, ...affine })] };
  }
  const axes = x.shape.flatMap((_, index) => (index === at ? [] : [index]));
  const moments =
    mask === undefined ? { mean: x.mean(axes), variance: varianceOf(x, at, axes) } : countedMoments(x, mask, at, axes);
  const corrected = config.renorm ? renormed(weights, moments, config, affine) : affine;
  const state = config.renorm
    ? renormStatistics(weights, moments, config)
    : movedStatistics(weights, moments, config.momentum);
  return { outputs: [normalize(x, at, { ...moments, epsilon, ...corrected })], state };
}

type BatchNormalizationConfig = AffineConfig &
  RenormConfig & {
    readonly axis: number;
    readonly momentum: number;
    readonly movingMeanInitializer: Initializer;
    readonly movingVarianceInitializer: Initializer;
    readonly synchronized: boolean;
  };

function checkBatchNormalization(options: BatchNormalizationOptions): BatchNormalizationConfig {
  const { movingMeanInitializer: mean, movingVarianceInitializer: variance } = options;
  return {
    axis: integer(kind, "axis", options.axis ?? -1, -8),
    momentum: numberWithin(kind, "momentum", options.momentum ?? 0.99, 0, 1),
    ...checkAffine(kind, options),
    movingMeanInitializer: initializer(kind, "movingMeanInitializer", mean, "zeros"),
    movingVarianceInitializer: initializer(kind, "movingVarianceInitializer", variance, "ones"),
    ...checkRenorm(kind, options),
    synchronized: options.synchronized ?? false,
  };
}

/** In Keras's order: gamma and beta where asked for, then the moving statistics. */
function specsOf(config: BatchNormalizationConfig, shape: Shape): WeightSpec[] {
  const { movingMeanInitializer: mean, movingVarianceInitializer: variance } = config;
  return [
    ...affineSpecs(config, shape),
    { name: "movingMean", initializer: mean, shape, trainable: false },
    { name: "movingVariance", initializer: variance, shape, trainable: false },
    ...(config.renorm ? renormSpecs(kind, mean, variance, shape) : []),
  ];
}

/** (x · factor + shift) · gamma + beta as one gamma and one beta. */
function renormed(
  weights: Weights,
  moments: Moments,
  { epsilon, renormClipping }: BatchNormalizationConfig,
  { gamma, beta }: Pick<Statistics, "gamma" | "beta">,
): Pick<Statistics, "gamma" | "beta"> {
  const { factor, shift } = renormCorrection(weights, moments, epsilon, renormClipping);
  const moved = gamma === undefined ? shift : shift.mul(gamma);
  return {
    gamma: gamma === undefined ? factor : factor.mul(gamma),
    beta: beta === undefined ? moved : moved.add(beta),
  };
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
function countedMoments(x: Tensor, mask: Tensor, at: number, axes: readonly number[]): Moments {
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

function movedStatistics(weights: Weights, { mean, variance }: Moments, momentum: number): Weights {
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
