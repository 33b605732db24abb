// What the mathematical functions share: constants of an operand's kind, polynomials, bits, the core of the exponential.
// Every function here takes scalars and vectors alike and emits no branch.

import {
  add,
  binaryValue,
  fma,
  int,
  isVector,
  multiply,
  selectValue,
  subtract,
  unaryValue,
  type KernelBuilder,
  type Value,
} from "#engine/graph/kernel.ts";

/** The f32 `value`, in every lane if `x` is a vector. */
export function floatLike(x: Value, value: number): Value {
  return { kind: "constant", type: isVector(x.type) ? "vf32" : "f32", value };
}

/** The i32 `value`, in every lane if `x` is a vector. */
export function intLike(x: Value, value: number): Value {
  return { kind: "constant", type: isVector(x.type) ? "vi32" : "i32", value: value | 0 };
}

export const negate = (x: Value): Value => unaryValue("negate", x);
export const abs = (x: Value): Value => unaryValue("abs", x);
export const floor = (x: Value): Value => unaryValue("floor", x);
export const bitsOf = (x: Value): Value => unaryValue("asI32", x);
export const floatOf = (bits: Value): Value => unaryValue("asF32", bits);
export const and = (x: Value, y: Value): Value => binaryValue("and", x, y);
export const or = (x: Value, y: Value): Value => binaryValue("or", x, y);
export const xor = (x: Value, y: Value): Value => binaryValue("xor", x, y);
export const not = (x: Value): Value => unaryValue("not", x);
export const equal = (x: Value, y: Value): Value => binaryValue("equal", x, y);
export const notEqual = (x: Value, y: Value): Value => binaryValue("notEqual", x, y);
export const divide = (x: Value, y: Value): Value => binaryValue("divide", x, y);

/** y < x ? y : x, so a NaN in `x` stays. */
export const atMost = (x: Value, y: Value): Value => binaryValue("pseudoMinimum", x, y);
/** x < y ? y : x, so a NaN in `x` stays. */
export const atLeast = (x: Value, y: Value): Value => binaryValue("pseudoMaximum", x, y);

/** The sign bit of an f32, as bits. */
export function signBits(x: Value): Value {
  return and(bitsOf(x), intLike(x, 0x80000000));
}

/** `magnitude` (not negative) with the sign of `x`. */
export function withSignOf(x: Value, magnitude: Value): Value {
  return floatOf(or(bitsOf(magnitude), signBits(x)));
}

/** The upper 12 bits of an f32's significand, the rest 0: a product of two such is exact. */
export function upperHalf(x: Value): Value {
  return floatOf(and(bitsOf(x), intLike(x, 0xfffff000)));
}

/** c₀ + c₁ x + c₂ x² + …, by Horner's rule. @param x a local: it is evaluated once a coefficient */
export function polynomial(x: Value, coefficients: readonly number[]): Value {
  return coefficients
    .slice(0, -1)
    .reduceRight<Value>(
      (sum, coefficient) => fma(sum, x, floatLike(x, coefficient)),
      floatLike(x, coefficients.at(-1) ?? 0),
    );
}

/** 1.5 · 2²³: added to |x| < 2²², it leaves the nearest integer in the low bits, and nothing else in the lowest nine. */
const rounder = 12582912;

/** The upper 15 bits of ln 2: a product with an integer below 2⁹ is exact. The lower part is rounded to f32. */
export const ln2 = { upper: 0.693145751953125, lower: 1.428606765330187e-6 } as const;

/** An integer near a multiple of an f32, twice. */
export interface Rounded {
  readonly n: Value;
  /** Bits whose lowest nine hold n, and nothing else: shifted left by 23, n alone stays. */
  readonly shifted: Value;
}

/** The integer nearest to x · scale (below 2²²) as far as f32 tells; cheaper than rounding and converting. */
export function nearestInteger(k: KernelBuilder, x: Value, scale: number): Rounded {
  const shifted = k.let(fma(x, floatLike(x, scale), floatLike(x, rounder)));
  return { n: k.let(subtract(shifted, floatLike(x, rounder))), shifted };
}

/** x = n ln 2 + r + s with |r + s| ≤ ln 2 / 2. */
export interface Reduced extends Rounded {
  /** x - n · upper part of ln 2, without error. */
  readonly r: Value;
  /** -n · lower part of ln 2. */
  readonly s: Value;
}

/** Cody and Waite's reduction for the exponential. @param x a local, |x| < 2⁸ */
export function reduceByLn2(k: KernelBuilder, x: Value): Reduced {
  const { n, shifted } = nearestInteger(k, x, Math.LOG2E);
  const r = k.let(fma(n, floatLike(x, -ln2.upper), x));
  const s = k.let(multiply(n, floatLike(x, -ln2.lower)));
  return { n, shifted, r, s };
}

/** n · 2²³ as bits: what adds n to an exponent. */
export function exponentStep(shifted: Value): Value {
  return binaryValue("shiftLeft", bitsOf(shifted), int(23));
}

/** (eʳ - 1 - r) / r². */
export const exponential: readonly number[] = [0.49999994, 0.166665196, 0.0416683964, 0.00836881157, 0.0013814402];

/**
 * eˣ where it is a normal number; elsewhere any value, NaN for most NaN. At most 1 ulp.
 * @param x a local
 */
export function normalExponential(k: KernelBuilder, x: Value): Value {
  const { shifted, r, s } = reduceByLn2(k, x);
  const rest = k.let(add(r, s)); // one rounding, 2⁻²⁶ at most
  const tail = fma(multiply(rest, rest), polynomial(rest, exponential), rest);
  return floatOf(add(bitsOf(add(tail, floatLike(x, 1))), exponentStep(shifted)));
}

/** `value` where `x` is finite or -Inf, +Inf or NaN where `x` is. */
export function keepHuge(x: Value, value: Value): Value {
  return selectValue(binaryValue("less", x, floatLike(x, Infinity)), value, x);
}
