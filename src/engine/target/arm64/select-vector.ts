// Arithmetic of vectors of i32; that of vectors of f32 is in select-float.ts.

import { BugError } from "#engine/base/error.ts";
import { binaryValue, int, type KernelBinary, type KernelUnary, type Value } from "#engine/graph/kernel.ts";
import type { Register } from "#engine/target/machine/instruction.ts";
import { isLaneByLane, laneByLane } from "#engine/target/machine/lane-by-lane.ts";
import { registersOf } from "#engine/target/machine/operands.ts";
import { compareInto } from "./select-compare.ts";
import type { Selection } from "./selection.ts";

type Unary = Extract<Value, { kind: "unary" }>;
type Binary = Extract<Value, { kind: "binary" }>;

const unaryNames: Readonly<Partial<Record<KernelUnary, string>>> = {
  abs: "vabs",
  negate: "vneg",
  not: "vnot",
  toF32: "scvtf",
  asF32: "vmov",
  asI32: "vmov",
};

/** Vectors of i32 to vectors of i32 or f32. */
export function integersUnaryInto(s: Selection, { operation, x }: Unary, into: Register): void {
  const name = unaryNames[operation];
  if (name === undefined) throw new BugError(`There is no ${operation} of vi32.`);
  s.emit(name, 128, [into, s.register(x)]);
}

const binaryNames: Readonly<Partial<Record<KernelBinary, string>>> = {
  add: "vadd",
  subtract: "vsub",
  multiply: "vmul",
  minimum: "smin",
  maximum: "smax",
  pseudoMinimum: "smin",
  pseudoMaximum: "smax",
  and: "vand",
  or: "vorr",
  xor: "veor",
};
/** Shifts by a constant, and by lanes that are negative to the right. */
const shiftNames: Readonly<Partial<Record<KernelBinary, readonly [byConstant: string, byLanes: string]>>> = {
  shiftLeft: ["shl", "ushl"],
  shiftRight: ["sshr", "sshl"],
  shiftRightLogical: ["ushr", "ushl"],
};

/** An operation on two vectors of i32. */
export function integersBinaryInto(s: Selection, value: Binary, into: Register): void {
  const { operation, x, y } = value;
  const name = binaryNames[operation];
  if (name !== undefined) s.emit(name, 128, [into, ...registersOf(s, x, y)]);
  else if (operation.startsWith("shift")) shiftInto(s, value, into);
  else if (operation === "multiplyHighUnsigned") multiplyHighInto(s, x, y, into);
  else if (isLaneByLane(value)) s.into(laneByLane(s, value), into);
  else compareInto(s, value, into);
}

function shiftInto(s: Selection, { operation, x, y }: Binary, into: Register): void {
  const [byConstant, byLanes] = shiftNames[operation] ?? [];
  if (byConstant === undefined || byLanes === undefined) throw new BugError(`There is no ${operation} of vi32.`);
  const from = s.register(x);
  if (y.kind === "constant") {
    const immediate = y.value & 31;
    if (immediate === 0) s.move(from, into, 128);
    else s.emit(byConstant, 128, [into, from], { immediate });
    return;
  }
  // The machine's distances do not wrap at 32.
  const count = s.register(binaryValue("and", y, int(31)));
  const distances = s.fresh("vi32");
  s.emit("dupFrom", 128, [distances, count]);
  if (operation !== "shiftLeft") s.emit("vneg", 128, [distances, distances]);
  s.emit(byLanes, 128, [into, from, distances]);
}

/** The upper halves of products of 64 bits. */
function multiplyHighInto(s: Selection, x: Value, y: Value, into: Register): void {
  const operands = registersOf(s, x, y);
  const [lower, upper] = [s.fresh("vi32"), s.fresh("vi32")];
  s.emit("umullLower", 128, [lower, ...operands]);
  s.emit("umullUpper", 128, [upper, ...operands]);
  s.emit("uzp2", 128, [into, lower, upper]);
}
