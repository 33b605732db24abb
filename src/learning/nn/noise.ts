// Layers that are random when training and do nothing otherwise: dropout in its kinds, and Gaussian noise.

import { SinterError } from "#engine/base/error.ts";
import type { Shape } from "#engine/base/shape.ts";
import { where } from "#engine/tensor/math.ts";
import { bernoulli, fold, normal } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { seluAlpha, seluScale } from "./activations.ts";
import { withoutUndefined } from "./dense.ts";
import {
  type SpatialOptions,
  makeLayer,
  single,
  singleOfRank,
  type Layer,
  type LayerOptions,
  type SampleType,
} from "./layer.ts";
import { integer, numberWithin } from "#engine/base/options.ts";

export interface NoiseOptions extends LayerOptions {
  /** Folded into the layer's key: another seed gives other numbers. */
  readonly seed?: number | undefined;
}

export interface DropoutOptions extends NoiseOptions {
  /** Share of the inputs that become 0. */
  readonly rate: number;
  /** Shape of the mask without the batch axis, 1 where it is shared. */
  readonly noiseShape?: Shape | undefined;
}

/**
 * When training: x / (1 - rate) with probability 1 - rate, else 0. Otherwise x.
 * @source Srivastava et al. 2014; Keras 3, layers.Dropout
 */
export function dropout(options: DropoutOptions): Layer {
  const rate = numberWithin("dropout", "rate", options.rate, 0, 1);
  const noiseShape = checkNoiseShape("dropout", options.noiseShape);
  return noisy("dropout", "Dropout", {
    options,
    config: { rate, noiseShape },
    isActive: rate > 0,
    change: (x, key) => dropped(x, key, rate, noiseShape),
  });
}

export interface SpatialDropoutOptions extends NoiseOptions, SpatialOptions {
  /** Share of the channels that become 0. */
  readonly rate: number;
}

/**
 * When training: whole channels of [batch, steps, channels] times 1 / (1 - rate) with probability 1 - rate, else 0.
 * @source Tompson et al. 2014; Keras 3, layers.SpatialDropout1D
 */
export function spatialDropout1d(options: SpatialDropoutOptions): Layer {
  return spatialDropout("spatialDropout1d", "SpatialDropout1D", 1, options);
}

/**
 * When training: whole channels of [batch, height, width, channels] times 1 / (1 - rate) with probability 1 - rate,
 * else 0.
 * @source Tompson et al. 2014; Keras 3, layers.SpatialDropout2D
 */
export function spatialDropout2d(options: SpatialDropoutOptions): Layer {
  return spatialDropout("spatialDropout2d", "SpatialDropout2D", 2, options);
}

/**
 * When training: whole channels of [batch, depth, height, width, channels] times 1 / (1 - rate) with probability
 * 1 - rate, else 0.
 * @source Tompson et al. 2014; Keras 3, layers.SpatialDropout3D
 */
export function spatialDropout3d(options: SpatialDropoutOptions): Layer {
  return spatialDropout("spatialDropout3d", "SpatialDropout3D", 3, options);
}

function spatialDropout(kind: string, className: string, numAxes: number, options: SpatialDropoutOptions): Layer {
  const rate = numberWithin(kind, "rate", options.rate, 0, 1);
  return noisy(kind, className, {
    options,
    numSpatialAxes: numAxes,
    config: { rate },
    isActive: rate > 0,
    change: (x, key) => dropped(x, key, rate, [...Array.from({ length: numAxes }, () => 1), x.shape.at(-1) ?? 1]),
    outputType: (inputs, label) => singleOfRank(inputs, numAxes + 1, label),
  });
}

export interface GaussianNoiseOptions extends NoiseOptions {
  /** Standard deviation of the noise, from 0 to 1. */
  readonly stddev: number;
}

/** When training: x plus normal noise of mean 0. Otherwise x. @source Keras 3, layers.GaussianNoise */
export function gaussianNoise(options: GaussianNoiseOptions): Layer {
  const stddev = numberWithin("gaussianNoise", "stddev", options.stddev, 0, 1);
  return noisy("gaussianNoise", "GaussianNoise", {
    options,
    config: { stddev },
    isActive: stddev > 0,
    change: (x, key) => x.add(normal(key, x.shape, { stddev })),
  });
}

