// Layers that change the colours of training pictures: saturation, hue, grey, inverted, fewer levels, and several at once.

import { numberWithin } from "#engine/base/options.ts";
import { keep } from "#engine/tensor/keep.ts";
import { where } from "#engine/tensor/math.ts";
import { greyOf } from "#engine/tensor/picture-colours.ts";
import { fold, uniform } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Layer } from "../layer.ts";
import { hueSaturationValue, redGreenBlue } from "./hue-and-saturation.ts";
import {
  applyChange,
  checkValueRange,
  clipTo,
  drawBetween,
  drawWhether,
  factorBounds,
  perPicture,
  randomPictureLayer,
  toRange,
  type Bounds,
  type PictureChange,
  type PictureFactor,
  type RandomPictureOptions,
} from "./picture-layer.ts";
import { brightnessChange, colourLayer, contrastChange, type RandomColourOptions } from "./random-light.ts";

/**
 * When training each picture's saturation times f / (1 - f), f within the factor; 0.5 changes nothing, and a number f
 * means [-f, f], below 0 as 0. Of pictures of three channels.
 * @source Keras 3.15, layers.RandomSaturation
 */
export function randomSaturation(options: RandomColourOptions): Layer {
  const parts = {
    kind: "randomSaturation",
    className: "RandomSaturation",
    least: -1,
    numChannels: 3,
    changeOf: saturationChange,
  } as const;
  return colourLayer(parts, options);
}

/** Draws f32 [n, 1, 1, 1]: what the saturation is multiplied by. */
export function saturationChange(bounds: Bounds, valueRange: Bounds): PictureChange<Tensor> {
  return {
    draw: (key, shape) => {
      const factor = drawBetween(key, 0, perPicture(shape), bounds);
      return factor.div(factor.neg().add(1 + 1e-7));
    },
    change: (images, factor) => {
      const { hue, saturation, value } = hueSaturationValue(images);
      return redGreenBlue({ hue, saturation: clipTo(saturation.mul(factor), valueRange), value });
    },
  };
}

/**
 * When training each picture's hue turned by up to half of the factor, 0 to 1, either way; a number f means [0, f]. Of
 * pictures of three channels.
 * @source Keras 3.15, layers.RandomHue
 */
export function randomHue(options: RandomColourOptions): Layer {
  const parts = { kind: "randomHue", className: "RandomHue", least: 0, numChannels: 3, changeOf: hueChange } as const;
  return colourLayer(parts, options);
}

/** Draws f32 [n, 1, 1, 1]: turns, -0.5 to 0.5. */
export function hueChange(bounds: Bounds, valueRange: Bounds): PictureChange<Tensor> {
  return {
    draw: (key, shape) => {
      const sign = uniform(fold(key, 1), perPicture(shape)).lessEqual(0.5).cast("f32").mul(2).sub(1);
      return drawBetween(key, 0, perPicture(shape), bounds).mul(sign).mul(0.5);
    },
    change: (images, turn) => {
      const { hue, saturation, value } = hueSaturationValue(toRange(images, valueRange, [0, 1]));
      const turned = keep(hue.add(turn));
      const within = turned.sub(turned.floor());
      return toRange(redGreenBlue({ hue: within, saturation, value }).clip(0, 1), [0, 1], valueRange);
    },
  };
}

/**
 * When training each picture a share f greyer, f within the factor: x + f · (grey - x). A number f means [-f, f].
 * @source Keras 3.15, layers.RandomColorDegeneration
 */
export function randomColorDegeneration(options: RandomColourOptions): Layer {
  const parts = {
    kind: "randomColorDegeneration",
    className: "RandomColorDegeneration",
    least: -1,
    changeOf: degenerationChange,
  } as const;
  return colourLayer(parts, options);
}

/** Draws f32 [n, 1, 1, 1]: the share of grey. */
export function degenerationChange(bounds: Bounds, valueRange: Bounds): PictureChange<Tensor> {
  return {
    draw: (key, shape) => drawBetween(key, 0, perPicture(shape), bounds),
    change: (images, share) => clipTo(images.add(share.mul(greyOf(images).sub(images))), valueRange),
  };
}

