// Layers that change the levels of pictures: fewer, turned over, stretched, spread. Keras's ranges.

import { SinterError } from "#engine/base/error.ts";
import { integer } from "#engine/base/options.ts";
import { where } from "#engine/tensor/math.ts";
import { equalized, stretched } from "#engine/tensor/picture-colours.ts";
import { fold, uniform } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { makeLayer, single, singleOfRank, type Layer, type SpatialOptions } from "../layer.ts";
import {
  applyChange,
  checkValueRange,
  drawBetween,
  factorBounds,
  perPicture,
  randomPictureLayer,
  toRange,
  type Bounds,
  type PictureChange,
  type PictureFactor,
  type RandomPictureOptions,
} from "./picture-layer.ts";
import type { RandomColourOptions } from "./random-light.ts";

const bytes: Bounds = [0, 255];

/**
 * When training each picture with so many bits a channel as is drawn from the factor's whole numbers, 1 to 8, without the
 * upper one unless both are equal; a number f means [1, f].
 * @source Keras 3.15, layers.RandomPosterization
 */
export function randomPosterization(options: RandomColourOptions): Layer {
  const kind = "randomPosterization";
  const valueRange = checkValueRange(kind, options.valueRange);
  const bounds = factorBounds(kind, "factor", options.factor, { within: [1, 8] });
  bounds.forEach((bound) => integer(kind, "factor", bound));
  const change = posterizationChange(bounds, valueRange);
  return randomPictureLayer({
    kind,
    className: "RandomPosterization",
    options,
    config: { factor: options.factor, valueRange },
    changed: (images, key) => applyChange(change, images, key),
  });
}

/** Draws f32 [n, 1, 1, 1]: bits that are kept. */
export function posterizationChange([low, high]: Bounds, valueRange: Bounds): PictureChange<Tensor> {
  return {
    draw: (key, shape) => drawBetween(key, 0, perPicture(shape), [low, high]).floor(),
    change: (images, numBits) => {
      const step = numBits.sub(8).mul(-Math.LN2).exp().round();
      // Keras goes through bytes.
      const level = toRange(images, valueRange, bytes).clip(0, 255).floor();
      return toRange(level.div(step).floor().mul(step), bytes, valueRange);
    },
  };
}

export interface SolarizationOptions extends RandomPictureOptions {
  /** What is added, a share of 255: f for [0, f], or both bounds; 0 by default. */
  readonly additionFactor?: PictureFactor | undefined;
  /** From which value on, as a share of 255: f for [0, f], or both bounds; 0 by default. */
  readonly thresholdFactor?: PictureFactor | undefined;
  readonly valueRange?: Bounds | undefined;
}

/**
 * When training each picture with something added, and turned over from a threshold on: 255 - x. Keras multiplies the
 * upper bounds alone by 255.
 * @source Keras 3.15, layers.Solarization
 */
export function solarization(options: SolarizationOptions = {}): Layer {
  const kind = "solarization";
  const { additionFactor = 0, thresholdFactor = 0 } = options;
  const valueRange = checkValueRange(kind, options.valueRange);
  const bounds = (name: string, factor: PictureFactor): Bounds =>
    factorBounds(kind, name, factor, { within: [0, 1], low: 0 });
  const additions = bounds("additionFactor", additionFactor);
  const change = solarizationChange(additions, bounds("thresholdFactor", thresholdFactor), valueRange);
  return randomPictureLayer({
    kind,
    className: "Solarization",
    options,
    config: { additionFactor, thresholdFactor, valueRange },
    changed: (images, key) => applyChange(change, images, key),
  });
}

/** Both f32 [n, 1, 1, 1], counted 0 to 255. */
export interface SolarizationDraws {
  readonly additions: Tensor;
  readonly thresholds: Tensor;
}

export function solarizationChange(
  additions: Bounds,
  thresholds: Bounds,
  valueRange: Bounds,
): PictureChange<SolarizationDraws> {
  return {
    draw: (key, shape) => {
      const drawn = (number: number, [low, high]: Bounds): Tensor =>
        uniform(fold(key, number), perPicture(shape), { low, high: high * 255 });
      return { additions: drawn(0, additions), thresholds: drawn(1, thresholds) };
    },
    change: (images, draws) => {
      const added = toRange(images, valueRange, bytes).add(draws.additions).clip(0, 255);
      const turned = where(added.less(draws.thresholds), added, added.neg().add(255));
      return toRange(turned, bytes, valueRange);
    },
  };
}

export interface AutoContrastOptions extends SpatialOptions {
  readonly valueRange?: Bounds | undefined;
}

/**
 * Each channel of each picture stretched to the whole range, in training and after it; a channel of one value stays.
 * @source Keras 3.15, layers.AutoContrast
 */
export function autoContrast(options: AutoContrastOptions = {}): Layer {
  const kind = "autoContrast";
  const valueRange = checkValueRange(kind, options.valueRange);
  return makeLayer({
    kind,
    className: "AutoContrast",
    options,
    known: ["valueRange"],
    numSpatialAxes: 2,
    config: { valueRange },
    outputTypes: (inputs, label) => [{ shape: singleOfRank(inputs, 3, label).shape, dtype: "f32" }],
    call: (_weights, inputs) => ({ outputs: [stretchWithin(single(inputs, kind).cast("f32"), valueRange)] }),
  });
}

/** Stretched to the whole of a range. */
export function stretchWithin(images: Tensor, valueRange: Bounds): Tensor {
  return toRange(stretched(toRange(images, valueRange, bytes)), bytes, valueRange);
}

export interface EqualizationOptions extends SpatialOptions {
  readonly valueRange?: Bounds | undefined;
  /** Number of levels that are told apart; 256 by default. */
  readonly bins?: number | undefined;
}

/**
 * When training each channel's values spread so that all levels are about equally frequent. Each picture by itself: Keras
 * counts the levels of a whole batch together.
 * @source Keras 3.15, layers.Equalization
 */
export function equalization(options: EqualizationOptions = {}): Layer {
  const kind = "equalization";
  const valueRange = checkValueRange(kind, options.valueRange);
  const bins = integer(kind, "bins", options.bins ?? 256, 2);
  if (bins > 65536) throw new SinterError("option", `${kind}: bins is ${bins}. Give at most 65536.`, { bins });
  return makeLayer({
    kind,
    className: "Equalization",
    options,
    known: ["valueRange", "bins"],
    numSpatialAxes: 2,
    config: { valueRange, bins },
    outputTypes: (inputs, label) => [{ shape: singleOfRank(inputs, 3, label).shape, dtype: "f32" }],
    call: (_weights, inputs, { training }) => {
      const images = single(inputs, kind).cast("f32");
      return { outputs: [training ? equalizeWithin(images, valueRange, bins) : images] };
    },
  });
}

/** Spread over a range. */
export function equalizeWithin(images: Tensor, valueRange: Bounds, bins: number): Tensor {
  return toRange(equalized(toRange(images, valueRange, bytes), bins), bytes, valueRange);
}
