// Pooling over pictures: the largest or the mean of windows or of the whole picture.

import { averagePool, maxPool } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { windowOutput, type Padding } from "./conv.ts";
import { makeLayer, single, singleOfRank, type Layer, type LayerOptions } from "./layer.ts";
import { choice, pair } from "#engine/base/options.ts";

export interface Pooling2dOptions extends LayerOptions {
  /** Height and width of the window; 2 by default. */
  readonly poolSize?: number | readonly [height: number, width: number];
  /** Of the window; its size by default. */
  readonly strides?: number | readonly [height: number, width: number] | null;
  readonly padding?: Padding;
}

/** The largest of each window and channel. @source Keras 3, layers.MaxPooling2D */
export function maxPooling2d(options: Pooling2dOptions = {}): Layer {
  return pooling("maxPooling2d", "MaxPooling2D", options, maxPool);
}

/** The mean of each window and channel; padding does not count. @source Keras 3, layers.AveragePooling2D */
export function averagePooling2d(options: Pooling2dOptions = {}): Layer {
  return pooling("averagePooling2d", "AveragePooling2D", options, averagePool);
}

function pooling(kind: string, className: string, options: Pooling2dOptions, pool: typeof maxPool): Layer {
  const window = pair(kind, "poolSize", options.poolSize ?? 2);
  const strides = pair(kind, "strides", options.strides ?? window);
  const padding = choice(kind, "padding", options.padding ?? "valid", ["valid", "same"]);
  return makeLayer({
    kind,
    className,
    options,
    known: ["poolSize", "strides", "padding"],
    config: { poolSize: window, strides, padding },
    outputTypes: (inputs, label) => {
      const { shape } = singleOfRank(inputs, 3, label);
      const spatial = windowOutput(shape, { window, strides, padding, what: "window" }, label);
      return [{ shape: [...spatial, shape[2] ?? 1], dtype: "f32" }];
    },
    call: (_weights, inputs) => ({ outputs: [pool(single(inputs, kind), { window, strides, padding })] }),
  });
}

export interface GlobalPooling2dOptions extends LayerOptions {
  /** Keeps height and width as axes of extent 1. */
  readonly keepdims?: boolean;
}

/** The largest of each channel. @source Keras 3, layers.GlobalMaxPooling2D */
export function globalMaxPooling2d(options: GlobalPooling2dOptions = {}): Layer {
  return globalPooling("globalMaxPooling2d", "GlobalMaxPooling2D", options, (x, keepDims) =>
    x.max([1, 2], { keepDims }),
  );
}

/** The mean of each channel. @source Keras 3, layers.GlobalAveragePooling2D */
export function globalAveragePooling2d(options: GlobalPooling2dOptions = {}): Layer {
  return globalPooling("globalAveragePooling2d", "GlobalAveragePooling2D", options, (x, keepDims) =>
    x.mean([1, 2], { keepDims }),
  );
}

function globalPooling(
  kind: string,
  className: string,
  options: GlobalPooling2dOptions,
  reduce: (x: Tensor, keepDims: boolean) => Tensor,
): Layer {
  const { keepdims = false } = options;
  return makeLayer({
    kind,
    className,
    options,
    known: ["keepdims"],
    config: { keepdims },
    outputTypes: (inputs, label) => {
      const channels = singleOfRank(inputs, 3, label).shape[2] ?? 1;
      return [{ shape: keepdims ? [1, 1, channels] : [channels], dtype: "f32" }];
    },
    call: (_weights, inputs) => ({ outputs: [reduce(single(inputs, kind), keepdims)] }),
  });
}
