// What a picture looks like in 768 bytes, and whether two look alike: tells copies that were resized or compressed again
// from other pictures. Decodes nothing.

import { resample, type Pixels } from "#engine/base/resample.ts";

/** Side of the thumbnail that pictures are compared by. */
const side = 16;
const numValues = side * side * 3;
/** Blocks of the coarse thumbnail; its distance is never larger than that of the fine one. */
const coarseSide = 4;

/**
 * Two pictures are near when the root mean square of their thumbnails' difference is at most
 * `noise + share · contrast`, and never more than `most`. Of 549 stamps, copies resized to 50 % or more and compressed at
 * quality 30 or more lie below a share of 0.15 where 40 pixels are left; the nearest two stamps that differ lie at 0.21.
 */
const nearness = { noise: 2.5, share: 0.18, most: 18 } as const;

/** A picture made small, and how much goes on in it. */
export interface Signature {
  /** u8 [16, 16, 3] */
  readonly fine: Uint8Array;
  /** [4, 4, 3], means of the fine one. */
  readonly coarse: Float32Array;
  /** Standard deviation of the fine thumbnail about the mean of its channels, 0 to 128. */
  readonly contrast: number;
}

/** The signature of a picture of any size, RGB. */
export function signatureOf(picture: Pixels): Signature {
  const fine = resample(picture, [side, side], "bilinear").data;
  return { fine, coarse: coarseOf(fine), contrast: contrastOf(fine) };
}

/** The largest distance at which any two pictures are near. */
export const mostNear: number = nearness.most;

/** Whether two pictures look alike: one may be a resized or recompressed copy of the other. */
export function isNear(left: Signature, right: Signature): boolean {
  const contrast = Math.min(left.contrast, right.contrast);
  const bound = Math.min(nearness.most, nearness.noise + nearness.share * contrast);
  if (squaredDistance(left.coarse, right.coarse) > bound * bound * left.coarse.length) return false;
  return squaredDistance(left.fine, right.fine) <= bound * bound * numValues;
}

function squaredDistance(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    sum += difference * difference;
  }
  return sum;
}

function coarseOf(fine: Uint8Array): Float32Array {
  const coarse = new Float32Array(coarseSide * coarseSide * 3);
  const block = side / coarseSide;
  for (let index = 0; index < fine.length; index += 1) {
    const pixel = Math.floor(index / 3);
    const row = Math.floor(pixel / side / block);
    const column = Math.floor((pixel % side) / block);
    const at = (row * coarseSide + column) * 3 + (index % 3);
    coarse[at] = (coarse[at] ?? 0) + (fine[index] ?? 0) / (block * block);
  }
  return coarse;
}

function contrastOf(fine: Uint8Array): number {
  const [sums, squares] = [Float64Array.of(0, 0, 0), Float64Array.of(0, 0, 0)];
  fine.forEach((value, index) => {
    sums[index % 3] = (sums[index % 3] ?? 0) + value;
    squares[index % 3] = (squares[index % 3] ?? 0) + value * value;
  });
  const count = side * side;
  const variances = sums.map((sum, channel) => (squares[channel] ?? 0) / count - (sum / count) ** 2);
  return Math.sqrt(variances.reduce((total, variance) => total + Math.max(0, variance), 0) / 3);
}
