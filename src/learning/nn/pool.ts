// Pooling over one to three spatial axes: the largest or the mean of windows or of all places.

import type { Tensor } from "#engine/tensor/tensor.ts";
import { averagePool, maxPool } from "#engine/tensor/math.ts";
import { channelsOf, windowOutput, type Extents, type Extents1d, type Extents2d, type Extents3d } from "./conv.ts";
import type { Padding } from "./conv.ts";
import { makeLayer, single, singleOfRank, type Layer, type SpatialOptions } from "./layer.ts";
import { choice, perAxis } from "#engine/base/options.ts";

export interface PoolingOptions<Each extends Extents> extends SpatialOptions {
  /** Extents of the window; 2 by default. */
  readonly poolSize?: Each;
  /** Of the window; its size by default. */
  readonly strides?: Each | null;
  readonly padding?: Padding;
}

export type Pooling1dOptions = PoolingOptions<Extents1d>;
export type Pooling2dOptions = PoolingOptions<Extents2d>;
export type Pooling3dOptions = PoolingOptions<Extents3d>;

/** The largest of each window of steps and channel. @source Keras 3, layers.MaxPooling1D */
export function maxPooling1d(options: Pooling1dOptions = {}): Layer {
  return pooling("maxPooling1d", "MaxPooling1D", { numAxes: 1, options, pool: maxPool });
}

/** The largest of each window and channel. @source Keras 3, layers.MaxPooling2D */
export function maxPooling2d(options: Pooling2dOptions = {}): Layer {
  return pooling("maxPooling2d", "MaxPooling2D", { numAxes: 2, options, pool: maxPool });
}

/** The largest of each window of a volume and channel. @source Keras 3, layers.MaxPooling3D */
export function maxPooling3d(options: Pooling3dOptions = {}): Layer {
  return pooling("maxPooling3d", "MaxPooling3D", { numAxes: 3, options, pool: maxPool });
}

/** The mean of each window of steps and channel; padding does not count. @source Keras 3, layers.AveragePooling1D */
export function averagePooling1d(options: Pooling1dOptions = {}): Layer {
  return pooling("averagePooling1d", "AveragePooling1D", { numAxes: 1, options, pool: averagePool });
}

/** The mean of each window and channel; padding does not count. @source Keras 3, layers.AveragePooling2D */
export function averagePooling2d(options: Pooling2dOptions = {}): Layer {
  return pooling("averagePooling2d", "AveragePooling2D", { numAxes: 2, options, pool: averagePool });
}

/** The mean of each window of a volume and channel; padding does not count. @source Keras 3, layers.AveragePooling3D */
export function averagePooling3d(options: Pooling3dOptions = {}): Layer {
  return pooling("averagePooling3d", "AveragePooling3D", { numAxes: 3, options, pool: averagePool });
}

interface Pooling {
  readonly numAxes: number;
  readonly options: PoolingOptions<Extents>;
  readonly pool: typeof maxPool;
}

function pooling(kind: string, className: string, { numAxes, options, pool }: Pooling): Layer {
  const window = perAxis(kind, "poolSize", options.poolSize ?? 2, { numAxes });
  const strides = perAxis(kind, "strides", options.strides ?? window, { numAxes });
  const padding = choice(kind, "padding", options.padding ?? "valid", ["valid", "same"]);
  return makeLayer({
    kind,
    className,
    options,
    known: ["poolSize", "strides", "padding"],
    numSpatialAxes: numAxes,
    config: { poolSize: window, strides, padding },
    outputTypes: (inputs, label) => {
      const { shape } = singleOfRank(inputs, numAxes + 1, label);
      const spatial = windowOutput(shape, { window, strides, padding, what: "window" }, label);
      return [{ shape: [...spatial, channelsOf(shape)], dtype: "f32" }];
    },
    call: (_weights, inputs) => ({ outputs: [pool(single(inputs, kind), { window, strides, padding })] }),
  });
}

export interface GlobalPoolingOptions extends SpatialOptions {
  /** Keeps the spatial axes with extent 1. */
  readonly keepdims?: boolean;
}

/** The largest of each channel over all steps. @source Keras 3, layers.GlobalMaxPooling1D */
export function globalMaxPooling1d(options: GlobalPoolingOptions = {}): Layer {
  return globalPooling("globalMaxPooling1d", "GlobalMaxPooling1D", { numAxes: 1, options, reduce: "max" });
}

/** The largest of each channel. @source Keras 3, layers.GlobalMaxPooling2D */
export function globalMaxPooling2d(options: GlobalPoolingOptions = {}): Layer {
  return globalPooling("globalMaxPooling2d", "GlobalMaxPooling2D", { numAxes: 2, options, reduce: "max" });
}

/** The largest of each channel of a volume. @source Keras 3, layers.GlobalMaxPooling3D */
export function globalMaxPooling3d(options: GlobalPoolingOptions = {}): Layer {
  return globalPooling("globalMaxPooling3d", "GlobalMaxPooling3D", { numAxes: 3, options, reduce: "max" });
}

/** The mean of each channel over all steps. @source Keras 3, layers.GlobalAveragePooling1D */
export function globalAveragePooling1d(options: GlobalPoolingOptions = {}): Layer {
  return globalPooling("globalAveragePooling1d", "GlobalAveragePooling1D", { numAxes: 1, options, reduce: "mean" });
}

/** The mean of each channel. @source Keras 3, layers.GlobalAveragePooling2D */
export function globalAveragePooling2d(options: GlobalPoolingOptions = {}): Layer {
  return globalPooling("globalAveragePooling2d", "GlobalAveragePooling2D", { numAxes: 2, options, reduce: "mean" });
}

/** The mean of each channel of a volume. @source Keras 3, layers.GlobalAveragePooling3D */
export function globalAveragePooling3d(options: GlobalPoolingOptions = {}): Layer {
  return globalPooling("globalAveragePooling3d", "GlobalAveragePooling3D", { numAxes: 3, options, reduce: "mean" });
}

interface GlobalPooling {
  readonly numAxes: number;
  readonly options: GlobalPoolingOptions;
  readonly reduce: "max" | "mean";
}

function globalPooling(kind: string, className: string, { numAxes, options, reduce }: GlobalPooling): Layer {
  const { keepdims = false } = options;
  const axes = Array.from({ length: numAxes }, (_, axis) => axis + 1);
  return makeLayer({
    kind,
    className,
    options,
    known: ["keepdims"],
    numSpatialAxes: numAxes,
    config: { keepdims },
    outputTypes: (inputs, label) => {
      const channels = channelsOf(singleOfRank(inputs, numAxes + 1, label).shape);
      return [{ shape: keepdims ? [...axes.map(() => 1), channels] : [channels], dtype: "f32" }];
    },
    call: (_weights, inputs, { mask }) => {
      const x = single(inputs, kind).cast("f32");
      if (reduce === "max") return { outputs: [x.max(axes, { keepDims: keepdims })] };
      // As Keras: the mean of a sequence is one of the steps that count.
      if (numAxes === 1 && mask !== undefined) return { outputs: [maskedMean(x, mask, keepdims)] };
      return { outputs: [x.mean(axes, { keepDims: keepdims })] };
    },
  });
}

/** Of x [batch, steps, channels] over the steps where mask [batch, steps] holds. */
function maskedMean(x: Tensor, mask: Tensor, keepDims: boolean): Tensor {
  const counted = mask.cast("f32").expandDims(2);
  return x
    .mul(counted)
    .sum([1], { keepDims })
    .div(counted.sum([1], { keepDims }));
}
