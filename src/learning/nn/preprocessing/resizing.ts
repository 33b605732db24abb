// Layers that give pictures another size: resized, or a window of them.

import { SinterError } from "#engine/base/error.ts";
import { choice, integer, numberWithin } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import { arange, tensor } from "#engine/tensor/create.ts";
import { dot } from "#engine/tensor/math.ts";
import { fold, uniform } from "#engine/tensor/random.ts";
import { readPixels } from "#engine/tensor/sample-pixels.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { withoutUndefined } from "../dense.ts";
import { makeLayer, single, singleOfRank, type Layer, type SpatialOptions, type SampleType } from "../layer.ts";
import { pictureKey, type RandomPictureOptions } from "./picture-layer.ts";
import { interpolations, resizeWeights, type ResizeInterpolation } from "./resize-weights.ts";

export interface PictureSizeOptions extends SpatialOptions {
  /** Rows of the result. */
  readonly height: number;
  readonly width: number;
}

export interface ResizingOptions extends PictureSizeOptions {
  /** "bilinear" by default. */
  readonly interpolation?: ResizeInterpolation | undefined;
  /** Takes the largest window in the middle that has the result's shape, instead of distorting. */
  readonly cropToAspectRatio?: boolean | undefined;
  /** Adds a border that gives the picture the result's shape, instead of distorting. */
  readonly padToAspectRatio?: boolean | undefined;
  /** What the border holds: fillValue, the only mode Keras has here. */
  readonly fillMode?: "constant" | undefined;
  readonly fillValue?: number | undefined;
  /** Whether pixels that are left out count too, so that fine patterns vanish rather than become coarse ones. */
  readonly antialias?: boolean | undefined;
}

/**
 * Pictures of another size, in training and after it: along each axis a weighted sum of pixels. f32, unrounded (Keras
 * rounds pictures of whole numbers).
 * Cost: 2 · (height · rows · columns + height · width · columns) · channels flops a picture.
 * @source Keras 3.15, layers.Resizing
 */
export function resizing(options: ResizingOptions): Layer {
  const kind = "resizing";
  const rule = checkResizing(kind, options);
  return sizedLayer({
    kind,
    className: "Resizing",
    options,
    known: Object.keys(rule),
    config: { ...rule },
    call: (_weights, inputs) => ({ outputs: [resized(single(inputs, kind).cast("f32"), rule)] }),
  });
}

export interface ResizeRule {
  readonly height: number;
  readonly width: number;
  readonly interpolation: ResizeInterpolation;
  readonly cropToAspectRatio: boolean;
  readonly padToAspectRatio: boolean;
  readonly fillMode: "constant";
  readonly fillValue: number;
  readonly antialias: boolean;
}

function checkResizing(kind: string, options: ResizingOptions): ResizeRule {
  const { cropToAspectRatio = false, padToAspectRatio = false, antialias = false } = options;
  if (cropToAspectRatio && padToAspectRatio) {
    throw new SinterError("option", `${kind}: cropToAspectRatio and padToAspectRatio. Leave one out.`);
  }
  return {
    height: integer(kind, "height", options.height),
    width: integer(kind, "width", options.width),
    interpolation: choice(kind, "interpolation", options.interpolation ?? "bilinear", interpolations),
    cropToAspectRatio,
    padToAspectRatio,
    fillMode: choice(kind, "fillMode", options.fillMode ?? "constant", ["constant"]),
    fillValue: numberWithin(kind, "fillValue", options.fillValue ?? 0),
    antialias,
  };
}

/** f32 [n, rows, columns, channels] to [n, height, width, channels]. */
export function resized(images: Tensor, rule: ResizeRule): Tensor {
  const { height, width, interpolation, antialias } = rule;
  const source = rule.cropToAspectRatio
    ? croppedLike(images, height, width)
    : rule.padToAspectRatio
      ? paddedLike(images, height, width, rule.fillValue)
      : images;
  const [, rows = 0, columns = 0] = source.shape;
  if (rows === height && columns === width) return source;
  const weights = (from: number, to: number): Tensor =>
    tensor(resizeWeights(from, to, interpolation, antialias), { shape: [to, from] });
  const down = dot(weights(rows, height), source, { leftContract: [1], rightContract: [1] }); // [height, n, columns, channels]
  const both = dot(weights(columns, width), down, { leftContract: [1], rightContract: [2] }); // [width, height, n, channels]
  return both.transpose([2, 1, 0, 3]);
}

/** Resized bilinearly from the largest window in the middle that has the size's shape. */
function resizedWindow(images: Tensor, height: number, width: number): Tensor {
  return resized(images, checkResizing("resizing", { height, width, cropToAspectRatio: true }));
}

