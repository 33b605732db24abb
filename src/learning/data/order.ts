// Numbers of a data set that must repeat: the order of an epoch and the draws of a sample. Pure functions of
// (seed, epoch, index), so a run that is resumed at any step sees what the first run saw.

import { SinterError } from "#engine/base/error.ts";
import { philox } from "#engine/base/philox.ts";

/** What a drawn number is for; keeps the streams of one seed apart. */
export type DrawPurpose =
  | "order"
  | "augment"
  | "split"
  | "window"
  | "mix"
  | "erase"
  | "noise"
  | "randAugment"
  | "oversample"
  | "sample";

const streams: Readonly<Record<DrawPurpose, number>> = {
  order: 1,
  augment: 2,
  split: 3,
  window: 4,
  mix: 5,
  erase: 6,
  noise: 7,
  randAugment: 8,
  oversample: 9,
  sample: 10,
};
/** Fourth counter word of every draw here ("data"): no layer's random numbers come from the same counters. */
const domain = 0x64617461;

/**
 * Four numbers in [0, 1), uniform, for a seed and a place.
 * @param block which four numbers of the same epoch and purpose
 */
export function drawUniform(
  seed: number,
  purpose: DrawPurpose,
  epoch: number,
  block: number,
): [number, number, number, number] {
  const key = [seed | 0, Math.floor(seed / 2 ** 32) | 0] as const;
  const [a, b, c, d] = philox([block | 0, epoch | 0, streams[purpose], domain], key);
  return [toUnit(a), toUnit(b), toUnit(c), toUnit(d)];
}

/** Infinitely many uniform numbers in [0, 1) of one stream. */
export function* uniformStream(seed: number, purpose: DrawPurpose, epoch: number): Generator<number, never> {
  for (let block = 0; ; block += 1) yield* drawUniform(seed, purpose, epoch, block);
}

/**
 * The numbers 0 to `size` - 1 in the order of an epoch (Fisher-Yates).
 * @source Knuth, The Art of Computer Programming 2, algorithm 3.4.2P
 */
export function permutation(
  size: number,
  seed: number,
  epoch: number,
  purpose: DrawPurpose = "order",
): Int32Array<ArrayBuffer> {
  const order = Int32Array.from({ length: size }, (_, index) => index);
  const uniforms = uniformStream(seed, purpose, epoch);
  for (let last = size - 1; last > 0; last -= 1) {
    const chosen = Math.floor(uniforms.next().value * (last + 1));
    const held = order[last] ?? 0;
    order[last] = order[chosen] ?? 0;
    order[chosen] = held;
  }
  return order;
}

/** Fails unless the seed is an integer that a double holds exactly. @throws option */
export function checkSeed(seed: number, name: string): void {
  if (Number.isSafeInteger(seed)) return;
  throw new SinterError("option", `${name}: seed ${seed} is no integer. Use one from 0 to 2^53 - 1.`, { seed });
}

function toUnit(word: number): number {
  return (word >>> 0) / 2 ** 32;
}
