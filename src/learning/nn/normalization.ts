// Normalization by statistics of the training data. They are weights that nothing trains, so they are saved with the model.

import { SinterError } from "#engine/base/error.ts";
import { integer, numberWithin } from "#engine/base/options.ts";
import { sizeOf, type Shape } from "#engine/base/shape.ts";
import { makeLayer, single, weightOf, type Layer, type LayerOptions } from "./layer.ts";
import { axisOf } from "./norm.ts";

export interface NormalizationOptions extends LayerOptions {
  /** Axes that keep statistics of their own, the batch counted; the last by default, null for one mean of everything. */
  readonly axis?: number | readonly number[] | null;
  /** One number, or one for each place on the axes, row-major. With `variance`; 0 and 1 when both are left out. */
  readonly mean?: number | readonly number[];
  readonly variance?: number | readonly number[];
  /** Whether the layer undoes a normalization. */
  readonly invert?: boolean;
}

const kind = "normalization";
/** Keras's epsilon: what a deviation counts at least. */
const leastDeviation = 1e-7;

/**
 * (x - mean) / max(√variance, 1e-7); with `invert` mean + x · max(√variance, 1e-7).
 * Weights: mean and variance, each [extents of the axes], not trained. `statisticsOf(dataset)` gives them.
 * @throws option when mean comes without variance, or has not one number a place
 * @source Keras 3, layers.Normalization
 * @example
 * const model = sequential([
 *   layers.normalization({ mean: [2, 30], variance: [1, 25], inputShape: [2] }),
 *   layers.dense({ units: 1 }),
 * ]);
 */
export function normalization(options: NormalizationOptions = {}): Layer {
  const config = checkNormalization(options);
  const { axis, mean, variance, invert } = config;
  const axesOf = (rank: number, label: string): readonly number[] =>
    (axis === null ? [] : [axis].flat()).map((one) => axisOf(one, rank, label)).toSorted((left, right) => left - right);
  const keptShape = (sample: Shape, label: string): Shape =>
    axesOf(sample.length + 1, label).map((at) => sample[at - 1] ?? 1);
  return makeLayer({
    kind,
    className: "Normalization",
    options,
    known: Object.keys(config),
    config,
    weights: (inputs) => {
      const shape = keptShape(single(inputs, kind).shape, kind);
      return [
        { name: "mean", shape, initializer: { kind: "constant", value: mean }, trainable: false },
        { name: "variance", shape, initializer: { kind: "constant", value: variance }, trainable: false },
      ];
    },
    outputTypes: (inputs, label) => {
      const { shape } = single(inputs, label);
      const kept = keptShape(shape, label);
      checkCount(label, "mean", mean, kept);
      checkCount(label, "variance", variance, kept);
      return [{ shape, dtype: "f32" }];
    },
    call: (weights, inputs) => {
      const x = single(inputs, kind).cast("f32");
      const axes = axesOf(x.rank, kind);
      const along = x.shape.map((extent, at) => (axes.includes(at) ? extent : 1));
      const centre = weightOf(weights, "mean").reshape(along);
      const deviation = weightOf(weights, "variance").sqrt().maximum(leastDeviation).reshape(along);
      return { outputs: [invert ? x.mul(deviation).add(centre) : x.sub(centre).div(deviation)] };
    },
  });
}

type NormalizationConfig = {
  readonly axis: number | readonly number[] | null;
  readonly mean: number | readonly number[];
  readonly variance: number | readonly number[];
  readonly invert: boolean;
};

function checkNormalization(options: NormalizationOptions): NormalizationConfig {
  const { axis = -1, mean, variance, invert = false } = options;
  if ((mean === undefined) !== (variance === undefined)) {
    const missing = mean === undefined ? "mean" : "variance";
    throw new SinterError("option", `${kind}: ${missing} is missing. Give mean and variance, or neither.`, { missing });
  }
  return {
    axis:
      axis === null || typeof axis === "number" ? checkAxis(axis) : axis.map((one) => integer(kind, "axis", one, -8)),
    mean: checkNumbers("mean", mean ?? 0, -Number.MAX_VALUE),
    variance: checkNumbers("variance", variance ?? 1, 0),
    invert,
  };
}

function checkAxis(axis: number | null): number | null {
  return axis === null ? null : integer(kind, "axis", axis, -8);
}

function checkNumbers(option: string, value: number | readonly number[], least: number): number | readonly number[] {
  if (typeof value === "number") return numberWithin(kind, option, value, least);
  return Array.from(value, (one) => numberWithin(kind, option, one, least));
}

/** @throws option when there is not one number a place */
function checkCount(label: string, option: string, value: number | readonly number[], kept: Shape): void {
  if (typeof value === "number" || value.length === sizeOf(kept)) return;
  throw new SinterError(
    "option",
    `${label}: ${option} has ${value.length} numbers, the axes have ${sizeOf(kept)} places. Give one a place, or one number.`,
    { option, count: value.length, expected: sizeOf(kept) },
  );
}
