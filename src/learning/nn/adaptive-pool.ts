// Pooling to a given number of places along each spatial axis, whatever extents come.

import { concat } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { channelsOf, type Extents, type Extents1d, type Extents2d, type Extents3d } from "./conv.ts";
import { makeLayer, single, singleOfRank, type Layer, type SpatialOptions } from "./layer.ts";
import { perAxis } from "#engine/base/options.ts";

export interface AdaptivePoolingOptions<Each extends Extents> extends SpatialOptions {
  /** Extents of the output. */
  readonly outputSize: Each;
}

export type AdaptivePooling1dOptions = AdaptivePoolingOptions<Extents1d>;
export type AdaptivePooling2dOptions = AdaptivePoolingOptions<Extents2d>;
export type AdaptivePooling3dOptions = AdaptivePoolingOptions<Extents3d>;

/**
 * The mean of `outputSize` windows of steps: window i of an axis begins at ⌊i · extent / size⌋ and ends before
 * ⌈(i + 1) · extent / size⌉.
 * @source Keras 3, layers.AdaptiveAveragePooling1D
 */
export function adaptiveAveragePooling1d(options: AdaptivePooling1dOptions): Layer {
  return adaptive("adaptiveAveragePooling1d", "AdaptiveAveragePooling1D", { numAxes: 1, options, reduce: "mean" });
}

/** The mean of windows as `adaptiveAveragePooling1d` cuts each axis. @source Keras 3, layers.AdaptiveAveragePooling2D */
export function adaptiveAveragePooling2d(options: AdaptivePooling2dOptions): Layer {
  return adaptive("adaptiveAveragePooling2d", "AdaptiveAveragePooling2D", { numAxes: 2, options, reduce: "mean" });
}

/** The mean of windows as `adaptiveAveragePooling1d` cuts each axis. @source Keras 3, layers.AdaptiveAveragePooling3D */
export function adaptiveAveragePooling3d(options: AdaptivePooling3dOptions): Layer {
  return adaptive("adaptiveAveragePooling3d", "AdaptiveAveragePooling3D", { numAxes: 3, options, reduce: "mean" });
}

/**
 * The largest of `outputSize` windows of steps: window i of an axis begins at ⌊i · extent / size⌋ and ends before
 * ⌈(i + 1) · extent / size⌉.
 * @source Keras 3, layers.AdaptiveMaxPooling1D
 */
export function adaptiveMaxPooling1d(options: AdaptivePooling1dOptions): Layer {
  return adaptive("adaptiveMaxPooling1d", "AdaptiveMaxPooling1D", { numAxes: 1, options, reduce: "max" });
}

/** The largest of windows as `adaptiveMaxPooling1d` cuts each axis. @source Keras 3, layers.AdaptiveMaxPooling2D */
export function adaptiveMaxPooling2d(options: AdaptivePooling2dOptions): Layer {
  return adaptive("adaptiveMaxPooling2d", "AdaptiveMaxPooling2D", { numAxes: 2, options, reduce: "max" });
}

/** The largest of windows as `adaptiveMaxPooling1d` cuts each axis. @source Keras 3, layers.AdaptiveMaxPooling3D */
export function adaptiveMaxPooling3d(options: AdaptivePooling3dOptions): Layer {
  return adaptive("adaptiveMaxPooling3d", "AdaptiveMaxPooling3D", { numAxes: 3, options, reduce: "max" });
}

interface AdaptivePooling {
  readonly numAxes: number;
  readonly options: AdaptivePoolingOptions<Extents>;
  readonly reduce: "max" | "mean";
}

function adaptive(kind: string, className: string, { numAxes, options, reduce }: AdaptivePooling): Layer {
  const outputSize = perAxis(kind, "outputSize", options.outputSize, { numAxes });
  return makeLayer({
    kind,
    className,
    options,
    known: ["outputSize"],
    numSpatialAxes: numAxes,
    config: { outputSize },
    outputTypes: (inputs, label) => {
      const { shape } = singleOfRank(inputs, numAxes + 1, label);
      return [{ shape: [...outputSize, channelsOf(shape)], dtype: "f32" }];
    },
    call: (_weights, inputs) => {
      const x = single(inputs, kind).cast("f32");
      return { outputs: [outputSize.reduce((pooled, size, axis) => poolAxis(pooled, axis + 1, size, reduce), x)] };
    },
  });
}

/**
 * One axis in `size` windows. They repeat: with p / q the reduced fraction extent / size, window i + q lies p places
 * after window i, so each of q windows is read from all periods at once.
 */
function poolAxis(x: Tensor, axis: number, size: number, reduce: "max" | "mean"): Tensor {
  const extent = x.shape[axis] ?? 1;
  const numPeriods = greatestDivisor(extent, size);
  const [period, numWindows] = [extent / numPeriods, size / numPeriods];
  const before = x.shape.slice(0, axis);
  const after = x.shape.slice(axis + 1);
  const periods = x.reshape([...before, numPeriods, period, ...after]);
  const windows = Array.from({ length: numWindows }, (_, index) => {
    const start = Math.floor((index * period) / numWindows);
    const end = Math.ceil(((index + 1) * period) / numWindows);
    const window = periods.slice(
      periods.shape.map((_extent, at) => (at === axis + 1 ? start : 0)),
      periods.shape.map((whole, at) => (at === axis + 1 ? end - start : whole)),
    );
    return reduce === "max" ? window.max(axis + 1, { keepDims: true }) : window.mean(axis + 1, { keepDims: true });
  });
  return concat(windows, axis + 1).reshape([...before, size, ...after]);
}

function greatestDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestDivisor(right, left % right);
}
