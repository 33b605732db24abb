// Integer quotients and remainders, and modulo of floats, in the kernel language. By 0 an i32 quotient or remainder is 0.

import {
  add,
  binaryValue,
  int,
  isVector,
  less,
  multiply,
  selectValue,
  subtract,
  unaryValue,
  type KernelBuilder,
  type Value,
} from "#engine/graph/kernel.ts";
import {
  abs,
  and,
  divide,
  equal,
  floatLike,
  floor,
  intLike,
  notEqual,
  upperHalf,
  withSignOf,
  xor,
} from "./math-parts.ts";

export interface DivisionOptions {
  /** The dividend is known not to be negative, the divisor to be positive. */
  readonly nonNegative?: boolean;
}

/** ⌊x / y⌋ of i32. */
export function emitFloorDivide(k: KernelBuilder, x: Value, y: Value, options: DivisionOptions = {}): Value {
  const shift = powerOfTwo(y);
  if (shift !== undefined) return shift === 0 ? x : binaryValue("shiftRight", x, int(shift));
  if (options.nonNegative === true && !isVector(x.type) && isPositiveConstant(y)) {
    return binaryValue("divideUnsigned", x, y);
  }
  return divideFloored(k, x, y).quotient;
}

/** x - y ⌊x / y⌋ of i32 or f32: the sign of the divisor. Of f32 exact for |x / y| < 2⁴⁶, where above 2⁻¹⁰⁰. */
export function emitModulo(k: KernelBuilder, x: Value, y: Value, options: DivisionOptions = {}): Value {
  if (x.type === "f32" || x.type === "vf32") return emitFloatModulo(k, x, y);
  if (powerOfTwo(y) !== undefined && y.kind === "constant") return and(x, intLike(x, y.value - 1));
  if (options.nonNegative === true && !isVector(x.type) && isPositiveConstant(y)) {
    return binaryValue("remainderUnsigned", x, y);
  }
  return divideFloored(k, x, y).remainder;
}

/** n if `y` is the constant 2ⁿ. */
function powerOfTwo(y: Value): number | undefined {
  if (!isPositiveConstant(y)) return undefined;
  const exponent = Math.log2(y.value);
  return Number.isInteger(exponent) ? exponent : undefined;
}

function isPositiveConstant(y: Value): y is Extract<Value, { kind: "constant" }> {
  return y.kind === "constant" && y.value > 0;
}

interface Division {
  readonly quotient: Value;
  readonly remainder: Value;
}

function divideFloored(k: KernelBuilder, x: Value, y: Value): Division {
  const dividend = k.let(x);
  const given = k.let(y);
  const isZero = k.let(equal(given, intLike(given, 0)));
  const isKnown = given.kind === "constant" && given.value !== 0;
  const divisor = isKnown ? given : k.let(selectValue(isZero, intLike(given, 1), given));
  const { quotient, remainder } = isVector(dividend.type)
    ? divideVectors(k, dividend, divisor)
    : divideScalars(k, dividend, divisor);
  const orZero = (value: Value): Value => (isKnown ? value : selectValue(isZero, intLike(given, 0), value));
  return { quotient: orZero(quotient), remainder: orZero(remainder) };
}

function divideScalars(k: KernelBuilder, x: Value, y: Value): Division {
  const quotient = k.let(binaryValue("divide", x, y));
  return floored(k, { quotient, remainder: k.let(subtract(x, multiply(quotient, y))) }, y);
}

/** Moves a remainder of the wrong sign to the divisor's. */
function floored(k: KernelBuilder, { quotient, remainder }: Division, y: Value): Division {
  const zero = intLike(y, 0);
  const isWrong = k.let(and(notEqual(remainder, zero), less(xor(remainder, y), zero)));
  return {
    quotient: k.let(selectValue(isWrong, subtract(quotient, intLike(y, 1)), quotient)),
    remainder: k.let(selectValue(isWrong, add(remainder, y), remainder)),
  };
}

/**
 * Two f32 quotients: the first leaves at most 2⁹ divisors, the second one too many or too few, which is then mended.
 * Products wrap, but the remainders between are small, so their low 32 bits are all of them.
 */
function divideVectors(k: KernelBuilder, x: Value, y: Value): Division {
  const divisor = k.let(unaryValue("toF32", y));
  const step = (dividend: Value): Value => k.let(unaryValue("toI32", divide(unaryValue("toF32", dividend), divisor)));
  const coarse = step(x);
  const rest = k.let(subtract(x, multiply(coarse, y)));
  const fine = step(rest);
  const start = { quotient: k.let(add(coarse, fine)), remainder: k.let(subtract(rest, multiply(fine, y))) };
  const { quotient, remainder } = floored(k, start, y);
  const atLeast = (large: Value, small: Value): Value => binaryValue("lessEqual", small, large);
  const isOver = k.let(selectValue(less(y, intLike(y, 0)), atLeast(y, remainder), atLeast(remainder, y)));
  return {
    quotient: selectValue(isOver, add(quotient, intLike(y, 1)), quotient),
    remainder: selectValue(isOver, subtract(remainder, y), remainder),
  };
}

function emitFloatModulo(k: KernelBuilder, x: Value, y: Value): Value {
  const dividend = k.let(x);
  const divisor = k.let(y);
  const size = k.let(abs(dividend));
  const modulus = k.let(abs(divisor));
  const zero = floatLike(x, 0);
  const rest = reduceFloat(k, reduceFloat(k, size, modulus), modulus);
  const raised = k.let(selectValue(less(rest, zero), add(rest, modulus), rest));
  const lowered = selectValue(less(raised, modulus), raised, subtract(raised, modulus));
  const isSmall = less(size, modulus);
  const truncated = k.let(withSignOf(dividend, k.let(selectValue(isSmall, size, lowered))));
  const isZero = equal(truncated, zero);
  const agrees = equal(less(truncated, zero), less(divisor, zero));
  const moved = selectValue(agrees, truncated, add(truncated, divisor));
  return selectValue(isZero, withSignOf(divisor, zero), moved);
}

/**
 * x - ⌊x / y⌉ y without error, the quotient being rounded down below 2²⁴ and to nearest above. @param x a local
 * @source Dekker, A floating-point technique for extending the available precision (1971)
 */
function reduceFloat(k: KernelBuilder, x: Value, y: Value): Value {
  const quotient = k.let(floor(divide(x, y)));
  const product = k.let(multiply(quotient, y));
  const upper = k.let(upperHalf(quotient));
  const lower = k.let(subtract(quotient, upper));
  const yUpper = k.let(upperHalf(y));
  const yLower = k.let(subtract(y, yUpper));
  const cross = add(add(subtract(multiply(upper, yUpper), product), multiply(upper, yLower)), multiply(lower, yUpper));
  return k.let(subtract(subtract(x, product), add(cross, multiply(lower, yLower))));
}