function croppedLike(images: Tensor, height: number, width: number): Tensor {
  const [, rows = 0, columns = 0] = images.shape;
  const cropRows = Math.max(1, Math.min(rows, Math.trunc((columns * height) / width)));
  const cropColumns = Math.max(1, Math.min(columns, Math.trunc((rows * width) / height)));
  const [top, left] = [Math.trunc((rows - cropRows) / 2), Math.trunc((columns - cropColumns) / 2)];
  return images.slice([0, top, left, 0], [-1, cropRows, cropColumns, -1]);
}

/** The same border on both sides, so that an odd pixel is left out. */
function paddedLike(images: Tensor, height: number, width: number, fillValue: number): Tensor {
  const [, rows = 0, columns = 0] = images.shape;
  const padRows = Math.max(rows, Math.trunc((columns * height) / width));
  const padColumns = Math.max(columns, Math.trunc((rows * width) / height));
  const border = [0, Math.trunc((padRows - rows) / 2), Math.trunc((padColumns - columns) / 2), 0];
  return images.pad(border, border, fillValue);
}

/**
 * The middle of pictures, in training and after it. Of smaller pictures the largest window of the same shape, enlarged.
 * @source Keras 3.15, layers.CenterCrop
 */
export function centerCrop(options: PictureSizeOptions): Layer {
  const kind = "centerCrop";
  const [height, width] = sizeOption(kind, options);
  return sizedLayer({
    kind,
    className: "CenterCrop",
    options,
    known: ["height", "width"],
    config: { height, width },
    call: (_weights, inputs) => {
      const images = single(inputs, kind).cast("f32");
      const [, rows = 0, columns = 0] = images.shape;
      if (rows < height || columns < width) return { outputs: [resizedWindow(images, height, width)] };
      const start = [0, Math.floor((rows - height) / 2), Math.floor((columns - width) / 2), 0];
      return { outputs: [images.slice(start, [-1, height, width, -1])] };
    },
  });
}

export interface RandomCropOptions extends PictureSizeOptions, RandomPictureOptions {}

/**
 * When training a window of each picture, drawn by chance. Otherwise, and of pictures that are not larger on both sides,
 * the largest window in the middle that has the size's shape, resized: what Keras describes, not what its code does.
 * @source Keras 3.15, layers.RandomCrop, which draws one window a batch
 */
export function randomCrop(options: RandomCropOptions): Layer {
  const kind = "randomCrop";
  const [height, width] = sizeOption(kind, options);
  const { seed } = options;
  if (seed !== undefined) integer(kind, "seed", seed, 0);
  return sizedLayer({
    kind,
    className: "RandomCrop",
    options,
    known: ["height", "width", "seed"],
    config: withoutUndefined({ height, width, seed }),
    call: (_weights, inputs, { training, key }) => {
      const images = single(inputs, kind).cast("f32");
      const [, rows = 0, columns = 0] = images.shape;
      if (!training || rows <= height || columns <= width) return { outputs: [resizedWindow(images, height, width)] };
      const { top, left } = drawWindows(pictureKey(kind, key, seed), images.shape, height, width);
      return { outputs: [windowsOf(images, { top, left }, height, width)] };
    },
  });
}

/** Upper left corners, i32 [n, 1, 1] each. */
export interface WindowDraws {
  readonly top: Tensor;
  readonly left: Tensor;
}

export function drawWindows(key: Tensor, shape: Shape, height: number, width: number): WindowDraws {
  const [numPictures = 1, rows = 1, columns = 1] = shape;
  const drawn = (number: number, numPlaces: number): Tensor =>
    uniform(fold(key, number), [numPictures, 1, 1]).mul(numPlaces).floor().cast("i32");
  return { top: drawn(0, rows - height + 1), left: drawn(1, columns - width + 1) };
}

/** The window of each picture that begins at its corner: [n, height, width, channels]. */
export function windowsOf(images: Tensor, { top, left }: WindowDraws, height: number, width: number): Tensor {
  const shape = [images.shape[0] ?? 0, height, width];
  const row = top.add(arange(height).reshape([1, height, 1])).broadcastTo(shape);
  const column = left.add(arange(width).reshape([1, 1, width])).broadcastTo(shape);
  return readPixels(images, row, column);
}

function sizeOption(kind: string, { height, width }: PictureSizeOptions): readonly [number, number] {
  return [integer(kind, "height", height), integer(kind, "width", width)];
}

type SizedParts = Omit<Parameters<typeof makeLayer>[0], "outputTypes"> & { readonly options: PictureSizeOptions };

/** A layer whose pictures have the size of its options. */
function sizedLayer(parts: SizedParts): Layer {
  const { height, width } = parts.options;
  const outputTypes = (inputs: readonly SampleType[], label: string): SampleType[] => {
    const { shape } = singleOfRank(inputs, 3, label);
    return [{ shape: [height, width, shape[2] ?? 1], dtype: "f32" }];
  };
  return makeLayer({ ...parts, numSpatialAxes: 2, outputTypes });
}