export interface GaussianDropoutOptions extends NoiseOptions {
  /** As strong as a dropout of this rate; below 1. */
  readonly rate: number;
}

/**
 * When training: x times normal noise of mean 1 and standard deviation √(rate / (1 - rate)). Otherwise x.
 * @source Srivastava et al. 2014, section 10; Keras 3, layers.GaussianDropout
 */
export function gaussianDropout(options: GaussianDropoutOptions): Layer {
  const rate = rateBelowOne("gaussianDropout", options.rate);
  return noisy("gaussianDropout", "GaussianDropout", {
    options,
    config: { rate },
    isActive: rate > 0,
    change: (x, key) => x.mul(normal(key, x.shape, { mean: 1, stddev: Math.sqrt(rate / (1 - rate)) })),
  });
}

export interface AlphaDropoutOptions extends NoiseOptions {
  /** Share of the inputs that become selu's lowest value; below 1. */
  readonly rate: number;
  /** Shape of the mask without the batch axis, 1 where it is shared. */
  readonly noiseShape?: Shape | undefined;
}

/**
 * When training: a · y + b, with y = x with probability 1 - rate, else selu's lowest value, and a and b such that inputs
 * of mean 0 and variance 1 keep both. Otherwise x.
 * @source Klambauer et al. 2017, section 2; Keras 3, layers.AlphaDropout
 */
export function alphaDropout(options: AlphaDropoutOptions): Layer {
  const rate = rateBelowOne("alphaDropout", options.rate);
  const noiseShape = checkNoiseShape("alphaDropout", options.noiseShape);
  const lowest = -seluAlpha * seluScale;
  const scale = ((1 - rate) * (1 + rate * lowest ** 2)) ** -0.5;
  return noisy("alphaDropout", "AlphaDropout", {
    options,
    config: { rate, noiseShape },
    isActive: rate > 0,
    change: (x, key) =>
      where(isKept(x, key, rate, noiseShape), x, lowest)
        .mul(scale)
        .add(-scale * lowest * rate),
  });
}

interface Noise {
  readonly numSpatialAxes?: number;
  readonly options: NoiseOptions & object;
  readonly config: { readonly [name: string]: number | Shape | undefined };
  /** `false` where the layer does nothing, also when training. */
  readonly isActive: boolean;
  readonly change: (x: Tensor, key: Tensor) => Tensor;
  readonly outputType?: (inputs: readonly SampleType[], label: string) => SampleType;
}

function noisy(kind: string, className: string, noise: Noise): Layer {
  const { options, config, isActive, change, outputType = single } = noise;
  const { seed } = options;
  if (seed !== undefined) integer(kind, "seed", seed, 0);
  return makeLayer({
    kind,
    className,
    options,
    known: [...Object.keys(config), "seed"],
    numSpatialAxes: noise.numSpatialAxes,
    config: withoutUndefined({ ...config, seed }),
    passesMask: true,
    outputTypes: (inputs, label) => [outputType(inputs, label)],
    call: (_weights, inputs, { training, key }) => {
      const x = single(inputs, kind);
      if (!training || !isActive) return { outputs: [x] };
      if (key === undefined) throw new SinterError("state", `${kind}: no random key came. Give one when training.`);
      return { outputs: [change(x, seed === undefined ? key : fold(key, seed))] };
    },
  });
}

function dropped(x: Tensor, key: Tensor, rate: number, noiseShape: Shape | undefined): Tensor {
  return rate === 1 ? x.mul(0) : where(isKept(x, key, rate, noiseShape), x.mul(1 / (1 - rate)), 0);
}

/** True with probability 1 - rate, of the noise's shape. */
function isKept(x: Tensor, key: Tensor, rate: number, noiseShape: Shape | undefined): Tensor {
  return bernoulli(key, noiseShape === undefined ? x.shape : [x.shape[0] ?? 1, ...noiseShape], 1 - rate);
}

function checkNoiseShape(kind: string, noiseShape: Shape | undefined): Shape | undefined {
  return noiseShape?.map((extent) => integer(kind, "noiseShape", extent));
}

/** With rate 1 nothing would be left to scale. @throws option */
function rateBelowOne(kind: string, value: unknown): number {
  const rate = numberWithin(kind, "rate", value, 0, 1);
  if (rate < 1) return rate;
  throw new SinterError("option", `${kind}: rate is 1. Give a number from 0 to below 1.`, { rate });
}
