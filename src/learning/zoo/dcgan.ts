// DCGAN: a generator of pictures and its discriminator (Radford, Metz and Chintala, Unsupervised representation learning with deep
// convolutional generative adversarial networks, 2015).

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, integer } from "#engine/base/options.ts";
import type { Initializer } from "#learning/nn/initializers.ts";
import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { model } from "#learning/train/functional.ts";
import type { Model } from "#learning/train/model.ts";

interface DcganOptions {
  /** Height and width of the pictures, 8, 16, 32, 64, …; 64. */
  readonly imageSize?: number;
  /** Colours of a picture; 3. */
  readonly channels?: number;
  /** Maps at half of the pictures' size; each halving doubles them; 64. */
  readonly filters?: number;
  readonly name?: string;
  /** Of the first weights; 0. */
  readonly seed?: number;
}

export interface DcganGeneratorOptions extends DcganOptions {
  /** Numbers that a picture is made of; 100. */
  readonly latentSize?: number;
}

export interface DcganDiscriminatorOptions extends DcganOptions {
  /** "batch"; "layer" or "none" for WGAN-GP, whose critic judges each picture for itself. */
  readonly normalization?: "batch" | "layer" | "none";
}

const common = ["imageSize", "channels", "filters", "name", "seed"];
const kernelInitializer: Initializer = { kind: "randomNormal", mean: 0, stddev: 0.02 };
const gammaInitializer: Initializer = { kind: "randomNormal", mean: 1, stddev: 0.02 };
// PyTorch's numbers, which published weights were learnt with.
const batchNormalization = { epsilon: 1e-5, momentum: 0.9, gammaInitializer } as const;
const doubling = { kernelSize: 4, strides: 2, padding: "same", kernelInitializer } as const;

/**
 * Pictures of noise: [latentSize] normal numbers become [imageSize, imageSize, channels] between -1 and 1. As published
 * (64 x 64 x 3): 3,576,704 weights.
 * @throws option for a size that is no power of two
 * @source Radford et al. 2015, figure 1; PyTorch's DCGAN tutorial
 * @example
 * const faces = dcganGenerator();
 * const pictures = await faces.predict(random.normal(random.key(1), [16, 100]));
 */
export function dcganGenerator(options: DcganGeneratorOptions = {}): Model {
  checkOptions("dcganGenerator", options, [...common, "latentSize"]);
  const { channels = 3, name = "dcgan_generator", seed = 0 } = options;
  const latentSize = integer("dcganGenerator", "latentSize", options.latentSize ?? 100);
  const filters = filtersOf("dcganGenerator", options).toReversed();
  const noise = layers.input({ shape: [latentSize] });
  let x = layers.reshape({ targetShape: [1, 1, latentSize], name: "noise" }).apply(noise);
  for (const [place, maps] of filters.entries()) {
    const size = place === 0 ? { kernelSize: 4, kernelInitializer } : doubling;
    x = layers.conv2dTranspose({ ...size, filters: maps, useBias: false, name: `grow${place + 1}` }).apply(x);
    x = layers.batchNormalization({ ...batchNormalization, name: `grow${place + 1}_bn` }).apply(x);
    x = layers.activation({ activation: "relu", name: `grow${place + 1}_relu` }).apply(x); // [4, 4, 512] … [32, 32, 64]
  }
  const picture = { ...doubling, filters: channels, useBias: false, activation: "tanh", name: "picture" } as const;
  return model({ inputs: noise, outputs: layers.conv2dTranspose(picture).apply(x), name, seed }); // [64, 64, 3]
}

/**
 * One number for a picture, the logit of its being real: [imageSize, imageSize, channels] becomes [1]. As published
 * (64 x 64 x 3): 2,765,568 weights.
 * @throws option for a size that is no power of two
 * @source Radford et al. 2015; PyTorch's DCGAN tutorial
 */
export function dcganDiscriminator(options: DcganDiscriminatorOptions = {}): Model {
  checkOptions("dcganDiscriminator", options, [...common, "normalization"]);
  const { imageSize = 64, channels = 3, name = "dcgan_discriminator", seed = 0 } = options;
  const kind = choice("dcganDiscriminator", "normalization", options.normalization ?? "batch", [
    "batch",
    "layer",
    "none",
  ]);
  const picture = layers.input({ shape: [imageSize, imageSize, channels] });
  let x: SymbolicTensor = picture;
  for (const [place, filters] of filtersOf("dcganDiscriminator", options).entries()) {
    const useBias = kind === "none";
    x = layers.conv2d({ ...doubling, filters, useBias, name: `shrink${place + 1}` }).apply(x);
    if (place > 0) x = normalized(x, kind, `shrink${place + 1}`);
    x = layers.leakyRelu({ negativeSlope: 0.2, name: `shrink${place + 1}_relu` }).apply(x); // [32, 32, 64] … [4, 4, 512]
  }
  x = layers.conv2d({ filters: 1, kernelSize: 4, useBias: false, kernelInitializer, name: "verdict" }).apply(x);
  return model({ inputs: picture, outputs: layers.flatten({ name: "logit" }).apply(x), name, seed });
}

function normalized(x: SymbolicTensor, kind: "batch" | "layer" | "none", name: string): SymbolicTensor {
  if (kind === "batch") return layers.batchNormalization({ ...batchNormalization, name: `${name}_bn` }).apply(x);
  // Over all places and maps of a picture, with a scale for each map.
  if (kind === "layer") return layers.groupNormalization({ groups: 1, epsilon: 1e-5, name: `${name}_ln` }).apply(x);
  return x;
}

/** Maps from half of the pictures' size down to 4 x 4. @throws option */
function filtersOf(name: string, { imageSize = 64, filters = 64, channels = 3 }: DcganOptions): number[] {
  const numHalvings = Math.log2(integer(name, "imageSize", imageSize)) - 2;
  integer(name, "channels", channels);
  integer(name, "filters", filters);
  if (Number.isInteger(numHalvings) && numHalvings >= 1) {
    return Array.from({ length: numHalvings }, (_, halving) => filters * 2 ** halving);
  }
  throw new SinterError(
    "option",
    `${name}: imageSize ${imageSize}. Give a power of two from 8 on, as 32 or 64, and resize the pictures.`,
    { imageSize },
  );
}
