// Variational autoencoder of pictures (Kingma and Welling, Auto-encoding variational Bayes, 2013).

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer, numberWithin } from "#engine/base/options.ts";
import { sizeOf, type Shape } from "#engine/base/shape.ts";
import { normal } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { makeLayer, type Layer, type LayerOptions, type SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { model } from "#learning/train/functional.ts";
import { encoderDecoder, type EncoderDecoder } from "./encoder-decoder.ts";

export interface VaeOptions {
  /** Height, width, channels; [28, 28, 1]. */
  readonly inputShape?: Shape;
  /** Numbers that a picture becomes; 2. */
  readonly latentSize?: number;
  /** Maps of the convolutions, each of which halves the picture; [32, 64]. */
  readonly filters?: readonly number[];
  /** Of the dense layer before the latent numbers; 16. */
  readonly units?: number;
  /** What the divergence counts beside the loss of one pixel; 1 / pixels, with which the loss is the bound by pixel. */
  readonly klWeight?: number;
  readonly name?: string;
  /** Of the first weights; 0. */
  readonly seed?: number;
}

/**
 * Pictures as normally distributed latent numbers, and pictures of such numbers. The encoder gives [mean, log of the variance];
 * when training, the decoder gets numbers drawn from them, else the means. With the loss "binaryCrossentropy", `fit(x, x)`
 * lowers the negative evidence lower bound, divided by the number of pixels. As it stands it has 134,165 weights.
 * @throws option for a picture that cannot be halved as often as there are `filters`
 * @source Kingma and Welling 2013; Keras's example "Variational autoencoder" (its sizes)
 * @example
 * const net = vae({ latentSize: 2 });
 * net.model.compile({ optimizer: "adam", loss: "binaryCrossentropy" });
 * await net.model.fit(pictures, pictures, { epochs: 30 });
 * const drawn = await net.decoder().predict(random.normal(random.key(1), [16, 2]));
 */
export function vae(options: VaeOptions = {}): EncoderDecoder {
  checkOptions("vae", options, ["inputShape", "latentSize", "filters", "units", "klWeight", "name", "seed"]);
  const { inputShape = [28, 28, 1], filters = [32, 64], name = "vae", seed = 0 } = options;
  const latentSize = integer("vae", "latentSize", options.latentSize ?? 2);
  const coarse = coarseShape(inputShape, filters);
  const picture = layers.input({ shape: inputShape });
  const step = { kernelSize: 3, strides: 2, padding: "same", activation: "relu" } as const;
  let x: SymbolicTensor = picture;
  for (const [place, maps] of filters.entries()) {
    x = layers.conv2d({ ...step, filters: maps, name: `shrink${place + 1}` }).apply(x); // [14, 14, 32], [7, 7, 64]
  }
  x = layers.flatten({ name: "flatten" }).apply(x);
  x = layers.dense({ units: options.units ?? 16, activation: "relu", name: "narrow" }).apply(x);
  const mean = layers.dense({ units: latentSize, name: "mean" }).apply(x);
  const logVariance = layers.dense({ units: latentSize, name: "log_variance" }).apply(x);
  const decoded = (latent: SymbolicTensor): SymbolicTensor => {
    let y = layers.dense({ units: sizeOf(coarse), activation: "relu", name: "widen" }).apply(latent);
    y = layers.reshape({ targetShape: coarse, name: "maps" }).apply(y); // [7, 7, 64]
    for (const [place, maps] of filters.toReversed().entries()) {
      y = layers.conv2dTranspose({ ...step, filters: maps, name: `grow${place + 1}` }).apply(y); // [28, 28, 32]
    }
    const end = { filters: inputShape[2] ?? 1, kernelSize: 3, padding: "same", activation: "sigmoid" } as const;
    return layers.conv2dTranspose({ ...end, name: "picture" }).apply(y);
  };
  const klWeight = options.klWeight ?? 1 / sizeOf(inputShape);
  const latent = gaussianLatent({ klWeight, name: "latent" }).apply([mean, logVariance]); // [2]
  const given = layers.input({ shape: [latentSize] });
  return encoderDecoder(model({ inputs: picture, outputs: decoded(latent), name, seed }), {
    encoder: { inputs: picture, outputs: [mean, logVariance] },
    decoder: { inputs: given, outputs: decoded(given) },
  });
}

/** @throws option */
function coarseShape(shape: Shape, filters: readonly number[]): Shape {
  for (const maps of filters) integer("vae", "filters", maps);
  const unit = 2 ** filters.length;
  const [height = 0, width = 0, channels = 0] = shape;
  const isFit = [height, width].every((extent) => extent >= unit && extent % unit === 0);
  if (shape.length === 3 && channels >= 1 && isFit && filters.length > 0) {
    return [height / unit, width / unit, filters.at(-1) ?? 1];
  }
  throw new SinterError(
    "option",
    `vae: inputShape [${shape.join(", ")}]. Give [height, width, channels] of multiples of ${unit}, or fewer filters.`,
    { inputShape: shape },
  );
}

export interface GaussianLatentOptions extends LayerOptions {
  /** What the divergence is multiplied by before it joins the loss; 1. */
  readonly klWeight?: number;
}

/**
 * Applied to [mean, logVariance], each [batch, numbers]: when training mean + exp(logVariance / 2) · noise, else the mean. The
 * divergence from the standard normal distribution, -½ Σ (1 + logVariance - mean² - exp(logVariance)), its mean over the batch,
 * joins the loss. A file with it is read by `loadModel(path, { customLayers: { gaussianLatent: { make: gaussianLatent } } })`.
 * @source Kingma and Welling 2013, section 2.4 and appendix B
 */
export function gaussianLatent(options: GaussianLatentOptions = {}): Layer {
  const klWeight = numberWithin("gaussianLatent", "klWeight", options.klWeight ?? 1, 0);
  return makeLayer({
    kind: "gaussianLatent",
    className: "GaussianLatent",
    options,
    known: ["klWeight"],
    config: { klWeight },
    outputTypes: (inputs, label) => {
      const [mean, logVariance] = inputs;
      if (mean !== undefined && String(mean.shape) === String(logVariance?.shape)) return [mean];
      throw new SinterError("shape", `${label}: takes [mean, logVariance] of one shape. Make both by dense layers.`);
    },
    call: (_weights, [mean, logVariance], { training, key }) => {
      if (mean === undefined || logVariance === undefined)
        throw new SinterError("shape", "gaussianLatent: two inputs.");
      const losses = [divergence(mean, logVariance).mul(klWeight)];
      if (!training || key === undefined) return { outputs: [mean], losses };
      const noise = normal(key, mean.shape);
      return { outputs: [mean.add(logVariance.mul(0.5).exp().mul(noise))], losses };
    },
  });
}

/** Of normal distributions from the standard one, in nats; the mean over the batch. */
function divergence(mean: Tensor, logVariance: Tensor): Tensor {
  const inner = logVariance.add(1).sub(mean.square()).sub(logVariance.exp());
  return inner.sum().mul(-0.5 / Math.max(1, mean.shape[0] ?? 1));
}
