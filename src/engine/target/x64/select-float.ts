// Arithmetic of floats, scalar (in a vector register's first lane) and in vectors alike, and multiply-add.

import { BugError } from "#engine/base/error.ts";
import { isVector, type KernelBinary, type KernelUnary, type Value } from "#engine/graph/kernel.ts";
import type { Operand, Register } from "#engine/target/machine/instruction.ts";
import { isOperand, operandOf, operandsOf } from "./operands.ts";
import { needOf, registersOf } from "#engine/target/machine/operands.ts";
import { compareInto, floatTruthInto, k1 } from "./select-compare.ts";
import { mentions } from "#engine/target/machine/instruction.ts";
import type { Selection } from "./selection.ts";

type Unary = Extract<Value, { kind: "unary" }>;
type Binary = Extract<Value, { kind: "binary" }>;
type MultiplyAdd = Extract<Value, { kind: "fma" }>;

const suffixOf = (value: Value): "ps" | "ss" => (isVector(value.type) ? "ps" : "ss");

/** Modes of rounding instructions, without exceptions. */
const roundingModes: Readonly<Partial<Record<KernelUnary, number>>> = { round: 8, floor: 9, ceil: 10 };

/** f32 to f32 or i32. */
export function floatUnaryInto(s: Selection, value: Unary, into: Register): void {
  const { operation, x } = value;
  const bits = s.bitsOf(x.type);
  const mode = roundingModes[operation];
  if (mode !== undefined) {
    roundInto(s, x, mode, into);
    return;
  }
  switch (operation) {
    case "negate":
      s.emit("vxorps", bits, [into, s.register(x), sameBits(s, 0x80000000)]);
      return;
    case "abs":
      s.emit("vandps", bits, [into, s.register(x), sameBits(s, 0x7fffffff)]);
      return;
    case "sqrt": {
      const from = s.register(x);
      if (isVector(x.type)) s.emit("vsqrtps", bits, [into, from]);
      else s.emit("vsqrtss", bits, [into, from, from]);
      return;
    }
    case "toI32":
      toIntegerInto(s, x, into);
      return;
    case "asI32":
      if (into.bank === "general") s.emit("vmovdTo", 128, [into, s.register(x)]);
      else s.move(s.register(x), into, bits);
      return;
    case "asF32":
      s.move(s.register(x), into, bits);
      return;
    default:
      throw new BugError(`There is no ${operation} of ${x.type}.`);
  }
}

function sameBits(s: Selection, word: number): Operand {
  return s.constantLanes({ kind: "constant", type: "vi32", value: word | 0 });
}

function roundInto(s: Selection, x: Value, immediate: number, into: Register): void {
  const stem = s.hasMasks ? "vrndscale" : "vround";
  const from = s.register(x);
  const operands = isVector(x.type) ? [into, from] : [into, from, from];
  s.emit(`${stem}${suffixOf(x)}`, s.bitsOf(x.type), operands, { immediate });
}

/** The machine gives the smallest integer for what does not fit; ours saturates, and NaN gives 0. */
function toIntegerInto(s: Selection, x: Value, into: Register): void {
  const bits = s.bitsOf(x.type);
  const from = s.register(x);
  const result = s.fresh(x.type);
  const limit: Value = { kind: "constant", type: x.type, value: 2 ** 31 };
  s.emit("vcvttps2dq", bits, [result, from]);
  // Too large: inverted, the smallest is the largest. NaN: cleared.
  s.emit("vxorps", bits, [result, result, orderMask(s, from, s.register(limit), 0x1d)]);
  if (into.bank === "general") {
    s.emit("vandps", bits, [result, result, orderMask(s, from, from, 7)]);
    s.emit("vmovdTo", 128, [into, result]);
  } else s.emit("vandps", bits, [into, result, orderMask(s, from, from, 7)]);
}

/** The mask of a comparison of registers. */
function orderMask(s: Selection, x: Register, y: Register, immediate: number): Register {
  const mask = s.fresh("vi32");
  if (s.hasMasks) {
    s.emit("vcmppsMask", s.vectorBits, [k1, x, y], { immediate });
    s.emit("vpmovm2d", s.vectorBits, [mask, k1]);
  } else s.emit("vcmpps", s.vectorBits, [mask, x, y], { immediate });
  return mask;
}

const plain: Readonly<Partial<Record<KernelBinary, string>>> = {
  add: "vadd",
  subtract: "vsub",
  multiply: "vmul",
  divide: "vdiv",
};
const bitwise: Readonly<Partial<Record<KernelBinary, string>>> = { and: "vandps", or: "vorps", xor: "vxorps" };

