// What augmentation means, written for one picture in plain loops and double precision: the oracle of the batched
// operation in tests. Slow; nothing but tests calls it.

import type { AffineMatrix } from "#learning/data/affine.ts";
import type { Augmentation, AugmentOptions, FillMode } from "#learning/data/augment.ts";

/** A picture of any channels, 0 to 255. */
export interface OraclePicture {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: ArrayLike<number>;
}

/** The changed picture, unrounded: [height, width, channels]. */
export function augmentPicture(
  picture: OraclePicture,
  { matrix, brightness, channelShift }: Augmentation,
  options: Pick<AugmentOptions, "fillMode" | "cval" | "brightnessRange">,
): Float64Array {
  const moved = movePicture(picture, matrix, options.fillMode ?? "nearest", options.cval ?? 0);
  let [low, high] = [Infinity, -Infinity];
  for (const value of moved) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const shifted = moved.map((value) => Math.min(high, Math.max(low, value + channelShift)));
  if (options.brightnessRange === undefined) return shifted;
  return shifted.map((value) => Math.min(255, Math.max(0, Math.floor(Math.floor(value) * brightness))));
}

/** The picture moved, bilinear. */
export function movePicture(picture: OraclePicture, matrix: AffineMatrix, fillMode: FillMode, cval = 0): Float64Array {
  const { height, width, channels } = picture;
  const [rowByRow, rowByColumn, row0, columnByRow, columnByColumn, column0] = matrix;
  const moved = new Float64Array(height * width * channels);
  for (let index = 0; index < moved.length; index += 1) {
    const row = Math.floor(index / channels / width);
    const column = Math.floor(index / channels) % width;
    const y = rowByRow * row + rowByColumn * column + row0;
    const x = columnByRow * row + columnByColumn * column + column0;
    moved[index] = readBilinear(picture, { y, x, channel: index % channels }, fillMode, cval);
  }
  return moved;
}

function readBilinear(
  { height, width, channels, data }: OraclePicture,
  { y, x, channel }: { readonly y: number; readonly x: number; readonly channel: number },
  fillMode: FillMode,
  cval: number,
): number {
  const slack = 1e-4;
  const isOutside = y < -slack || x < -slack || y > height - 1 + slack || x > width - 1 + slack;
  if (fillMode === "constant" && isOutside) return cval;
  const rows = neighbours(y, height, fillMode);
  const columns = neighbours(x, width, fillMode);
  let sum = 0;
  for (const { at: row, weight: rowWeight } of rows) {
    for (const { at: column, weight } of columns) {
      sum += rowWeight * weight * (data[(row * width + column) * channels + channel] ?? 0);
    }
  }
  return sum;
}

function neighbours(
  place: number,
  extent: number,
  fillMode: FillMode,
): readonly { readonly at: number; readonly weight: number }[] {
  const v = fillMode === "wrap" && (place < 0 || place > extent - 1) ? modulo(place, extent - 1) : place;
  const inside = fillMode === "nearest" || fillMode === "constant" ? Math.min(extent - 1, Math.max(0, v)) : v;
  const first = Math.floor(inside);
  const weight = inside - first;
  return [
    { at: reflect(first, extent), weight: 1 - weight },
    { at: reflect(first + 1, extent), weight },
  ];
}

/** Mirrored with the edge repeated; what is inside stays. */
function reflect(index: number, extent: number): number {
  const folded = modulo(index, 2 * extent);
  return folded >= extent ? 2 * extent - 1 - folded : folded;
}

function modulo(value: number, period: number): number {
  return period === 0 ? 0 : value - period * Math.floor(value / period);
}
