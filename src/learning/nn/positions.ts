// Where in a sequence something stands: learned vectors, waves of many lengths, or rotations. Attention needs one of them.

import { SinterError } from "#engine/base/error.ts";
import { integer, numberWithin } from "#engine/base/options.ts";
import { shapeText } from "#engine/base/shape.ts";
import { arange, tensor } from "#engine/tensor/create.ts";
import { concat, where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { initializer, type Initializer, type InitializerName } from "./initializers.ts";
import { makeLayer, single, weightOf, type Layer, type LayerOptions, type SampleType } from "./layer.ts";
import { axisOf } from "./norm.ts";

export interface PositionEmbeddingOptions extends LayerOptions {
  /** Places of the longest sequence. */
  readonly sequenceLength: number;
  readonly initializer?: InitializerName | Initializer;
}

/**
 * A learned vector for each place of a sequence, in the shape of the input: add it to that. Applied to [x, position], an i32
 * number for each sample (the same for all), the first place is that.
 * Weights: embeddings [sequenceLength, features]. Input: [batch, ..., time, features].
 * @throws shape for a sequence longer than sequenceLength
 * @source KerasHub, layers.PositionEmbedding; Devlin et al. 2019
 */
export function positionEmbedding(options: PositionEmbeddingOptions): Layer {
  const kind = "positionEmbedding";
  const sequenceLength = integer(kind, "sequenceLength", options.sequenceLength);
  const init = initializer(kind, "initializer", options.initializer, "glorotUniform");
  return makeLayer({
    kind,
    className: "PositionEmbedding",
    options,
    known: ["sequenceLength", "initializer"],
    config: { sequenceLength, initializer: init },
    weights: (inputs) => {
      const shape = [sequenceLength, placed(inputs, kind)[0].shape.at(-1) ?? 1];
      return [{ name: "embeddings", shape, initializer: init, trainable: true }];
    },
    outputTypes: (inputs, label) => {
      const { shape } = sequenceOf([placed(inputs, label)[0]], label);
      if ((shape.at(-2) ?? 0) <= sequenceLength) return [{ shape, dtype: "f32" }];
      throw new SinterError(
        "shape",
        `${label}: ${shape.at(-2)} places come, but sequenceLength is ${sequenceLength}. Make it at least as long.`,
        { shape, sequenceLength },
      );
    },
    call: (weights, inputs) => {
      const [{ shape }, position] = placed(inputs, kind);
      const embeddings = weightOf(weights, "embeddings");
      if (position === undefined) return { outputs: [embeddings.slice([0, 0], shape.slice(-2)).broadcastTo(shape)] };
      const first = position.reshape([-1]).slice([0], [1]);
      return { outputs: [embeddings.take(arange(shape.at(-2) ?? 0).add(first)).broadcastTo(shape)] };
    },
  });
}

/** A sequence, and perhaps the position of its first place. @throws shape for more inputs */
function placed<Item>(inputs: readonly Item[], label: string): readonly [Item, Item?] {
  const [, position, ...others] = inputs;
  const sequence = single(inputs.slice(0, 1), label);
  if (others.length === 0) return position === undefined ? [sequence] : [sequence, position];
  throw new SinterError(
    "shape",
    `${label}: ${inputs.length} inputs came, expected a sequence and perhaps a position.`,
    {
      count: inputs.length,
    },
  );
}

export interface SinePositionEncodingOptions extends LayerOptions {
  readonly maxWavelength?: number;
}

/**
 * sin(place · w) at even features, cos at odd ones, where w = maxWavelength^(-2 ⌊feature / 2⌋ / features), in the shape
 * of the input: add it to that. Input: [batch, ..., time, features].
 * @source KerasHub, layers.SinePositionEncoding; Vaswani et al. 2017, section 3.5
 */
export function sinePositionEncoding(options: SinePositionEncodingOptions = {}): Layer {
  const kind = "sinePositionEncoding";
  const maxWavelength = numberWithin(kind, "maxWavelength", options.maxWavelength ?? 10000, 1);
  return makeLayer({
    kind,
    className: "SinePositionEncoding",
    options,
    known: ["maxWavelength"],
    config: { maxWavelength },
    outputTypes: (inputs, label) => [{ shape: sequenceOf(inputs, label).shape, dtype: "f32" }],
    call: (_weights, inputs) => {
      const { shape } = single(inputs, kind);
      const [time = 1, features = 1] = shape.slice(-2);
      const exponents = Array.from({ length: features }, (_, feature) => (2 * Math.floor(feature / 2)) / features);
      const angles = anglesOf(time, exponents, maxWavelength); // [time, features]
      const isOdd = arange(features).mod(2).equal(1);
      return { outputs: [where(isOdd, angles.cos(), angles.sin()).broadcastTo(shape)] };
    },
  });
}

export interface RotaryEmbeddingOptions extends LayerOptions {
  readonly maxWavelength?: number;
  /** What places are divided by: above 1 a model reads longer sequences than it was trained on. */
  readonly scalingFactor?: number;
  /** Axes of the input, the batch counted. */
  readonly sequenceAxis?: number;
  readonly featureAxis?: number;
}

/**
 * Turns each pair of features (i, i + features / 2) by place · maxWavelength^(-2 i / features): products of queries and keys
 * then depend on how far apart they stand. Input: [batch, time, ..., features], with an even number of features.
 * @source KerasHub, layers.RotaryEmbedding; Su et al. 2021, RoFormer
 */
export function rotaryEmbedding(options: RotaryEmbeddingOptions = {}): Layer {
  const kind = "rotaryEmbedding";
  const config = {
    maxWavelength: numberWithin(kind, "maxWavelength", options.maxWavelength ?? 10000, 1),
    scalingFactor: numberWithin(kind, "scalingFactor", options.scalingFactor ?? 1, Number.MIN_VALUE),
    sequenceAxis: integer(kind, "sequenceAxis", options.sequenceAxis ?? 1, -8),
    featureAxis: integer(kind, "featureAxis", options.featureAxis ?? -1, -8),
  };
  return makeLayer({
    kind,
    className: "RotaryEmbedding",
    options,
    known: Object.keys(config),
    config,
    passesMask: true,
    outputTypes: (inputs, label) => {
      const { shape } = sequenceOf(inputs, label);
      axisOf(config.sequenceAxis, shape.length + 1, label);
      const features = shape[axisOf(config.featureAxis, shape.length + 1, label) - 1] ?? 0;
      if (features % 2 === 0) return [{ shape, dtype: "f32" }];
      throw new SinterError("shape", `${label}: ${features} features make no pairs. Make their number even.`, {
        shape,
      });
    },
    call: (_weights, inputs) => ({ outputs: [rotated(single(inputs, kind).cast("f32"), config)] }),
  });
}

type RotaryConfig = Readonly<Record<"maxWavelength" | "scalingFactor" | "sequenceAxis" | "featureAxis", number>>;

function rotated(x: Tensor, { maxWavelength, scalingFactor, sequenceAxis, featureAxis }: RotaryConfig): Tensor {
  const time = axisOf(sequenceAxis, x.rank, "rotaryEmbedding");
  const feature = axisOf(featureAxis, x.rank, "rotaryEmbedding");
  const features = x.shape[feature] ?? 0;
  const exponents = Array.from({ length: features }, (_, index) => (2 * (index % (features / 2))) / features);
  const angles = anglesOf(x.shape[time] ?? 1, exponents, maxWavelength, scalingFactor); // [time, features]
  const along = x.shape.map((extent, axis) => (axis === time || axis === feature ? extent : 1));
  const placed = (time < feature ? angles : angles.transpose()).reshape(along);
  return x.mul(placed.cos()).add(turned(x, feature).mul(placed.sin()));
}

/** The second half of an axis, negated, and then the first. */
function turned(x: Tensor, axis: number): Tensor {
  const half = (x.shape[axis] ?? 0) / 2;
  const sizes = x.shape.map((extent, index) => (index === axis ? half : extent));
  const from = (start: number): Tensor =>
    x.slice(
      x.shape.map((_, index) => (index === axis ? start : 0)),
      sizes,
    );
  return concat([from(half).neg(), from(0)], axis);
}

/** place / scalingFactor · maxWavelength^-exponent, whose powers are taken in float64: [time, exponents] */
function anglesOf(time: number, exponents: readonly number[], maxWavelength: number, scalingFactor = 1): Tensor {
  const frequencies = exponents.map((exponent) => maxWavelength ** -exponent / scalingFactor);
  return arange(time, { dtype: "f32" })
    .expandDims(1)
    .mul(tensor(Float64Array.from(frequencies)));
}

/** The only input, which needs axes of time and features beside the batch. @throws shape */
function sequenceOf(inputs: readonly SampleType[], label: string): SampleType {
  const input = single(inputs, label);
  if (input.shape.length >= 2) return input;
  throw new SinterError("shape", `${label}: input ${shapeText(input.shape)} is no sequence. Give [time, features].`, {
    shape: input.shape,
  });
}
