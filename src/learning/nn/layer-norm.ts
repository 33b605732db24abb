// Layer normalization: each sample by itself, the same in training and inference.

import { affineSpecs, checkAffine, normalized, type AffineOptions } from "./affine.ts";
import { withoutUndefined } from "./dense.ts";
import { makeLayer, single, type Layer } from "./layer.ts";
import { axesOf, checkAxes } from "./norm.ts";

export interface LayerNormalizationOptions extends AffineOptions {
  /** Axes that are normalized together, the batch counted; the last by default. */
  readonly axis?: number | readonly number[];
}

const kind = "layerNormalization";

/**
 * gamma · (x - mean) / √(variance + epsilon) + beta, with mean and variance over the axes.
 * Weights: gamma and beta, each [extents of the axes].
 * @source Ba et al. 2016; Keras 3, layers.LayerNormalization
 */
export function layerNormalization(options: LayerNormalizationOptions = {}): Layer {
  const axis = checkAxes(kind, options.axis ?? -1);
  const config = { axis, ...checkAffine(kind, options) };
  return makeLayer({
    kind,
    className: "LayerNormalization",
    options,
    known: Object.keys(config),
    config: withoutUndefined(config),
    passesMask: true,
    weights: (inputs) => {
      const { shape } = single(inputs, kind);
      const axes = axesOf(axis, shape.length + 1, kind);
      return affineSpecs(
        config,
        axes.map((at) => shape[at - 1] ?? 1),
      );
    },
    outputTypes: (inputs, label) => {
      const { shape } = single(inputs, label);
      axesOf(axis, shape.length + 1, label);
      return [{ shape, dtype: "f32" }];
    },
    call: (weights, inputs) => {
      const x = single(inputs, kind).cast("f32");
      const axes = axesOf(axis, x.rank, kind);
      const along = x.shape.map((extent, at) => (axes.includes(at) ? extent : 1));
      return { outputs: [normalized(x, weights, config, { axes, along })] };
    },
  });
}
