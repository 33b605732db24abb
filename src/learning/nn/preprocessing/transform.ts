// Pictures read through projective maps, as TensorFlow reads them: what rotation, zoom, translation, shear and perspective
// share. Draws nothing.

import { choice, numberWithin } from "#engine/base/options.ts";
import { arange, full } from "#engine/tensor/create.ts";
import { concat, where } from "#engine/tensor/math.ts";
import { readBetween, readPixels, type Neighbours } from "#engine/tensor/sample-pixels.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { RandomPictureOptions } from "./picture-layer.ts";

/** What a place outside of the picture is: a value, the nearest edge, the picture repeated, or the picture mirrored. */
export type PictureFillMode = "constant" | "nearest" | "wrap" | "reflect";

/** How places between pixels are read. */
export interface TransformRule {
  readonly interpolation: "nearest" | "bilinear";
  readonly fillMode: PictureFillMode;
  readonly fillValue: number;
}

/** Options of layers that move pictures. */
export interface TransformOptions extends RandomPictureOptions {
  /** "bilinear" by default. */
  readonly interpolation?: "nearest" | "bilinear" | undefined;
  /** "reflect" by default. */
  readonly fillMode?: PictureFillMode | undefined;
  /** Of fillMode "constant"; 0 by default. */
  readonly fillValue?: number | undefined;
}

/** The rule that options mean. @throws option */
export function transformRule(kind: string, options: TransformOptions): TransformRule {
  return {
    interpolation: choice(kind, "interpolation", options.interpolation ?? "bilinear", ["nearest", "bilinear"]),
    fillMode: choice(kind, "fillMode", options.fillMode ?? "reflect", ["constant", "nearest", "wrap", "reflect"]),
    fillValue: numberWithin(kind, "fillValue", options.fillValue ?? 0),
  };
}

/**
 * Each picture read through its own map: pixel (x, y) of the result is the input's value at
 * ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k), k = c0 x + c1 y + 1; x counts columns, y rows.
 * @param images f32 [n, height, width, channels]
 * @param transforms f32 [n, 8]: a0, a1, a2, b0, b1, b2, c0, c1; [n, 6] where c0 and c1 are 0
 * @returns f32 [n, height, width, channels]
 * @source Keras 3.15, ops.image.affine_transform; TensorFlow, ImageProjectiveTransformV3
 */
export function transformPictures(images: Tensor, transforms: Tensor, rule: TransformRule): Tensor {
  const { interpolation, fillMode, fillValue } = rule;
  const [, height = 0, width = 0] = images.shape;
  const { x, y } = placesOf(transforms, height, width);
  const rows = foldPlace(y, height, rule);
  const columns = foldPlace(x, width, rule);
  // Outside lies a frame of the fill value: what is between it and the edge is a mixture of both.
  const source = fillMode === "constant" ? images.pad([0, 1, 1, 0], [0, 1, 1, 0], fillValue) : images;
  if (interpolation === "nearest") return readPixels(source, rows.cast("i32"), columns.cast("i32"));
  const [, numRows = 0, numColumns = 0] = source.shape;
  return readBetween(source, neighboursOf(rows, numRows), neighboursOf(columns, numColumns));
}

/** Where each pixel is read: f32 [n, height, width] each. */
function placesOf(transforms: Tensor, height: number, width: number): { readonly x: Tensor; readonly y: Tensor } {
  const [numPictures = 0, numColumns = 0] = transforms.shape;
  const row = arange(height, { dtype: "f32" }).reshape([1, height, 1]);
  const column = arange(width, { dtype: "f32" }).reshape([1, 1, width]);
  const at = (index: number): Tensor => transforms.slice([0, index], [numPictures, 1]).reshape([numPictures, 1, 1]);
  const linear = (first: number): Tensor =>
    at(first)
      .mul(column)
      .add(at(first + 1).mul(row));
  const [x, y] = [linear(0).add(at(2)), linear(3).add(at(5))];
  if (numColumns === 6) return { x, y };
  const k = linear(6).add(1);
  return { x: x.div(k), y: y.div(k) };
}

/** A place outside as a place inside, by the fill mode's rule; of "constant" in a picture with a frame of one pixel. */
function foldPlace(place: Tensor, extent: number, { interpolation, fillMode }: TransformRule): Tensor {
  const isNearest = interpolation === "nearest";
  if (fillMode === "constant") return (isNearest ? roundAway(place) : place).add(1).clip(0, extent + 1);
  const folded = (fillMode === "reflect" ? reflected(place, extent) : repeated(place, extent, fillMode)).clip(
    0,
    extent - 1,
  );
  return isNearest ? folded.add(0.5).floor() : folded;
}

/** Halves go away from 0, as in C. */
function roundAway(place: Tensor): Tensor {
  return where(place.less(0), place.sub(0.5).ceil(), place.add(0.5).floor());
}

/** d c b a | a b c d | d c b a */
function reflected(place: Tensor, extent: number): Tensor {
  const period = 2 * extent;
  const inPeriod = place.sub(place.div(period).floor().mul(period));
  return where(inPeriod.greaterEqual(extent), inPeriod.neg().add(period - 1), inPeriod);
}

/** a b c d | a b c d | a b c d: TensorFlow moves a place by whole pictures, which it counts in steps of extent - 1. */
function repeated(place: Tensor, extent: number, fillMode: "nearest" | "wrap"): Tensor {
  if (fillMode === "nearest" || extent === 1) return place;
  const last = extent - 1;
  const numBefore = place.neg().div(last).floor().add(1);
  const numAfter = place.div(last).floor();
  const moved = where(place.greater(last), place.sub(numAfter.mul(extent)), place);
  return where(place.less(0), place.add(numBefore.mul(extent)), moved);
}

function neighboursOf(place: Tensor, extent: number): Neighbours {
  const below = place.floor();
  const first = below.cast("i32");
  return { first, second: first.add(1).minimum(extent - 1), weight: place.sub(below) };
}

/** Columns [n, 1] side by side, a number as a column of itself: [n, k]. */
export function transformTable(numPictures: number, columns: readonly (Tensor | number)[]): Tensor {
  return concat(
    columns.map((column) => (typeof column === "number" ? full([numPictures, 1], column) : column)),
    1,
  );
}
