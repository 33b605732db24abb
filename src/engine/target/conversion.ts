// f16 and bf16 as kernel values over vectors: bits in, f32 out, and back with round to nearest, ties to even.
// Emits nothing; the module encoder makes each a function of its own.

import {
  add,
  binaryValue,
  less,
  multiply,
  selectValue,
  splat,
  subtract,
  unaryValue,
  float,
  int,
  type Local,
  type Value,
} from "#engine/graph/kernel.ts";

/** Conversions that need a function. */
export type Conversion = "f16ToF32" | "f32ToF16" | "f32ToBf16";

const bits = (value: number): Value => splat(int(value));
const and = (x: Value, y: Value): Value => binaryValue("and", x, y);
const or = (x: Value, y: Value): Value => binaryValue("or", x, y);
const shiftLeft = (x: Value, count: number): Value => binaryValue("shiftLeft", x, int(count));
const shiftRight = (x: Value, count: number): Value => binaryValue("shiftRightLogical", x, int(count));

/** The value of a conversion of `x`: vi32 of 16-bit patterns to vf32, or vf32 to vi32 of 16-bit patterns. */
export function convert(conversion: Conversion, x: Local): Value {
  switch (conversion) {
    case "f16ToF32":
      return floatOfHalf(x);
    case "f32ToF16":
      return halfOfFloat(x);
    case "f32ToBf16":
      return brainOfFloat(x);
    default:
      return conversion satisfies never;
  }
}

function floatOfHalf(x: Value): Value {
  const magnitude = and(x, bits(0x7fff));
  // Moves the exponent's bias from 15 to 127; denormals come out right because the product is exact.
  const scaled = multiply(unaryValue("asF32", shiftLeft(magnitude, 13)), splat(float(2 ** 112)));
  const isSpecial = less(bits(0x7bff), magnitude);
  const exponent = and(isSpecial, bits(0x7f800000));
  const sign = shiftLeft(and(x, bits(0x8000)), 16);
  return unaryValue("asF32", or(or(unaryValue("asI32", scaled), exponent), sign));
}

function halfOfFloat(x: Value): Value {
  const word = unaryValue("asI32", x);
  const magnitude = and(word, bits(0x7fffffff));
  const sign = and(shiftRight(word, 16), bits(0x8000));
  const isNan = less(bits(0x7f800000), magnitude);
  const large = selectValue(isNan, bits(0x7e00), bits(0x7c00));
  // Below 2^-14: adding 0.5 makes the processor round at the denormals' last bit.
  const shifted = binaryValue("add", unaryValue("asF32", magnitude), splat(float(0.5)));
  const denormal = subtract(unaryValue("asI32", shifted), bits(0x3f000000));
  const isOdd = and(shiftRight(magnitude, 13), bits(1));
  const rebased = add(add(magnitude, bits((0xc8000000 + 0xfff) | 0)), isOdd);
  const normal = selectValue(less(magnitude, bits(113 << 23)), denormal, shiftRight(rebased, 13));
  return or(selectValue(less(magnitude, bits(0x47800000)), normal, large), sign);
}

function brainOfFloat(x: Value): Value {
  const word = unaryValue("asI32", x);
  const upper = shiftRight(word, 16);
  const isNan = less(bits(0x7f800000), and(word, bits(0x7fffffff)));
  const rounded = shiftRight(add(add(word, bits(0x7fff)), and(upper, bits(1))), 16);
  return selectValue(isNan, or(upper, bits(0x40)), rounded);
}
