// Arithmetic of floats, scalar (in a vector register's first lane) and in vectors alike, and multiply-add.

import { BugError } from "#engine/base/error.ts";
import { isVector, type KernelBinary, type KernelUnary, type Value } from "#engine/graph/kernel.ts";
import type { Register } from "#engine/target/machine/instruction.ts";
import { registersOf } from "#engine/target/machine/operands.ts";
import { condition as code } from "./instruction.ts";
import { choose } from "./select-choice.ts";
import { compareInto, truthInto } from "./select-compare.ts";
import type { Selection } from "./selection.ts";

type Unary = Extract<Value, { kind: "unary" }>;
type Binary = Extract<Value, { kind: "binary" }>;
type MultiplyAdd = Extract<Value, { kind: "fma" }>;

const unaryNames: Readonly<Partial<Record<KernelUnary, string>>> = {
  negate: "fneg",
  abs: "fabs",
  sqrt: "fsqrt",
  round: "frintn",
  floor: "frintm",
  ceil: "frintp",
};

/** f32 to f32 or i32. */
export function floatUnaryInto(s: Selection, { operation, x }: Unary, into: Register): void {
  const bits = s.bitsOf(x.type);
  const name = unaryNames[operation];
  const from = s.register(x);
  if (name !== undefined) s.emit(name, bits, [into, from]);
  else if (operation === "toI32") s.emit(isVector(x.type) ? "fcvtzs" : "fcvtzsTo", bits, [into, from]);
  else if (operation === "asI32" && into.bank === "general") s.emit("fmovTo", 32, [into, from]);
  else if (operation === "asI32" || operation === "asF32") s.move(from, into, bits);
  else throw new BugError(`There is no ${operation} of ${x.type}.`);
}

/** The machine's extrema give NaN where either is, and -0 is below 0. */
const binaryNames: Readonly<Partial<Record<KernelBinary, string>>> = {
  add: "fadd",
  subtract: "fsub",
  multiply: "fmul",
  divide: "fdiv",
  minimum: "fmin",
  maximum: "fmax",
};
const bitwise: Readonly<Partial<Record<KernelBinary, string>>> = { and: "vand", or: "vorr", xor: "veor" };

/** An operation on two f32, or vectors of them. */
export function floatBinaryInto(s: Selection, value: Binary, into: Register): void {
  const { operation, x, y } = value;
  const name = binaryNames[operation];
  const bitName = bitwise[operation];
  if (operation === "multiply" && multiplyByLane(s, x, y, into)) return;
  if (name !== undefined) s.emit(name, s.bitsOf(x.type), [into, ...registersOf(s, x, y)]);
  else if (bitName !== undefined) s.emit(bitName, 128, [into, ...registersOf(s, x, y)]);
  else if (operation === "pseudoMinimum" || operation === "pseudoMaximum") pseudoExtremumInto(s, value, into);
  else if (isVector(x.type)) compareInto(s, value, into);
  else truthInto(s, value, into);
}

function multiplyByLane(s: Selection, x: Value, y: Value, into: Register): boolean {
  const right = s.everyLane(y);
  const left = right === undefined ? s.everyLane(x) : undefined;
  const lane = right ?? left;
  if (lane === undefined) return false;
  s.emit("fmulLane", 128, [into, s.register(left === undefined ? x : y), lane]);
  return true;
}

/** The minimum is y < x ? y : x, the maximum x < y ? y : x. */
function pseudoExtremumInto(s: Selection, { operation, x, y }: Binary, into: Register): void {
  const [left, right] = registersOf(s, x, y);
  const [lower, upper] = operation === "pseudoMinimum" ? [right, left] : [left, right];
  if (isVector(x.type)) {
    const mask = s.fresh("vi32");
    s.emit("fcmgt", 128, [mask, upper, lower]);
    choose(s, mask, [right, left], into);
    return;
  }
  s.emit("fcmp", 32, [lower, upper]);
  s.emit("fcsel", 32, [into, right, left], { condition: code.negative });
}

/** x y + z, rounded once. */
export function multiplyAddInto(s: Selection, value: MultiplyAdd, into: Register): void {
  const { x, y, z, type } = value;
  if (!isVector(type)) {
    const [left, right] = registersOf(s, x, y);
    s.emit("fmadd", 32, [into, left, right, s.register(z)]);
    return;
  }
  const left = s.everyLane(x);
  const factor = left ?? s.everyLane(y);
  const operands = factor === undefined ? registersOf(s, x, y) : [s.register(left === undefined ? x : y), factor];
  const isSum = z.kind === "local" && s.localRegister(z.id).number === into.number;
  const sum = isSum ? into : s.fresh(type);
  if (!isSum) s.into(z, sum);
  s.emit(factor === undefined ? "fmla" : "fmlaLane", 128, [sum, ...operands]);
  s.move(sum, into, 128);
}
