// Whole numbers of 64 bits as two i32 halves, which tensors have not: what hashes are made of. They wrap.

import { full } from "#engine/tensor/create.ts";
import { bitwiseAnd, bitwiseOr, bitwiseXor, shiftLeft, shiftRightLogical } from "#engine/tensor/bits.ts";
import { keep } from "#engine/tensor/keep.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

/** high · 2^32 + low, both as words without sign; i32, broadcast. */
export interface Wide {
  readonly high: Tensor;
  readonly low: Tensor;
}

/** A constant. */
export function wide(value: bigint): Wide {
  const word = (bits: bigint): Tensor => full([], Number(BigInt.asIntN(32, bits)), { dtype: "i32" });
  return { high: word(value >> 32n), low: word(value) };
}

/** i32 with its sign. */
export function widened(x: Tensor): Wide {
  return { high: where(x.less(0), -1, 0).cast("i32"), low: x };
}

export function addWide(a: Wide, b: Wide): Wide {
  const low = a.low.add(b.low);
  const carry = withoutSign(low).less(withoutSign(a.low)).cast("i32");
  return { high: a.high.add(b.high).add(carry), low };
}

/** Moved so that the order of words without sign is that of words with one. */
function withoutSign(word: Tensor): Tensor {
  return bitwiseXor(word, -(2 ** 31));
}

/** The same number, kept in memory: see `keep`. */
export function keptWide({ high, low }: Wide): Wide {
  return { high: keep(high), low: keep(low) };
}

/** The lower 64 bits of the product, by halves of 16 bits. */
export function multiplyWide(a: Wide, b: Wide): Wide {
  const [a0, a1] = halvesOf(a.low);
  const [b0, b1] = halvesOf(b.low);
  const [p00, p01, p10, p11] = [a0.mul(b0), a0.mul(b1), a1.mul(b0), a1.mul(b1)];
  const middle = shiftRightLogical(p00, 16).add(bitwiseAnd(p01, 0xffff)).add(bitwiseAnd(p10, 0xffff));
  const low = bitwiseOr(bitwiseAnd(p00, 0xffff), shiftLeft(middle, 16));
  const high = p11.add(shiftRightLogical(p01, 16)).add(shiftRightLogical(p10, 16)).add(shiftRightLogical(middle, 16));
  return keptWide({ high: high.add(a.low.mul(b.high)).add(a.high.mul(b.low)), low });
}

function halvesOf(word: Tensor): readonly [low: Tensor, high: Tensor] {
  return [bitwiseAnd(word, 0xffff), shiftRightLogical(word, 16)];
}

export function xorWide(a: Wide, b: Wide): Wide {
  return { high: bitwiseXor(a.high, b.high), low: bitwiseXor(a.low, b.low) };
}

/** @param count 33 to 63 */
export function shiftRightWide({ high }: Wide, count: number): Wide {
  return { high: high.mul(0), low: shiftRightLogical(high, count - 32) };
}

/** @param count 1 to 63 */
export function rotateRightWide({ high, low }: Wide, count: number): Wide {
  const [upper, lower] = count < 32 ? [high, low] : [low, high];
  const rest = count % 32;
  if (rest === 0) return { high: upper, low: lower };
  const joined = (right: Tensor, left: Tensor): Tensor =>
    bitwiseOr(shiftRightLogical(right, rest), shiftLeft(left, 32 - rest));
  return { high: joined(upper, lower), low: joined(lower, upper) };
}

/** `a` where the condition holds, else `b`. */
export function whereWide(condition: Tensor, a: Wide, b: Wide): Wide {
  return { high: where(condition, a.high, b.high), low: where(condition, a.low, b.low) };
}

/** The rest of the division by a number up to 2^23, of a word without sign: byte after byte. i32 */
export function moduloWide({ high, low }: Wide, divisor: number): Tensor {
  let rest = high.mul(0);
  for (const word of [high, low]) {
    for (const shift of [24, 16, 8, 0]) {
      const byte = bitwiseAnd(shiftRightLogical(word, shift), 0xff);
      rest = rest.mul(256).add(byte).mod(divisor);
    }
  }
  return rest;
}
