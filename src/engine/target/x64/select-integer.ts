// Arithmetic of i32 scalars in general registers. The upper halves of the registers are 0.

import { BugError } from "#engine/base/error.ts";
import type { KernelBinary, Value } from "#engine/graph/kernel.ts";
import { condition as code } from "./instruction.ts";
import type { Register } from "#engine/target/machine/instruction.ts";
import { operandsOf } from "./operands.ts";
import { registersOf } from "#engine/target/machine/operands.ts";
import { compareOrTest } from "./select-branch.ts";
import { divideInto } from "./select-division.ts";
import { mentions } from "#engine/target/machine/instruction.ts";
import type { Selection } from "./selection.ts";

type Unary = Extract<Value, { kind: "unary" }>;
type Binary = Extract<Value, { kind: "binary" }>;

/** i32 to i32 or f32. */
export function integerUnaryInto(s: Selection, { operation, x }: Unary, into: Register): void {
  switch (operation) {
    case "negate":
      twoAddress(s, into, x, (result) => s.emit("neg", 32, [result]));
      return;
    case "abs": {
      const from = s.register(x);
      const result = s.fresh("i32");
      s.move(from, result, 32);
      s.emit("neg", 32, [result]);
      s.emit("cmovcc", 32, [result, from], { condition: code.sign });
      s.move(result, into, 32);
      return;
    }
    case "not": {
      const from = s.register(x);
      s.emit("test", 32, [from, from]);
      truthInto(s, code.equal, into);
      return;
    }
    case "toF32": {
      const lanes = s.fresh("f32");
      s.emit("vmovd", 128, [lanes, s.register(x)]);
      s.emit("vcvtdq2ps", 128, [into, lanes]);
      return;
    }
    case "asF32":
      s.emit("vmovd", 128, [into, s.register(x)]);
      return;
    case "asI32":
      s.move(s.register(x), into, 32);
      return;
    default:
      throw new BugError(`There is no ${operation} of i32.`);
  }
}

/** 1 where the flags say so, else 0. */
function truthInto(s: Selection, conditionCode: number, into: Register): void {
  const byte = s.fresh("i32");
  s.emit("setcc", 32, [byte], { condition: conditionCode });
  s.emit("movzx8", 32, [into, byte]);
}

/** Applies an operation that overwrites its operand to a copy of `x`. */
function twoAddress(s: Selection, into: Register, x: Value, apply: (result: Register) => void): void {
  s.move(s.register(x), into, 32);
  apply(into);
}

const plain: Readonly<Partial<Record<KernelBinary, string>>> = {
  add: "add",
  subtract: "sub",
  multiply: "imul",
  and: "and",
  or: "or",
  xor: "xor",
};
const shifts: Readonly<Partial<Record<KernelBinary, readonly [byConstant: string, byRegister: string]>>> = {
  shiftLeft: ["shl", "shlx"],
  shiftRight: ["sar", "sarx"],
  shiftRightLogical: ["shr", "shrx"],
};

/** An operation on two i32. */
export function integerBinaryInto(s: Selection, value: Binary, into: Register): void {
  const { operation, x, y } = value;
  const shift = shifts[operation];
  const name = plain[operation];
  if (shift !== undefined) shiftInto(s, value, shift, into);
  else if (name !== undefined) plainInto(s, value, name, into);
  else if (operation === "multiplyHighUnsigned") multiplyHighInto(s, x, y, into);
  else if (divideInto(s, value, into)) return;
  else if (/^pseudo|imum$/.test(operation)) extremumInto(s, value, into);
  else truthInto(s, compareOrTest(s, value), into);
}

function plainInto(s: Selection, { operation, x, y }: Binary, name: string, into: Register): void {
  const isCommutative = operation !== "subtract";
  const [left, right] = isCommutative && x.kind === "constant" ? [y, x] : [x, y];
  if (right.kind === "constant") {
    constantRight(s, left, operation, right.value | 0, into);
    return;
  }
  const [first, second] = operandsOf(s, left, right);
  if (!mentions(second, into) || first.number === into.number) {
    s.move(first, into, 32);
    s.emit(name, 32, [into, second]);
  } else if (isCommutative && second.kind === "register") s.emit(name, 32, [into, first]);
  else {
    const result = s.fresh("i32");
    s.move(first, result, 32);
    s.emit(name, 32, [result, second]);
    s.move(result, into, 32);
  }
}

function constantRight(s: Selection, x: Value, operation: KernelBinary, by: number, into: Register): void {
  if (operation === "multiply") {
    multiplyByConstant(s, x, by, into);
    return;
  }
  const names = {
    add: "addImmediate",
    subtract: "subImmediate",
    and: "andImmediate",
    or: "orImmediate",
    xor: "xorImmediate",
  };
  const name = new Map(Object.entries(names)).get(operation);
  if (name === undefined) throw new BugError(`There is no ${operation} by a constant.`);
  twoAddress(s, into, x, (result) => s.emit(name, 32, [result], { immediate: by }));
}

function multiplyByConstant(s: Selection, x: Value, by: number, into: Register): void {
  const exponent = Math.log2(by);
  if (by > 0 && Number.isInteger(exponent)) {
    twoAddress(s, into, x, (result) => {
      if (exponent > 0) s.emit("shl", 32, [result], { immediate: exponent });
    });
  } else s.emit("imulImmediate", 32, [into, s.register(x)], { immediate: by });
}

function shiftInto(
  s: Selection,
  { x, y }: Binary,
  [byConstant, byRegister]: readonly [string, string],
  into: Register,
): void {
  if (y.kind === "constant") {
    const immediate = y.value & 31;
    twoAddress(s, into, x, (result) => s.emit(byConstant, 32, [result], { immediate }));
    return;
  }
  const [value, count] = registersOf(s, x, y);
  s.emit(byRegister, 32, [into, value, count]);
}

function multiplyHighInto(s: Selection, x: Value, y: Value, into: Register): void {
  const [left, right] = registersOf(s, x, y);
  const product = s.fresh("pointer");
  s.move(left, product, 32);
  s.emit("imul", 64, [product, right]);
  s.emit("shr", 64, [product], { immediate: 32 });
  s.move(product, into, 32);
}

function extremumInto(s: Selection, { operation, x, y }: Binary, into: Register): void {
  const isMinimum = operation === "minimum" || operation === "pseudoMinimum";
  const [left, right] = registersOf(s, x, y);
  const result = s.fresh("i32");
  s.emit("cmp", 32, [left, right]);
  s.move(left, result, 32);
  s.emit("cmovcc", 32, [result, right], { condition: isMinimum ? code.greater : code.less });
  s.move(result, into, 32);
}
