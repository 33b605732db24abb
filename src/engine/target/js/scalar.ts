// The scalar operations of expressions over blocks of numbers. A bool is 0 or 1, an i32 an integer; both in doubles.

import type { BinaryOperation, ScalarType, UnaryOperation } from "#engine/graph/expression.ts";
import { roundBf16, roundF16, roundHalfEven } from "#engine/base/half.ts";

/** A block of scalars of any type. */
export type Block = Float64Array;

/** The operation on one scalar; results of i32 are not yet wrapped. */
export const unaryFunctions: Readonly<Record<UnaryOperation, (x: number) => number>> = {
  negate: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sqrt: Math.sqrt,
  tanh: Math.tanh,
  sin: Math.sin,
  cos: Math.cos,
  erf,
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundHalfEven,
  not: (x) => (x === 0 ? 1 : 0),
  toF32: (x) => x,
  toI32: (x) => (Number.isNaN(x) ? 0 : Math.trunc(Math.min(Math.max(x, -(2 ** 31)), 2 ** 31 - 1))),
  toBool: (x) => (x === 0 ? 0 : 1),
  toU8: (x) => Math.min(Math.max(x, 0), 255),
  roundF16,
  roundBf16,
};

type Pair = (x: number, y: number) => number;

const binaryFunctions: Readonly<Record<BinaryOperation, Pair>> = {
  add: (x, y) => x + y,
  subtract: (x, y) => x - y,
  multiply: (x, y) => x * y,
  divide: (x, y) => x / y,
  power,
  floorDivide: (x, y) => (y === 0 ? 0 : Math.floor(x / y)),
  modulo,
  maximum: Math.max,
  minimum: Math.min,
  and: (x, y) => x & y,
  or: (x, y) => x | y,
  xor: (x, y) => x ^ y,
  shiftLeft: (x, y) => x << y,
  shiftRightLogical: (x, y) => x >>> y,
  equal: (x, y) => (x === y ? 1 : 0),
  notEqual: (x, y) => (x === y ? 0 : 1),
  less: (x, y) => (x < y ? 1 : 0),
  lessEqual: (x, y) => (x <= y ? 1 : 0),
};

const integerFunctions: Partial<Record<BinaryOperation, Pair>> = {
  multiply: Math.imul,
  modulo: (x, y) => (y === 0 ? 0 : modulo(x, y)),
};

/** The operation on two scalars of a type; results of i32 are not yet wrapped. */
export function binaryFunction(operation: BinaryOperation, type: ScalarType): Pair {
  return (type === "i32" ? integerFunctions[operation] : undefined) ?? binaryFunctions[operation];
}

/** out = operation(x, y) over a block: the common operations as loops of their own, since a call a scalar costs most. */
export function applyBinary(
  operation: BinaryOperation,
  type: ScalarType,
  out: Block,
  operands: readonly [Block, Block],
  count: number,
): void {
  const [x, y] = operands;
  if (operation === "add") for (let i = 0; i < count; i += 1) out[i] = (x[i] ?? 0) + (y[i] ?? 0);
  else if (operation === "subtract") for (let i = 0; i < count; i += 1) out[i] = (x[i] ?? 0) - (y[i] ?? 0);
  else if (operation === "multiply" && type === "f32") {
    for (let i = 0; i < count; i += 1) out[i] = (x[i] ?? 0) * (y[i] ?? 0);
  } else if (operation === "divide") for (let i = 0; i < count; i += 1) out[i] = (x[i] ?? 0) / (y[i] ?? 0);
  else if (operation === "less") for (let i = 0; i < count; i += 1) out[i] = (x[i] ?? 0) < (y[i] ?? 0) ? 1 : 0;
  else if (operation === "lessEqual") for (let i = 0; i < count; i += 1) out[i] = (x[i] ?? 0) <= (y[i] ?? 0) ? 1 : 0;
  else if (operation === "equal") for (let i = 0; i < count; i += 1) out[i] = x[i] === y[i] ? 1 : 0;
  else if (operation === "and") for (let i = 0; i < count; i += 1) out[i] = (x[i] ?? 0) & (y[i] ?? 0);
  else {
    const one = binaryFunction(operation, type);
    for (let i = 0; i < count; i += 1) out[i] = one(x[i] ?? 0, y[i] ?? 0);
  }
}

/** Makes a block hold values of its type: i32 wraps, f32 rounds. */
export function normalizeBlock(block: Block, type: ScalarType, count: number, precision: "f32" | "f64"): void {
  if (type === "i32") for (let i = 0; i < count; i += 1) block[i] = (block[i] ?? 0) | 0;
  else if (type === "f32" && precision === "f32") {
    for (let i = 0; i < count; i += 1) block[i] = Math.fround(block[i] ?? 0);
  }
}

/** As IEEE 754 has it: 1 to any power is 1, and so is -1 to an infinite one; JavaScript gives NaN. */
function power(x: number, y: number): number {
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}

function modulo(x: number, y: number): number {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
}

/**
 * The error function to double precision: 2/√π e^(-x²) Σ 2^n x^(2n+1) / (2n+1)!!, a sum of terms of one sign.
 * @source Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.6
 */
function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
