// Layer normalization: each sample by itself, the same in training and inference.

import { withoutUndefined } from "./dense.ts";
import { initializer, type Initializer, type InitializerName } from "./initializers.ts";
import { makeLayer, single, weightOf, type Layer, type LayerOptions, type WeightSpec } from "./layer.ts";
import { axisOf } from "./norm.ts";
import { integer, numberWithin } from "#engine/base/options.ts";
import { regularizer, type Regularizer, type RegularizerName } from "./regularizers.ts";

export interface LayerNormalizationOptions extends LayerOptions {
  /** Axes that are normalized together, the batch counted; the last by default. */
  readonly axis?: number | readonly number[];
  readonly epsilon?: number;
  readonly center?: boolean;
  readonly scale?: boolean;
  readonly betaInitializer?: InitializerName | Initializer;
  readonly gammaInitializer?: InitializerName | Initializer;
  readonly betaRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly gammaRegularizer?: RegularizerName | Regularizer | null | undefined;
}

const kind = "layerNormalization";

/**
 * gamma · (x - mean) / √(variance + epsilon) + beta, with mean and variance over the axes.
 * Weights: gamma and beta, each [extents of the axes].
 * @source Ba et al. 2016; Keras 3, layers.LayerNormalization
 */
export function layerNormalization(options: LayerNormalizationOptions = {}): Layer {
  const config = checkLayerNormalization(options);
  const { axis, epsilon, center, scale } = config;
  const axesOf = (rank: number, label: string): number[] =>
    [axis]
      .flat()
      .map((one) => axisOf(one, rank, label))
      .toSorted((left, right) => left - right);
  return makeLayer({
    kind,
    className: "LayerNormalization",
    options,
    known: Object.keys(config),
    config: withoutUndefined(config),
    passesMask: true,
    weights: (inputs) => {
      const { shape } = single(inputs, kind);
      return specsOf(
        config,
        axesOf(shape.length + 1, kind).map((at) => shape[at - 1] ?? 1),
      );
    },
    outputTypes: (inputs, label) => {
      const { shape } = single(inputs, label);
      axesOf(shape.length + 1, label);
      return [{ shape, dtype: "f32" }];
    },
    call: (weights, inputs) => {
      const x = single(inputs, kind).cast("f32");
      const axes = axesOf(x.rank, kind);
      const along = x.shape.map((extent, at) => (axes.includes(at) ? extent : 1));
      const centred = x.sub(x.mean(axes, { keepDims: true }));
      const deviation = centred.square().mean(axes, { keepDims: true }).add(epsilon).sqrt();
      const normal = centred.div(deviation);
      const scaled = scale ? normal.mul(weightOf(weights, "gamma").reshape(along)) : normal;
      return { outputs: [center ? scaled.add(weightOf(weights, "beta").reshape(along)) : scaled] };
    },
  });
}

type LayerNormalizationConfig = {
  readonly axis: number | readonly number[];
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly betaInitializer: Initializer;
  readonly gammaInitializer: Initializer;
  readonly betaRegularizer: Regularizer | undefined;
  readonly gammaRegularizer: Regularizer | undefined;
};

function checkLayerNormalization(options: LayerNormalizationOptions): LayerNormalizationConfig {
  const { axis = -1 } = options;
  return {
    axis:
      typeof axis === "number" ? integer(kind, "axis", axis, -8) : axis.map((one) => integer(kind, "axis", one, -8)),
    epsilon: numberWithin(kind, "epsilon", options.epsilon ?? 1e-3, 0),
    center: options.center ?? true,
    scale: options.scale ?? true,
    betaInitializer: initializer(kind, "betaInitializer", options.betaInitializer, "zeros"),
    gammaInitializer: initializer(kind, "gammaInitializer", options.gammaInitializer, "ones"),
    betaRegularizer: regularizer(kind, "betaRegularizer", options.betaRegularizer),
    gammaRegularizer: regularizer(kind, "gammaRegularizer", options.gammaRegularizer),
  };
}

function specsOf(config: LayerNormalizationConfig, shape: readonly number[]): WeightSpec[] {
  const { scale, center, gammaInitializer, betaInitializer, gammaRegularizer, betaRegularizer } = config;
  const gamma = { name: "gamma", shape, initializer: gammaInitializer, regularizer: gammaRegularizer };
  const beta = { name: "beta", shape, initializer: betaInitializer, regularizer: betaRegularizer };
  return [...(scale ? [gamma] : []), ...(center ? [beta] : [])].map((spec) => ({ ...spec, trainable: true }));
}
