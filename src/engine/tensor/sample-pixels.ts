// Reads pictures at places between their pixels, each picture at its own. Says nothing about what lies outside of them:
// whoever calls maps a place to two pixels that are inside.

import { arange } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

/** The two pixels of an axis that a place lies between. */
export interface Neighbours {
  /** i32 [n, height, width], inside the picture. */
  readonly first: Tensor;
  readonly second: Tensor;
  /** Of the second; f32, 0 to 1. */
  readonly weight: Tensor;
}

/**
 * On straight lines between the four pixels around each place.
 * @param images [n, rows, columns, channels]
 * @returns f32 [n, height, width, channels]
 */
export function readBetween(images: Tensor, rows: Neighbours, columns: Neighbours): Tensor {
  const columnWeight = columns.weight.expandDims(3);
  const across = (row: Tensor): Tensor =>
    mix(readPixels(images, row, columns.first), readPixels(images, row, columns.second), columnWeight);
  return mix(across(rows.first), across(rows.second), rows.weight.expandDims(3));
}

/**
 * The pixel at each place.
 * @param images [n, rows, columns, channels]
 * @param row i32 [n, height, width], inside the picture
 * @returns f32 [n, height, width, channels]
 */
export function readPixels(images: Tensor, row: Tensor, column: Tensor): Tensor {
  const [numPictures = 0, height = 0, width = 0, channels = 0] = images.shape;
  const start = arange(numPictures)
    .mul(height * width)
    .reshape([numPictures, 1, 1]);
  const table = images.reshape([numPictures * height * width, channels]);
  return table.take(start.add(row.mul(width)).add(column)).cast("f32");
}

function mix(first: Tensor, second: Tensor, weight: Tensor): Tensor {
  return first.add(second.sub(first).mul(weight));
}
