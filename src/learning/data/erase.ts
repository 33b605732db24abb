// Random erasing: which rectangle of a sample is erased, in one epoch. Pure host code; pixels are changed on the device.

import { type Box, boxOf, emptyBox, type Factor, withinFactor } from "#learning/data/box.ts";
import { drawUniform } from "#learning/data/order.ts";

/** Names and meaning as in Keras's RandomErasing. */
export interface RandomErasingOptions {
  /**
   * How likely a picture is erased. A number p draws the likelihood from [0, p] for each picture, as Keras does: of
   * factor 1 every other picture is erased. [1, 1] erases all. Default 1.
   */
  readonly factor?: Factor;
  /** Share of the picture that is drawn for each side, the root of it taken. Default [0.02, 0.33]. */
  readonly scale?: Factor;
  /** What the rectangle holds: a value, one a channel, or null for noise; 0 to 255. Default null. */
  readonly fillValue?: number | readonly number[] | null;
}

/** Of one sample: two blocks of four numbers. */
const blocksPerSample = 2;

/**
 * The rectangle that is erased of a sample in one epoch, empty for none: a pure function of its arguments.
 * @source Zhong et al. 2017, Random Erasing Data Augmentation; Keras 3.15, RandomErasing
 */
export function drawErasing(
  { factor = 1, scale = [0.02, 0.33] }: RandomErasingOptions,
  { seed, epoch, index }: { readonly seed: number; readonly epoch: number; readonly index: number },
  height: number,
  width: number,
): Box {
  const [chance, limit, tall, wide] = drawUniform(seed, "erase", epoch, index * blocksPerSample);
  const [down, across] = drawUniform(seed, "erase", epoch, index * blocksPerSample + 1);
  if (chance >= withinFactor(factor, limit)) return emptyBox;
  const shares = { height: Math.sqrt(withinFactor(scale, tall)), width: Math.sqrt(withinFactor(scale, wide)) };
  return boxOf({ ...shares, down, across }, height, width);
}

/** The key of a batch's noise, named by its first sample. @returns i32 [2] */
export function noiseKey({
  seed,
  epoch,
  indices,
}: {
  readonly seed: number;
  readonly epoch: number;
  readonly indices: readonly number[];
}): Int32Array<ArrayBuffer> {
  const [high, low] = drawUniform(seed, "noise", epoch, indices[0] ?? 0);
  return Int32Array.of((high * 2 ** 32) | 0, (low * 2 ** 32) | 0);
}
