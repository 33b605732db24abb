// Layers that change the light of training pictures: brightness, contrast, sharpness, and blur. Keras's ranges.

import { SinterError } from "#engine/base/error.ts";
import { integer } from "#engine/base/options.ts";
import { arange } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import { smoothed } from "#engine/tensor/picture-colours.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Layer } from "../layer.ts";
import {
  applyChange,
  checkValueRange,
  clipTo,
  drawBetween,
  drawWhether,
  factorBounds,
  perPicture,
  randomPictureLayer,
  type Bounds,
  type PictureChange,
  type PictureFactor,
  type RandomPictureOptions,
} from "./picture-layer.ts";

/** Options of layers that change colours. */
export interface RandomColourOptions extends RandomPictureOptions {
  /** How strong; what one number means, each layer says. */
  readonly factor: PictureFactor;
  /** What the least and the largest value of a pixel stand for; [0, 255] by default. Results are clipped to it. */
  readonly valueRange?: Bounds | undefined;
}

/** A layer of one factor and a range of values. */
interface ColourParts {
  readonly kind: string;
  readonly className: string;
  /** Least that the factor may be; most is 1. */
  readonly least: -1 | 0;
  readonly numChannels?: number;
  readonly changeOf: (bounds: Bounds, valueRange: Bounds) => PictureChange<Tensor>;
}

/** @throws option for a factor or a range that is none */
export function colourLayer({ least, changeOf, ...parts }: ColourParts, options: RandomColourOptions): Layer {
  const valueRange = checkValueRange(parts.kind, options.valueRange);
  const bounds = factorBounds(parts.kind, "factor", options.factor, { within: [least, 1] });
  const change = changeOf(bounds, valueRange);
  return randomPictureLayer({
    ...parts,
    options,
    config: { factor: options.factor, valueRange },
    changed: (images, key) => applyChange(change, images, key),
  });
}

/**
 * When training each picture brighter or darker: x + delta · (high - low), delta within the factor: f for [-f, f].
 * @source Keras 3.15, layers.RandomBrightness
 */
export function randomBrightness(options: RandomColourOptions): Layer {
  return colourLayer(
    { kind: "randomBrightness", className: "RandomBrightness", least: -1, changeOf: brightnessChange },
    options,
  );
}

/** Draws f32 [n, 1, 1, 1]: what is added. */
export function brightnessChange(bounds: Bounds, valueRange: Bounds): PictureChange<Tensor> {
  return {
    draw: (key, shape) => drawBetween(key, 0, perPicture(shape), bounds).mul(valueRange[1] - valueRange[0]),
    change: (images, added) => clipTo(images.add(added), valueRange),
  };
}

/**
 * When training each picture with more or less contrast: (x - mean) · c + mean of each channel, c from 1 - low to
 * 1 + high of the factor, 0 to 1; a number f means [0, f].
 * @source Keras 3.15, layers.RandomContrast
 */
export function randomContrast(options: RandomColourOptions): Layer {
  return colourLayer(
    { kind: "randomContrast", className: "RandomContrast", least: 0, changeOf: contrastChange },
    options,
  );
}

/** Draws f32 [n, 1, 1, 1]: what the distance from the mean is multiplied by. */
export function contrastChange([low, high]: Bounds, valueRange: Bounds): PictureChange<Tensor> {
  return {
    draw: (key, shape) => drawBetween(key, 0, perPicture(shape), [1 - low, 1 + high]),
    change: (images, contrast) => {
      const mean = images.mean([1, 2], { keepDims: true });
      return clipTo(images.sub(mean).mul(contrast).add(mean), valueRange);
    },
  };
}

/**
 * When training each picture sharper or softer: s + 2 f · (x - s) with s the picture smoothed over 3 x 3 pixels; f within
 * the factor, 0 to 1: a number f means [0, f], and 0.5 changes nothing.
 * @source Keras 3.15, layers.RandomSharpness
 */
export function randomSharpness(options: RandomColourOptions): Layer {
  return colourLayer(
    { kind: "randomSharpness", className: "RandomSharpness", least: 0, changeOf: sharpnessChange },
    options,
  );
}

/** Draws f32 [n, 1, 1, 1]: half of what the picture's own share is. */
export function sharpnessChange(bounds: Bounds, valueRange: Bounds): PictureChange<Tensor> {
  return {
    draw: (key, shape) => drawBetween(key, 0, perPicture(shape), bounds),
    change: (images, factor) => {
      const soft = factor.mul(-2).add(1);
      return clipTo(images.add(soft.mul(smoothed(images).sub(images))), valueRange);
    },
  };
}

