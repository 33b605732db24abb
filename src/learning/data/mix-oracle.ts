// What random erasing, MixUp and CutMix mean, in plain loops and double precision: the oracle of the batched operations in
// tests. Slow; nothing but tests calls it.

import type { OraclePicture } from "#learning/data/augment-oracle.ts";
import type { Box } from "#learning/data/box.ts";
import type { Mixing } from "#learning/data/mix.ts";

/** The picture with its box filled. @param fill the value of a channel */
export function erasePicture(picture: OraclePicture, box: Box, fill: (channel: number) => number): Float64Array {
  return Float64Array.from(picture.data, (value, index) =>
    isInside(picture, box, index) ? fill(index % picture.channels) : value,
  );
}

/** A picture mixed with its partner. */
export function mixPictures(
  picture: OraclePicture,
  partner: OraclePicture,
  { box, pixelShare }: Pick<Mixing, "box" | "pixelShare">,
): Float64Array {
  return Float64Array.from(picture.data, (value, index) =>
    isInside(picture, box, index) ? pixelShare * value + (1 - pixelShare) * (partner.data[index] ?? 0) : value,
  );
}

function isInside({ channels, width }: OraclePicture, { top, bottom, left, right }: Box, index: number): boolean {
  const row = Math.floor(index / channels / width);
  const column = Math.floor(index / channels) % width;
  return row >= top && row < bottom && column >= left && column < right;
}