/** An operation on two f32, or vectors of them. */
export function floatBinaryInto(s: Selection, value: Binary, into: Register): void {
  const { operation, x, y } = value;
  const bits = s.bitsOf(x.type);
  const name = plain[operation];
  const bitName = bitwise[operation];
  if (name !== undefined || bitName !== undefined) {
    const isSwapped = operation !== "subtract" && operation !== "divide" && isOperand(s, x) && !isOperand(s, y);
    const [left, right] = isSwapped ? operandsOf(s, y, x) : operandsOf(s, x, y);
    s.emit(bitName ?? `${name}${suffixOf(x)}`, bits, [into, left, right]);
    return;
  }
  switch (operation) {
    case "minimum":
    case "maximum":
      extremumInto(s, value, into);
      return;
    case "pseudoMinimum":
    case "pseudoMaximum": {
      // The machine's min(a, b) is a < b ? a : b.
      const [left, right] = operandsOf(s, y, x);
      s.emit(`${operation === "pseudoMinimum" ? "vmin" : "vmax"}${suffixOf(x)}`, bits, [into, left, right]);
      return;
    }
    default:
      if (isVector(x.type)) compareInto(s, value, into);
      else floatTruthInto(s, value, into);
  }
}

/** The smaller or larger of two f32: NaN if either is, and -0 below 0. */
function extremumInto(s: Selection, { operation, x, y }: Binary, into: Register): void {
  const name = `${operation === "minimum" ? "vmin" : "vmax"}${suffixOf(x)}`;
  if (isPlainConstant(y)) withConstant(s, name, [y, x], into);
  else if (isPlainConstant(x)) withConstant(s, name, [x, y], into);
  else bothOrders(s, name, registersOf(s, x, y), into);
}

/** Whether a value is a constant, neither NaN nor -0. */
function isPlainConstant(value: Value): boolean {
  return value.kind === "constant" && !Number.isNaN(value.value) && !Object.is(value.value, -0);
}

/** The machine gives its second operand where one is NaN or both are 0: of max(0, -0) the sum with 0 is right. */
function withConstant(s: Selection, name: string, [constant, x]: readonly [Value, Value], into: Register): void {
  const bits = s.bitsOf(x.type);
  const [first, second] = operandsOf(s, constant, x);
  const needsSum = name.startsWith("vmax") && constant.kind === "constant" && constant.value === 0;
  const result = needsSum ? s.fresh(x.type) : into;
  s.emit(name, bits, [result, first, second]);
  if (needsSum) s.emit(`vadd${suffixOf(x)}`, bits, [into, result, first]);
}

/**
 * Both orders of the operands together: or-ing them keeps NaN and -0; for the maximum's 0 the bits in which they differ
 * are subtracted again.
 */
function bothOrders(s: Selection, name: string, [x, y]: readonly [Register, Register], into: Register): void {
  const suffix = name.slice(-2);
  const type = suffix === "ss" ? "f32" : "vf32";
  const bits = s.bitsOf(type);
  const [first, second, difference] = [s.fresh(type), s.fresh(type), s.fresh(type)];
  s.emit(name, bits, [first, x, y]);
  s.emit(name, bits, [second, y, x]);
  if (name.startsWith("vmin")) {
    s.emit("vorps", bits, [into, first, second]);
    return;
  }
  s.emit("vxorps", bits, [difference, first, second]);
  s.emit("vorps", bits, [first, first, difference]);
  s.emit(`vsub${suffix}`, bits, [into, first, difference]);
}

/** x y + z, rounded once. */
export function multiplyAddInto(s: Selection, value: MultiplyAdd, into: Register): void {
  const { x, y, z } = value;
  const bits = s.bitsOf(value.type);
  const suffix = suffixOf(value);
  if (z.kind === "local" && s.localRegister(z.id).number === into.number) {
    const [left, right] = factors(s, x, y);
    s.emit(`vfmadd231${suffix}`, bits, [into, left, right]);
  } else if (isOperand(s, z) && !(s.held(z) !== undefined && (isInMemory(s, x) || isInMemory(s, y)))) {
    addOperand(s, value, into);
  } else {
    const [left, right] = needOf(z) > Math.max(needOf(x), needOf(y)) ? [undefined, undefined] : factors(s, x, y);
    const sum = s.fresh(value.type);
    s.into(z, sum);
    const [first, second] = left === undefined || right === undefined ? factors(s, x, y) : [left, right];
    s.emit(`vfmadd231${suffix}`, bits, [sum, first, second]);
    s.move(sum, into, bits);
  }
}

function isInMemory(s: Selection, value: Value): boolean {
  return isOperand(s, value) && s.held(value) === undefined;
}

function factors(s: Selection, x: Value, y: Value): readonly [Register, Operand] {
  return isOperand(s, x) && !isOperand(s, y) ? operandsOf(s, y, x) : operandsOf(s, x, y);
}

/** Overwrites a factor, so that the summand may come from memory: one step of Horner's rule. */
function addOperand(s: Selection, value: MultiplyAdd, into: Register): void {
  const { z } = value;
  const [x, y] = needOf(value.y) > needOf(value.x) ? [value.y, value.x] : [value.x, value.y];
  const product = s.fresh(value.type);
  s.into(x, product);
  const other = s.register(y);
  const summand = operandOf(s, z);
  const isSafe = other.number !== into.number && !mentions(summand, into);
  const result = isSafe ? into : product;
  const bits = s.bitsOf(value.type);
  if (isSafe) s.move(product, into, bits);
  s.emit(`vfmadd213${suffixOf(value)}`, bits, [result, other, summand]);
  s.move(result, into, bits);
}
