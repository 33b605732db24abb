// exp, expm1, tanh and erf as polynomials in the kernel language, for scalars and vectors alike.
// Coefficients come from scripts/polynomials.py; ulps were measured over all f32, with fused and with unfused fma.

import {
  add,
  fma,
  less,
  multiply,
  selectValue,
  subtract,
  type KernelBuilder,
  type Value,
} from "#engine/graph/kernel.ts";
import {
  abs,
  atMost,
  divide,
  equal,
  exponentStep,
  floatLike,
  floatOf,
  intLike,
  normalExponential,
  polynomial,
  reduceByLn2,
  withSignOf,
} from "./math-parts.ts";

/** The smallest f32 whose exponential rounds to Inf. */
const overflow = 88.72283935546875;
/** The smallest f32 whose exponential is not denormal. */
const underflow = -87.33654022216797;

/**
 * eˣ; 0 where the result is denormal.
 * @source Cody and Waite, Software Manual for the Elementary Functions, chapter 6 (the reduction)
 */
export function emitExp(k: KernelBuilder, x: Value): Value {
  const value = selectValue(less(x, floatLike(x, underflow)), floatLike(x, 0), normalExponential(k, x));
  return orInfinity(x, value);
}

/** `value` below the overflow; from there Inf, and NaN for NaN. */
function orInfinity(x: Value, value: Value): Value {
  return selectValue(less(x, floatLike(x, overflow)), value, add(x, floatLike(x, Infinity)));
}

const expm1Tail = [0.5, 0.166666657, 0.0416663587, 0.00833338965, 0.00139407651, 0.000198458525];

/**
 * eˣ - 1, exact to the last bits near 0: 2ⁿ (eʳ - 1) + (2ⁿ - 1), at half its size so that 2ⁿ does not overflow.
 * @source Cody and Waite, Software Manual for the Elementary Functions, chapter 6 (the reduction)
 */
export function emitExpm1(k: KernelBuilder, x: Value): Value {
  const { shifted, r, s } = reduceByLn2(k, x);
  const rest = k.let(add(r, s));
  const tail = k.let(fma(multiply(rest, rest), polynomial(rest, expm1Tail), s));
  const scale = k.let(floatOf(add(exponentStep(shifted), intLike(x, 0x3f000000)))); // 2ⁿ⁻¹
  const head = fma(scale, r, subtract(scale, floatLike(x, 0.5)));
  const half = k.let(fma(scale, tail, head));
  const finite = orInfinity(x, add(half, half));
  const bounded = selectValue(less(x, floatLike(x, -17.5)), floatLike(x, -1), finite);
  return selectValue(equal(x, floatLike(x, 0)), x, bounded);
}

const tanhTail = [-0.333332807, 0.133314058, -0.0537365153, 0.0206281655, -0.00569229061];

/** tanh x: an odd polynomial below 0.625, 1 - 2 / (e²ˣ + 1) above; 1 from 9.02 on. */
export function emitTanh(k: KernelBuilder, x: Value): Value {
  const size = k.let(abs(x));
  const square = k.let(multiply(size, size));
  const small = fma(multiply(square, size), polynomial(square, tanhTail), size);
  const doubled = k.let(atMost(add(size, size), floatLike(x, 20)));
  const power = normalExponential(k, doubled);
  const large = subtract(floatLike(x, 1), divide(floatLike(x, 2), add(power, floatLike(x, 1))));
  const isLarge = less(floatLike(x, 0.625), size); // not of NaN, which `small` keeps
  return withSignOf(x, selectValue(isLarge, large, small));
}

const erfTail = [0.128379166, -0.37612626, 0.112835787, -0.0268533472, 0.0051871622, -0.00079978531, 7.80690316e-5];
/** erfc(2.46875 + u), |u| ≤ 1.46875. */
const erfcMiddle = 2.46875;
const erfcTail = [
  0.000480604795, -0.00254411274, 0.00628095586, -0.0094906697, 0.00961981993, -0.00664589601, 0.00290907477,
  -0.000483813375, -0.000333734875, 0.000293237827, -7.72353087e-5, -2.30415135e-5, 1.69857176e-5, -2.03707884e-7,
  -1.04695346e-6,
];

/** erf x: an odd polynomial below 1, 1 - erfc x as a polynomial above; 1 from 3.92 on. */
export function emitErf(k: KernelBuilder, x: Value): Value {
  const size = k.let(atMost(abs(x), floatLike(x, 3.9375)));
  const square = k.let(multiply(size, size));
  const small = fma(size, polynomial(square, erfTail), size);
  const centred = k.let(subtract(size, floatLike(x, erfcMiddle)));
  const large = subtract(floatLike(x, 1), polynomial(centred, erfcTail));
  return withSignOf(x, selectValue(less(size, floatLike(x, 1)), small, large));
}
