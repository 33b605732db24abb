// Normalizations by length, without a mean: to a root mean square of 1 with a learned scale, or to length 1.

import { makeLayer, single, weightOf, type Layer, type LayerOptions } from "./layer.ts";
import { axesOf, checkAxes } from "./norm.ts";
import { numberWithin } from "#engine/base/options.ts";

export interface RmsNormalizationOptions extends LayerOptions {
  /** Axes that are normalized together, the batch counted; the last by default. */
  readonly axis?: number | readonly number[];
  readonly epsilon?: number;
}

/**
 * scale · x / √(mean of x² + epsilon), with the mean over the axes.
 * Weights: scale [extents of the axes].
 * @source Zhang and Sennrich 2019; Keras 3, layers.RMSNormalization
 */
export function rmsNormalization(options: RmsNormalizationOptions = {}): Layer {
  const kind = "rmsNormalization";
  const axis = checkAxes(kind, options.axis ?? -1);
  const epsilon = numberWithin(kind, "epsilon", options.epsilon ?? 1e-6, 0);
  return makeLayer({
    kind,
    className: "RMSNormalization",
    options,
    known: ["axis", "epsilon"],
    config: { axis, epsilon },
    weights: (inputs) => {
      const { shape: sample } = single(inputs, kind);
      const shape = axesOf(axis, sample.length + 1, kind).map((at) => sample[at - 1] ?? 1);
      return [{ name: "scale", shape, initializer: { kind: "constant", value: 1 }, trainable: true }];
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
      const size = x.square().mean(axes, { keepDims: true }).add(epsilon).sqrt();
      return { outputs: [x.div(size).mul(weightOf(weights, "scale").reshape(along))] };
    },
  });
}

export interface UnitNormalizationOptions extends LayerOptions {
  /** Axes along which the length is 1, the batch counted; the last by default. */
  readonly axis?: number | readonly number[];
}

/** Keras's epsilon: the length that a sample counts at least, so that zeros stay zeros. */
const leastLength = 1e-12;

/** x / max(√Σx², 1e-12), with the sum over the axes. @source Keras 3, layers.UnitNormalization */
export function unitNormalization(options: UnitNormalizationOptions = {}): Layer {
  const kind = "unitNormalization";
  const axis = checkAxes(kind, options.axis ?? -1);
  return makeLayer({
    kind,
    className: "UnitNormalization",
    options,
    known: ["axis"],
    config: { axis },
    passesMask: true,
    outputTypes: (inputs, label) => {
      const { shape } = single(inputs, label);
      axesOf(axis, shape.length + 1, label);
      return [{ shape, dtype: "f32" }];
    },
    call: (_weights, inputs) => {
      const x = single(inputs, kind).cast("f32");
      const square = x.square().sum(axesOf(axis, x.rank, kind), { keepDims: true });
      // The bound lies under the root, where its slope is finite for zeros.
      return { outputs: [x.div(square.maximum(leastLength ** 2).sqrt())] };
    },
  });
}