export interface RandomGrayscaleOptions extends RandomPictureOptions {
  /** How likely a picture becomes grey, 0 to 1; 0.5 by default. */
  readonly factor?: number | undefined;
}

/** When training some pictures grey, in as many channels. @source Keras 3.15, layers.RandomGrayscale */
export function randomGrayscale(options: RandomGrayscaleOptions = {}): Layer {
  const kind = "randomGrayscale";
  const factor = numberWithin(kind, "factor", options.factor ?? 0.5, 0, 1);
  const change = grayscaleChange(factor);
  return randomPictureLayer({
    kind,
    className: "RandomGrayscale",
    options,
    config: { factor },
    changed: (images, key) => applyChange(change, images, key),
  });
}

/** Draws bool [n, 1, 1, 1]. */
export function grayscaleChange(factor: number): PictureChange<Tensor> {
  return {
    draw: (key, shape) => uniform(key, perPicture(shape)).less(factor),
    change: (images, isGrey) => where(isGrey, greyOf(images), images),
  };
}

export interface RandomInvertOptions extends RandomPictureOptions {
  /** How likely a picture changes: p draws the likelihood from [0, p]; [p, p] takes p itself. 1 by default. */
  readonly factor?: PictureFactor | undefined;
  readonly valueRange?: Bounds | undefined;
}

/** When training some pictures as negatives: high - x. @source Keras 3.15, layers.RandomInvert */
export function randomInvert(options: RandomInvertOptions = {}): Layer {
  const kind = "randomInvert";
  const { factor = 1 } = options;
  const valueRange = checkValueRange(kind, options.valueRange);
  const change = invertChange(factorBounds(kind, "factor", factor, { within: [0, 1] }), valueRange);
  return randomPictureLayer({
    kind,
    className: "RandomInvert",
    options,
    config: { factor, valueRange },
    changed: (images, key) => applyChange(change, images, key),
  });
}

/** Draws bool [n, 1, 1, 1]. */
export function invertChange(bounds: Bounds, [, high]: Bounds): PictureChange<Tensor> {
  return {
    draw: (key, shape) => drawWhether(key, 0, shape, bounds),
    change: (images, isInverted) => where(isInverted, images.neg().add(high), images),
  };
}

export interface RandomColorJitterOptions extends RandomPictureOptions {
  readonly valueRange?: Bounds | undefined;
  /** As randomBrightness's factor; what is left out changes nothing. */
  readonly brightnessFactor?: PictureFactor | undefined;
  readonly contrastFactor?: PictureFactor | undefined;
  readonly saturationFactor?: PictureFactor | undefined;
  readonly hueFactor?: PictureFactor | undefined;
}

/** When training brightness, contrast, saturation and hue, one after another. @source Keras 3.15, layers.RandomColorJitter */
export function randomColorJitter(options: RandomColorJitterOptions = {}): Layer {
  const kind = "randomColorJitter";
  const { brightnessFactor, contrastFactor, saturationFactor, hueFactor } = options;
  const valueRange = checkValueRange(kind, options.valueRange);
  const bounds = (name: string, factor: PictureFactor, least: number): Bounds =>
    factorBounds(kind, name, factor, { within: [least, 1] });
  const changes: PictureChange<Tensor>[] = [];
  if (brightnessFactor !== undefined) {
    changes.push(brightnessChange(bounds("brightnessFactor", brightnessFactor, -1), valueRange));
  }
  if (contrastFactor !== undefined) {
    changes.push(contrastChange(bounds("contrastFactor", contrastFactor, 0), valueRange));
  }
  if (saturationFactor !== undefined) {
    changes.push(saturationChange(bounds("saturationFactor", saturationFactor, -1), valueRange));
  }
  if (hueFactor !== undefined) changes.push(hueChange(bounds("hueFactor", hueFactor, 0), valueRange));
  return randomPictureLayer({
    kind,
    ...(saturationFactor === undefined && hueFactor === undefined ? {} : { numChannels: 3 }),
    className: "RandomColorJitter",
    options,
    config: { valueRange, brightnessFactor, contrastFactor, saturationFactor, hueFactor },
    changed: (images, key) =>
      changes.reduce((changed, change, index) => applyChange(change, changed, fold(key, index)), images),
  });
}
