// sin and cos as polynomials in the kernel language, for scalars and vectors alike; accurate for |x| ≤ 2¹⁵, and between
// -1 and 1 beyond. Coefficients come from scripts/polynomials.py.

import {
  add,
  binaryValue,
  fma,
  int,
  multiply,
  selectValue,
  subtract,
  type KernelBuilder,
  type Value,
} from "#engine/graph/kernel.ts";
import {
  and,
  atLeast,
  atMost,
  bitsOf,
  floatLike,
  floatOf,
  intLike,
  nearestInteger,
  notEqual,
  polynomial,
  signBits,
  xor,
  abs,
} from "./math-parts.ts";

/** π / 2 in parts of 9 bits, whose products with an integer below 2¹⁵ are exact, and the rest. */
const halfPi = [
  1.5703125, 0.00048351287841796875, 3.1385570764541626e-7, 6.070877134334296e-11, 6.22337196966998e-14,
] as const;
const sinTail = [-0.166666672, 0.0083333794, -0.000198530237, 2.83168856e-6];
const cosTail = [0.0416666456, -0.00138873048, 2.44314215e-5];

/**
 * sin x.
 * @source Cody and Waite, Software Manual for the Elementary Functions, chapter 8 (the reduction)
 */
export function emitSin(k: KernelBuilder, x: Value): Value {
  return circular(k, k.let(abs(x)), 0, signBits(x));
}

/** cos x, as the sine a quarter turn later. */
export function emitCos(k: KernelBuilder, x: Value): Value {
  return circular(k, k.let(abs(x)), 1, intLike(x, 0));
}

/** sin(size + turns · π / 2), its sign flipped by `sign`. */
function circular(k: KernelBuilder, size: Value, turns: number, sign: Value): Value {
  const { n, shifted } = nearestInteger(k, size, 2 / Math.PI);
  const r = remainder(k, size, n);
  const square = k.let(multiply(r, r));
  const sine = fma(multiply(square, r), polynomial(square, sinTail), r);
  const fourth = multiply(square, square);
  const straight = fma(square, floatLike(size, -0.5), floatLike(size, 1));
  const cosine = fma(fourth, polynomial(square, cosTail), straight);
  const quadrant = k.let(add(bitsOf(shifted), intLike(size, turns)));
  const isOdd = notEqual(and(quadrant, intLike(size, 1)), intLike(size, 0));
  const flip = binaryValue("shiftLeft", and(quadrant, intLike(size, 2)), int(30));
  return floatOf(xor(bitsOf(selectValue(isOdd, cosine, sine)), xor(flip, sign)));
}

/** size - n π / 2, rounded once: near 0 each step is exact, elsewhere the errors of two are carried to the last. */
function remainder(k: KernelBuilder, size: Value, n: Value): Value {
  const [a, b, c, d, e] = halfPi;
  const less = (value: Value, part: number): Value => fma(n, floatLike(size, -part), value);
  const second = k.let(less(less(size, a), b));
  const third = k.let(less(second, c));
  const fourth = k.let(less(third, d));
  const lost = add(less(subtract(second, third), c), less(subtract(third, fourth), d));
  const fine = add(fourth, less(lost, e));
  const bound = 0.7894; // π / 4, and what the error of n = 2¹⁵ in f32 adds
  return k.let(atLeast(atMost(k.let(fine), floatLike(size, bound)), floatLike(size, -bound)));
}
