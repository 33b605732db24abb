// Arithmetic of vectors of i32; that of vectors of f32 is in select-float.ts.

import { BugError } from "#engine/base/error.ts";
import { binaryValue, int, type KernelBinary, type KernelUnary, type Value } from "#engine/graph/kernel.ts";
import type { Operand, Register } from "#engine/target/machine/instruction.ts";
import { isLaneByLane, laneByLane } from "#engine/target/machine/lane-by-lane.ts";
import { registersOf } from "#engine/target/machine/operands.ts";
import { isOperand, operandsOf } from "./operands.ts";
import { compareInto, invertInto, isVectorComparison } from "./select-compare.ts";
import type { Selection } from "./selection.ts";

type Unary = Extract<Value, { kind: "unary" }>;
type Binary = Extract<Value, { kind: "binary" }>;

const unaryNames: Readonly<Partial<Record<KernelUnary, string>>> = { abs: "vpabsd", toF32: "vcvtdq2ps" };

/** Vectors of i32 to vectors of i32 or f32. */
export function integersUnaryInto(s: Selection, { operation, x }: Unary, into: Register): void {
  const name = unaryNames[operation];
  if (name !== undefined) s.emit(name, s.vectorBits, [into, s.register(x)]);
  else if (operation === "not") invertInto(s, s.register(x), into);
  else if (operation === "asF32" || operation === "asI32") s.move(s.register(x), into, s.vectorBits);
  else if (operation === "negate") {
    const zero = s.register({ kind: "constant", type: "vi32", value: 0 });
    s.emit("vpsubd", s.vectorBits, [into, zero, s.register(x)]);
  } else throw new BugError(`There is no ${operation} of vi32.`);
}

const binaryNames: Readonly<Partial<Record<KernelBinary, string>>> = {
  add: "vpaddd",
  subtract: "vpsubd",
  multiply: "vpmulld",
  minimum: "vpminsd",
  maximum: "vpmaxsd",
  pseudoMinimum: "vpminsd",
  pseudoMaximum: "vpmaxsd",
  and: "vandps",
  or: "vorps",
  xor: "vxorps",
};
const shiftNames: Readonly<Partial<Record<KernelBinary, string>>> = {
  shiftLeft: "vpslld",
  shiftRight: "vpsrad",
  shiftRightLogical: "vpsrld",
};
/** An operation on two vectors of i32. */
export function integersBinaryInto(s: Selection, value: Binary, into: Register): void {
  const { operation, x, y } = value;
  const name = binaryNames[operation];
  const shift = shiftNames[operation];
  if (name !== undefined) {
    const isSwapped = operation !== "subtract" && isOperand(s, x) && !isOperand(s, y);
    const [left, right]: readonly [Register, Operand] = isSwapped ? operandsOf(s, y, x) : operandsOf(s, x, y);
    s.emit(name, s.vectorBits, [into, left, right]);
  } else if (shift !== undefined) shiftInto(s, value, shift, into);
  else if (operation === "multiplyHighUnsigned") multiplyHighInto(s, x, y, into);
  else if (isLaneByLane(value)) s.into(laneByLane(s, value), into);
  else if (isVectorComparison(value)) compareInto(s, value, into);
  else throw new BugError(`There is no ${operation} of vi32.`);
}

function shiftInto(s: Selection, { x, y }: Binary, name: string, into: Register): void {
  if (y.kind === "constant") {
    s.emit(`${name}By`, s.vectorBits, [into, s.register(x)], { immediate: y.value & 31 });
    return;
  }
  const value = s.register(x);
  // The machine's distances do not wrap at 32.
  const count = s.register(binaryValue("and", y, int(31)));
  const distance = s.fresh("f32");
  s.emit("vmovd", 128, [distance, count]);
  s.emit(name, s.vectorBits, [into, value, distance]);
}

/** Products of the even lanes and of the odd ones, 64 bits each, and their upper halves together. */
function multiplyHighInto(s: Selection, x: Value, y: Value, into: Register): void {
  const bits = s.vectorBits;
  const [left, right] = registersOf(s, x, y);
  const [even, odd, other] = [s.fresh("vi32"), s.fresh("vi32"), s.fresh("vi32")];
  s.emit("vpmuludq", bits, [even, left, right]);
  s.emit("vpsrlqBy", bits, [even, even], { immediate: 32 });
  s.emit("vpsrlqBy", bits, [odd, left], { immediate: 32 });
  s.emit("vpsrlqBy", bits, [other, right], { immediate: 32 });
  s.emit("vpmuludq", bits, [odd, odd, other]);
  const upper = Array.from({ length: s.lanes }, (_, index) => -(index % 2));
  s.emit("vandps", bits, [odd, odd, s.constantWords(upper)]);
  s.emit("vorps", bits, [into, even, odd]);
}
