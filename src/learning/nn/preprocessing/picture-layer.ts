// What layers that change training pictures by chance share: what they draw from which key, and that they do nothing
// outside of training. Knows no layer.

import { SinterError } from "#engine/base/error.ts";
import { integer, numberWithin, type ConfigValue } from "#engine/base/options.ts";
import { shapeText, type Shape } from "#engine/base/shape.ts";
import { full } from "#engine/tensor/create.ts";
import { fold, uniform } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { withoutUndefined } from "../dense.ts";
import { makeLayer, single, singleOfRank, type Layer, type SpatialOptions, type SampleType } from "../layer.ts";

/** A factor as Keras has it: one number, whose meaning the layer says, or both bounds. */
export type PictureFactor = number | readonly [low: number, high: number];

export interface RandomPictureOptions extends SpatialOptions {
  /** Makes what this layer draws another than a layer's with the same name; the training's seed decides otherwise. */
  readonly seed?: number | undefined;
}

/** What is done to a batch of pictures: numbers drawn for each picture, and a pure function of them. */
export interface PictureChange<Draws> {
  /** @param shape [n, height, width, channels] */
  draw(key: Tensor, shape: Shape): Draws;
  /** @param images f32 [n, height, width, channels] */
  change(images: Tensor, draws: Draws): Tensor;
}

export interface RandomPictureParts {
  readonly kind: string;
  readonly className: string;
  readonly options: RandomPictureOptions & object;
  /** Its own options without the seed, undefined where left out. */
  readonly config: { readonly [name: string]: ConfigValue };
  /** What the channels must be; any where left out. */
  readonly numChannels?: number;
  /** What happens when training. */
  changed(images: Tensor, key: Tensor): Tensor;
}

/**
 * A layer that changes pictures when training and gives them as f32 otherwise.
 * @throws option for an unknown option or a seed that is no integer from 0 on
 */
export function randomPictureLayer(parts: RandomPictureParts): Layer {
  const { kind, options } = parts;
  const { seed } = options;
  if (seed !== undefined) integer(kind, "seed", seed, 0);
  return makeLayer({
    kind,
    className: parts.className,
    options,
    known: [...Object.keys(parts.config), "seed"],
    numSpatialAxes: 2,
    config: withoutUndefined({ ...parts.config, seed }),
    outputTypes: (inputs, label) => [{ shape: pictureShape(inputs, label, parts.numChannels), dtype: "f32" }],
    call: (_weights, inputs, { training, key }) => {
      const images = single(inputs, kind).cast("f32");
      return { outputs: [training ? parts.changed(images, pictureKey(kind, key, seed)) : images] };
    },
  });
}

function pictureShape(inputs: readonly SampleType[], label: string, numChannels: number | undefined): Shape {
  const { shape } = singleOfRank(inputs, 3, label);
  if (numChannels === undefined || shape[2] === numChannels) return shape;
  throw new SinterError(
    "shape",
    `${label}: pictures ${shapeText(shape)} have ${shape[2]} channels, expected ${numChannels}: red, green, blue.`,
    { shape },
  );
}

/** The key that a layer draws from. @throws state when none came */
export function pictureKey(kind: string, key: Tensor | undefined, seed: number | undefined): Tensor {
  if (key === undefined) throw new SinterError("state", `${kind}: no random key came. Give one when training.`);
  return seed === undefined ? key : fold(key, seed);
}

/** A change with what it drew of a key. */
export function applyChange<Draws>(change: PictureChange<Draws>, images: Tensor, key: Tensor): Tensor {
  return change.change(images, change.draw(key, images.shape));
}

/** Least and largest of what is drawn. */
export type Bounds = readonly [low: number, high: number];

/**
 * Numbers between bounds, uniform; equal bounds need no chance.
 * @param number which of the draws of a key this is
 * @returns f32 of the shape given
 */
export function drawBetween(key: Tensor, number: number, shape: Shape, [low, high]: Bounds): Tensor {
  return low === high ? full(shape, low) : uniform(fold(key, number), shape, { low, high });
}

/** True as likely as a number drawn from the bounds says, for each sample: bool [n, 1, 1, 1]. */
export function drawWhether(key: Tensor, number: number, shape: Shape, bounds: Bounds): Tensor {
  const one = perPicture(shape);
  return uniform(fold(key, number), one).less(drawBetween(key, number + 1, one, bounds));
}

/** [n, 1, 1, 1] */
export function perPicture(shape: Shape): Shape {
  return [shape[0] ?? 1, 1, 1, 1];
}

export interface FactorRule {
  /** Least and largest that may be written. */
  readonly within: Bounds;
  /** What the lower bound of one number is: its negative (the default, not below `within`), or this number. */
  readonly low?: number | "negative";
}

/** The bounds that a factor means. @throws option for a number outside of the rule's bounds */
export function factorBounds(kind: string, option: string, factor: PictureFactor, rule: FactorRule): Bounds {
  const [least, most] = rule.within;
  if (typeof factor === "number") {
    const high = Math.abs(numberWithin(kind, option, factor, least, most));
    const low = rule.low ?? Math.max(-high, least);
    return [low === "negative" ? -high : low, high];
  }
  if (!Array.isArray(factor) || factor.length !== 2) {
    throw new SinterError("option", `${kind}: ${option} is ${JSON.stringify(factor)}. Give a number or [low, high].`, {
      option,
      value: factor,
    });
  }
  const [one = 0, other = 0] = factor.map((bound) => numberWithin(kind, option, bound, least, most));
  return [Math.min(one, other), Math.max(one, other)];
}

/** What the least and the largest value of a pixel stand for. @throws option */
export function checkValueRange(kind: string, range: Bounds = [0, 255]): Bounds {
  const [low, high] = range.map((bound) => numberWithin(kind, "valueRange", bound));
  if (range.length === 2 && low !== undefined && high !== undefined && low < high) return [low, high];
  throw new SinterError(
    "option",
    `${kind}: valueRange is ${JSON.stringify(range)}. Give two numbers, the smaller first, as [0, 255].`,
    { valueRange: range },
  );
}

/** Values of one range as values of another. */
export function toRange(images: Tensor, from: Bounds, to: Bounds): Tensor {
  if (from[0] === to[0] && from[1] === to[1]) return images;
  return images
    .sub(from[0])
    .div(from[1] - from[0])
    .mul(to[1] - to[0])
    .add(to[0]);
}

/** Values clipped to a range. */
export function clipTo(images: Tensor, [low, high]: Bounds): Tensor {
  return images.clip(low, high);
}