export interface RandomGaussianBlurOptions extends RandomPictureOptions {
  /** How likely a picture changes: p draws the likelihood from [0, p]; [p, p] takes p itself. 1 by default. */
  readonly factor?: PictureFactor | undefined;
  /** Odd numbers of pixels: of both axes, or [across, down]. 3 by default. */
  readonly kernelSize?: number | readonly [across: number, down: number] | undefined;
  /** Standard deviation in pixels, 0 to 1: s for [0, s], or both bounds. 1 by default. */
  readonly sigma?: PictureFactor | undefined;
  readonly valueRange?: Bounds | undefined;
}

/**
 * When training pictures blurred, each by its own deviations. Beyond the border lies 0.
 * @source Keras 3.15, layers.RandomGaussianBlur, which draws one pair of deviations a batch
 */
export function randomGaussianBlur(options: RandomGaussianBlurOptions = {}): Layer {
  const kind = "randomGaussianBlur";
  const { factor = 1, sigma = 1, kernelSize = 3 } = options;
  const valueRange = checkValueRange(kind, options.valueRange);
  const rule: BlurRule = {
    factor: factorBounds(kind, "factor", factor, { within: [0, 1] }),
    sigma: factorBounds(kind, "sigma", sigma, { within: [0, 1] }),
    kernelSize: checkKernelSize(kind, kernelSize),
    valueRange,
  };
  const change = blurChange(rule);
  return randomPictureLayer({
    kind,
    className: "RandomGaussianBlur",
    options,
    config: { factor, kernelSize, sigma, valueRange },
    changed: (images, key) => applyChange(change, images, key),
  });
}

export interface BlurRule {
  readonly factor: Bounds;
  readonly sigma: Bounds;
  readonly kernelSize: readonly [across: number, down: number];
  readonly valueRange: Bounds;
}

export interface BlurDraws {
  /** bool [n, 1, 1, 1] */
  readonly isChanged: Tensor;
  /** Deviations, f32 [n, 1, 1, 1] each. */
  readonly across: Tensor;
  readonly down: Tensor;
}

export function blurChange({ factor, sigma, kernelSize, valueRange }: BlurRule): PictureChange<BlurDraws> {
  return {
    draw: (key, shape) => ({
      isChanged: drawWhether(key, 0, shape, factor),
      across: drawBetween(key, 2, perPicture(shape), sigma).add(1e-6),
      down: drawBetween(key, 3, perPicture(shape), sigma).add(1e-6),
    }),
    change: (images, { isChanged, across, down }) => {
      const blurred = blurAlong(blurAlong(images, 1, kernelSize[1], down), 2, kernelSize[0], across);
      return clipTo(where(isChanged, blurred, images), valueRange);
    },
  };
}

/** A weighted mean along an axis: weights exp(-(distance / deviation)² / 2), divided by their sum. */
function blurAlong(images: Tensor, axis: 1 | 2, size: number, deviation: Tensor): Tensor {
  const half = (size - 1) / 2;
  const distance = arange(size, { dtype: "f32" }).sub(half).reshape([1, size, 1, 1]);
  const powers = distance.div(deviation).square().mul(-0.5).exp(); // [n, size, 1, 1]
  const weights = powers.div(powers.sum(1, { keepDims: true }));
  const [numPictures = 0] = images.shape;
  const border = images.shape.map((_, at) => (at === axis ? half : 0));
  const padded = images.pad(border, border);
  const parts = Array.from({ length: size }, (_, tap) => {
    const start = images.shape.map((_extent, at) => (at === axis ? tap : 0));
    return padded.slice(start, images.shape).mul(weights.slice([0, tap, 0, 0], [numPictures, 1, 1, 1]));
  });
  return parts.reduce((sum, part) => sum.add(part));
}

function checkKernelSize(kind: string, size: number | readonly number[]): readonly [number, number] {
  const [across, down] = typeof size === "number" ? [size, size] : size;
  const both = [across, down].map((one) => integer(kind, "kernelSize", one));
  if (both.every((one) => one % 2 === 1)) return [both[0] ?? 1, both[1] ?? 1];
  throw new SinterError("option", `${kind}: kernelSize is ${JSON.stringify(size)}. Give odd numbers.`, {
    kernelSize: size,
  });
}
