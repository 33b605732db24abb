// power in the kernel language, for scalars and vectors alike: exp(y · ln |x|) with the logarithm as a sum of two f32, and
// IEEE 754's special cases. Only plain products and sums carry the lower parts, so a target's fused fma changes nothing.

import {
  add,
  binaryValue,
  fma,
  int,
  less,
  multiply,
  selectValue,
  subtract,
  type KernelBuilder,
  type Value,
} from "#engine/graph/kernel.ts";
import { decompose, smallestNormal } from "./math-logarithm.ts";
import {
  abs,
  and,
  atLeast,
  atMost,
  bitsOf,
  divide,
  equal,
  exponentStep,
  exponential,
  floatLike,
  floatOf,
  floor,
  intLike,
  ln2,
  not,
  notEqual,
  or,
  polynomial,
  reduceByLn2,
  signBits,
  upperHalf,
  xor,
} from "./math-parts.ts";

/** A sum of two f32, the second below half a unit of the first. */
interface Double {
  readonly upper: Value;
  readonly lower: Value;
}

/** √¾ as bits. */
const rootThreeQuarters = 0x3f5db3d7;
/** ln 1.5: 14 bits, and the rest. */
const lnThreeHalves = { upper: 0.40545654296875, lower: 8.56513906909951e-6 } as const;
const tail = [0.666666687, 0.399980575, 0.289683014];

/** x + y with its rounding error; |x| ≥ |y| or x = 0. @param x a local @param y a local */
function sum(k: KernelBuilder, x: Value, y: Value): Double {
  const upper = k.let(add(x, y));
  return { upper, lower: k.let(subtract(y, subtract(upper, x))) };
}

/**
 * ln x = n ln 2 + ln c + 2 artanh s, s = (m - c) / (m + c), with c = 1 or 1.5 so that |s| ≤ 0.1011.
 * @source Dekker, A floating-point technique for extending the available precision (1971)
 */
function doubleLogarithm(k: KernelBuilder, x: Value): Double {
  const { n, significand } = decompose(k, x, rootThreeQuarters);
  const isNearOne = k.let(less(significand, floatLike(x, 1.2247449)));
  const choose = (one: number, other: number): Value => selectValue(isNearOne, floatLike(x, one), floatLike(x, other));
  const centre = k.let(choose(1, 1.5));
  const numerator = k.let(subtract(significand, centre));
  const { upper: denominator, lower: lost } = sum(k, centre, significand);
  const sUpper = k.let(upperHalf(divide(numerator, denominator)));
  const denominatorUpper = k.let(upperHalf(denominator));
  const denominatorLower = add(subtract(denominator, denominatorUpper), lost);
  const rest = subtract(subtract(numerator, multiply(sUpper, denominatorUpper)), multiply(sUpper, denominatorLower));
  const sLower = k.let(divide(rest, denominator));
  const s = k.let(add(sUpper, sLower));
  const square = k.let(multiply(s, s));
  const known = k.let(fma(n, floatLike(x, ln2.upper), choose(0, lnThreeHalves.upper)));
  const small = fma(n, floatLike(x, ln2.lower), choose(0, lnThreeHalves.lower));
  const series = fma(multiply(square, s), polynomial(square, tail), add(add(sLower, sLower), small));
  const head = sum(k, known, k.let(add(sUpper, sUpper)));
  return sum(k, head.upper, k.let(add(head.lower, series)));
}

/** x · y; 2³⁶ bounds |y|, which keeps every part finite and changes no result. */
function product(k: KernelBuilder, x: Double, y: Value): Double {
  const bounded = k.let(atLeast(atMost(y, floatLike(y, 2 ** 36)), floatLike(y, -(2 ** 36))));
  const xUpper = k.let(upperHalf(x.upper));
  const xLower = add(subtract(x.upper, xUpper), x.lower);
  const yUpper = k.let(upperHalf(bounded));
  const cross = add(multiply(subtract(bounded, yUpper), xUpper), multiply(bounded, xLower));
  return sum(k, k.let(multiply(xUpper, yUpper)), k.let(cross));
}

/** e^(upper + lower), 0 or Inf where that is out of range. */
function doubleExponential(k: KernelBuilder, x: Double): Value {
  const { upper } = x;
  const bounded = k.let(atLeast(atMost(upper, floatLike(upper, 89)), floatLike(upper, -104)));
  const lower = selectValue(equal(bounded, upper), x.lower, floatLike(upper, 0));
  const { shifted, r, s } = reduceByLn2(k, bounded);
  const rest = k.let(add(r, add(s, lower)));
  const value = add(fma(multiply(rest, rest), polynomial(rest, exponential), rest), floatLike(upper, 1));
  // In two steps, because 2ⁿ itself may be out of range.
  const whole = k.let(binaryValue("shiftRight", exponentStep(shifted), int(23)));
  const half = k.let(binaryValue("shiftRight", whole, int(1)));
  return multiply(multiply(value, powerOfTwo(half)), powerOfTwo(subtract(whole, half)));
}

function powerOfTwo(exponent: Value): Value {
  return floatOf(binaryValue("shiftLeft", add(exponent, intLike(exponent, 127)), int(23)));
}

/**
 * x^y as IEEE 754's pow: 1 for y = 0 and for x = 1, NaN for a finite x < 0 with y no integer. Denormals count as 0.
 */
export function emitPower(k: KernelBuilder, x: Value, y: Value): Value {
  const base = k.let(x);
  const exponent = k.let(y);
  const zero = floatLike(base, 0);
  const one = floatLike(base, 1);
  const size = k.let(abs(base));
  const exact = product(k, doubleLogarithm(k, size), exponent);
  const isZero = less(size, floatLike(base, smallestNormal));
  const isNormal = k.let(and(not(isZero), less(size, floatLike(base, Infinity))));
  const limit = multiply(exponent, selectValue(isZero, floatLike(base, -Infinity), size));
  const upper = k.let(selectValue(isNormal, exact.upper, limit));
  const magnitude = doubleExponential(k, { upper, lower: exact.lower });
  const isInteger = k.let(equal(floor(exponent), exponent));
  const half = k.let(multiply(exponent, floatLike(base, 0.5)));
  const isOdd = and(isInteger, notEqual(floor(half), half));
  const sign = selectValue(isOdd, signBits(base), intLike(base, 0));
  const isUndefined = and(and(less(base, zero), less(size, floatLike(base, Infinity))), not(isInteger));
  const signed = floatOf(xor(bitsOf(magnitude), sign));
  const defined = selectValue(isUndefined, floatLike(base, NaN), signed);
  return selectValue(or(equal(exponent, zero), equal(base, one)), one, defined);
}
