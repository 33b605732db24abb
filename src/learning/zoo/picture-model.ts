// What the known picture classifiers share: their options, the end of the network, and short forms of what they repeat.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, integer } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import type { Activation } from "#learning/nn/activations.ts";
import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { model } from "#learning/train/functional.ts";
import type { Model } from "#learning/train/model.ts";

export interface PictureModelOptions {
  /** Whether the classifier is part of it; true. Without, the last feature maps come out. */
  readonly includeTop?: boolean;
  /** Height, width, channels; the published ones by default. Features of other sizes need `includeTop: false`. */
  readonly inputShape?: Shape;
  /** Without the top: the mean ("avg") or the largest ("max") of each feature map instead of the maps. */
  readonly pooling?: "avg" | "max";
  /** Of the classifier; 1000. */
  readonly classes?: number;
  /** Of the classifier; "softmax". "linear" gives logits. */
  readonly classifierActivation?: Activation;
  readonly name?: string;
  /** Of the first weights; 0. */
  readonly seed?: number;
}

/** Options that every model has. */
export const pictureOptions = [
  "includeTop",
  "inputShape",
  "pooling",
  "classes",
  "classifierActivation",
  "name",
  "seed",
  "weights",
] as const;

/** What a model is made of. */
export interface PictureModelParts {
  readonly name: string;
  readonly options: PictureModelOptions;
  /** Height and width it was published for. */
  readonly size: number;
  /** The least height and width of which features are left. */
  readonly leastSize: number;
  /** From pictures to feature maps [height, width, channels]. */
  readonly features: (picture: SymbolicTensor) => SymbolicTensor;
  /** From feature maps to classes; a mean of each map and a dense layer where nothing is said. */
  readonly top?: (maps: SymbolicTensor, end: Classifier) => SymbolicTensor;
  /** What comes after the features, pooled or not, where the top is left out. */
  readonly ending?: (features: SymbolicTensor) => SymbolicTensor;
}

export interface Classifier {
  readonly classes: number;
  readonly activation: Activation;
}

/** A model of its parts, with random weights. @throws option */
export function pictureModel({
  name,
  options,
  size,
  leastSize,
  features,
  top = meanAndDense,
  ending = (x) => x,
}: PictureModelParts): Model {
  const { includeTop = true, inputShape = [size, size, 3], pooling, classes = 1000 } = options;
  checkPicture(name, inputShape, leastSize);
  integer(name, "classes", classes);
  if (pooling !== undefined) {
    choice(name, "pooling", pooling, ["avg", "max"]);
    if (includeTop) {
      throw new SinterError("option", `${name}: pooling is for features. Set includeTop to false, or leave it out.`);
    }
  }
  const picture = layers.input({ shape: inputShape });
  const maps = features(picture);
  const end = { classes, activation: options.classifierActivation ?? "softmax" };
  const outputs = includeTop ? top(maps, end) : ending(pooled(maps, pooling));
  return model({ inputs: picture, outputs, name: options.name ?? name, seed: options.seed ?? 0 });
}

/** Checks the names of options. @param further those that only this model has */
export function checkPictureOptions(name: string, options: object, further: readonly string[] = []): void {
  checkOptions(name, options, [...pictureOptions, ...further]);
}

function checkPicture(name: string, shape: Shape, leastSize: number): void {
  const [height = 0, width = 0, channels = 0] = shape;
  const isPicture = shape.length === 3 && channels >= 1;
  if (isPicture && height >= leastSize && width >= leastSize) return;
  throw new SinterError(
    "option",
    `${name}: inputShape [${shape.join(", ")}]. Give [height, width, channels] of at least ${leastSize} x ${leastSize} pixels.`,
    { inputShape: shape },
  );
}

function pooled(maps: SymbolicTensor, pooling: "avg" | "max" | undefined): SymbolicTensor {
  if (pooling === undefined) return maps;
  const layer = pooling === "avg" ? layers.globalAveragePooling2d : layers.globalMaxPooling2d;
  return layer({ name: `${pooling}_pool` }).apply(maps);
}

/** The mean of each map, and a dense layer. */
export function meanAndDense(maps: SymbolicTensor, { classes, activation }: Classifier): SymbolicTensor {
  const mean = layers.globalAveragePooling2d({ name: "avg_pool" }).apply(maps);
  return layers.dense({ units: classes, activation, name: "predictions" }).apply(mean);
}

/** The channels of feature maps. */
export function channelsOf(maps: SymbolicTensor): number {
  return maps.type.shape[maps.type.shape.length - 1] ?? 1;
}

/** A number of channels made a multiple of eight, never more than a tenth below what was wanted. */
export function divisible(channels: number, unit = 8): number {
  const near = Math.max(unit, Math.floor((channels + unit / 2) / unit) * unit);
  return near < 0.9 * channels ? near + unit : near;
}

/** Zeros so that a window that steps by two begins where Keras's weights were trained: one less before, on even extents. */
export function padForStride(maps: SymbolicTensor, kernelSize: number, name: string): SymbolicTensor {
  const [height = 1, width = 1] = maps.type.shape;
  const half = Math.floor(kernelSize / 2);
  const borders = (extent: number): [number, number] => [half - (extent % 2 === 0 ? 1 : 0), half];
  return layers.zeroPadding2d({ padding: [borders(height), borders(width)], name }).apply(maps);
}

/** An activation as a layer of its own. */
export function activated(x: SymbolicTensor, activation: Activation, name: string): SymbolicTensor {
  return layers.activation({ activation, name }).apply(x);
}
