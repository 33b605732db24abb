// log and log1p as polynomials in the kernel language, for scalars and vectors alike.
// Coefficients come from scripts/polynomials.py.

import {
  add,
  binaryValue,
  fma,
  int,
  less,
  multiply,
  selectValue,
  subtract,
  unaryValue,
  type KernelBuilder,
  type Value,
} from "#engine/graph/kernel.ts";
import { bitsOf, equal, floatLike, floatOf, intLike, keepHuge, ln2, negate, polynomial } from "./math-parts.ts";

const tail = [
  0.333333135, -0.250000089, 0.200021192, -0.166679963, 0.142195523, -0.124055915, 0.118881591, -0.116756342,
  0.0674662665,
];

/** The smallest normal f32. */
export const smallestNormal: number = 2 ** -126;

/** x = 2ⁿ (1 + f), with 1 + f between the bounds. */
export interface Decomposed {
  readonly n: Value;
  readonly significand: Value;
  /** n · 2²³ as bits. */
  readonly step: Value;
}

/** Splits off the power of two. @param x a local, normal and positive @param lowest bits of the least significand */
export function decompose(k: KernelBuilder, x: Value, lowest: number): Decomposed {
  const exponent = k.let(binaryValue("shiftRight", subtract(bitsOf(x), intLike(x, lowest)), int(23)));
  const step = k.let(binaryValue("shiftLeft", exponent, int(23)));
  return {
    n: k.let(unaryValue("toF32", exponent)),
    significand: k.let(floatOf(subtract(bitsOf(x), step))),
    step,
  };
}

/** √½ as bits. */
const rootHalf = 0x3f3504f3;

/** ln x; a denormal counts as 0. */
export function emitLog(k: KernelBuilder, x: Value): Value {
  const { n, significand } = decompose(k, x, rootHalf);
  const f = k.let(subtract(significand, floatLike(x, 1)));
  return special(x, logarithm(k, n, f, multiply(n, floatLike(x, ln2.lower))));
}

/** n ln 2 + ln(1 + f), the lower part of n ln 2 being in `correction`. */
function logarithm(k: KernelBuilder, n: Value, f: Value, correction: Value): Value {
  const square = k.let(multiply(f, f));
  const cubic = fma(multiply(square, f), polynomial(f, tail), correction);
  const rest = fma(square, floatLike(f, -0.5), cubic);
  return fma(n, floatLike(f, ln2.upper), add(f, rest));
}

/** The logarithm's values outside the positive numbers. */
function special(x: Value, value: Value): Value {
  const none = selectValue(less(x, floatLike(x, 0)), floatLike(x, NaN), floatLike(x, -Infinity));
  return selectValue(less(x, floatLike(x, smallestNormal)), none, keepHuge(x, value));
}

/** ln(1 + x), exact to the last bits near 0: the rounding error c of u = 1 + x comes back as c / u. */
export function emitLog1p(k: KernelBuilder, x: Value): Value {
  const one = floatLike(x, 1);
  const u = k.let(add(x, one));
  const { n, significand, step } = decompose(k, u, rootHalf);
  const f = k.let(subtract(significand, one));
  const back = k.let(subtract(u, one));
  const lost = add(subtract(one, subtract(u, back)), subtract(x, back));
  const scale = floatOf(binaryValue("maximum", subtract(intLike(x, 0x3f800000), step), intLike(x, 0))); // 2⁻ⁿ or 0
  const c = k.let(multiply(lost, scale));
  // 1 / (1 + f) as 1 - f: c is below half a unit of u, f below 0.42.
  const quotient = fma(negate(f), c, c);
  const correction = k.let(fma(n, floatLike(x, ln2.lower), quotient));
  const value = special(u, logarithm(k, n, f, correction));
  return selectValue(equal(x, floatLike(x, 0)), x, value);
}
