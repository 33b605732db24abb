// Arithmetic of i32 scalars in general registers. The upper halves of the registers may hold anything.

import { BugError } from "#engine/base/error.ts";
import type { KernelBinary, Value } from "#engine/graph/kernel.ts";
import type { Register } from "#engine/target/machine/instruction.ts";
import { registersOf } from "#engine/target/machine/operands.ts";
import { reciprocalOf } from "#engine/target/machine/reciprocal.ts";
import { condition as code } from "./instruction.ts";
import { truthInto } from "./select-compare.ts";
import type { Selection } from "./selection.ts";

type Unary = Extract<Value, { kind: "unary" }>;
type Binary = Extract<Value, { kind: "binary" }>;

/** i32 to i32 or f32. */
export function integerUnaryInto(s: Selection, { operation, x }: Unary, into: Register): void {
  const from = s.register(x);
  switch (operation) {
    case "negate":
      s.emit("neg", 32, [into, from]);
      return;
    case "abs":
      s.emit("cmpImmediate", 32, [from], { immediate: 0 });
      s.emit("csneg", 32, [into, from, from], { condition: code.greaterOrEqual });
      return;
    case "not":
      s.emit("cmpImmediate", 32, [from], { immediate: 0 });
      s.emit("cset", 32, [into], { condition: code.notEqual });
      return;
    case "toF32":
      s.emit("scvtfFrom", 32, [into, from]);
      return;
    case "asF32":
      s.emit("fmovFrom", 32, [into, from]);
      return;
    case "asI32":
      s.move(from, into, 32);
      return;
    default:
      throw new BugError(`There is no ${operation} of i32.`);
  }
}

/** Instructions on two registers, and on one and a constant. */
const names: Readonly<Partial<Record<KernelBinary, readonly [byRegister: string, byConstant?: string]>>> = {
  add: ["add", "addImmediate"],
  subtract: ["sub", "subImmediate"],
  multiply: ["mul"],
  and: ["and", "andImmediate"],
  or: ["orr", "orrImmediate"],
  xor: ["eor", "eorImmediate"],
  shiftLeft: ["lslv", "lslImmediate"],
  shiftRight: ["asrv", "asrImmediate"],
  shiftRightLogical: ["lsrv", "lsrImmediate"],
  // The machine's smallest integer by -1 wraps, as ours does.
  divide: ["sdiv"],
  divideUnsigned: ["udiv"],
};

/** An operation on two i32. */
export function integerBinaryInto(s: Selection, value: Binary, into: Register): void {
  const { operation, x, y } = value;
  if (y.kind === "constant" && byConstantInto(s, value, y.value | 0, into)) return;
  const [byRegister] = names[operation] ?? [];
  if (byRegister !== undefined) s.emit(byRegister, 32, [into, ...registersOf(s, x, y)]);
  else if (operation === "multiplyHighUnsigned") multiplyHighInto(s, x, y, into);
  else if (operation === "remainder") remainderInto(s, value, "divide", into);
  else if (operation === "remainderUnsigned") remainderInto(s, value, "divideUnsigned", into);
  else if (/^pseudo|imum$/.test(operation)) extremumInto(s, value, into);
  else truthInto(s, value, into);
}

function byConstantInto(s: Selection, { operation, x }: Binary, by: number, into: Register): boolean {
  const [, name] = names[operation] ?? [];
  const exponent = Math.log2(by);
  const isPower = by > 0 && Number.isInteger(exponent);
  if (name !== undefined) {
    const immediate = operation.startsWith("shift") ? by & 31 : by;
    s.emit(name, 32, [into, s.register(x)], { immediate });
  } else if (operation === "multiply" && isPower) {
    s.emit("lslImmediate", 32, [into, s.register(x)], { immediate: exponent });
  } else if (operation === "divideUnsigned" && isPower) {
    s.emit("lsrImmediate", 32, [into, s.register(x)], { immediate: exponent });
  } else if (operation === "remainderUnsigned" && isPower) {
    s.emit("andImmediate", 32, [into, s.register(x)], { immediate: by - 1 });
  } else if (operation === "divideUnsigned" && by > 0 && s.isNonNegative(x)) {
    const { factor, shift } = reciprocalOf(by);
    const product = s.fresh("pointer");
    const from = s.register(x);
    s.emit("constant", 32, [product], { immediate: factor });
    s.emit("umull", 64, [product, product, from]);
    s.emit("lsrImmediate", 64, [into, product], { immediate: shift });
  } else return false;
  return true;
}

/** x - ⌊x / y⌋ y; the quotient as a value of its own, since whoever takes a remainder mostly takes it, too. */
function remainderInto(s: Selection, { x, y }: Binary, operation: KernelBinary, into: Register): void {
  const quotient = s.register({ kind: "binary", type: "i32", operation, x, y });
  const [left, right] = registersOf(s, x, y);
  s.emit("msub", 32, [into, quotient, right, left]);
}

function multiplyHighInto(s: Selection, x: Value, y: Value, into: Register): void {
  const product = s.fresh("pointer");
  s.emit("umull", 64, [product, ...registersOf(s, x, y)]);
  s.emit("lsrImmediate", 64, [into, product], { immediate: 32 });
}

function extremumInto(s: Selection, { operation, x, y }: Binary, into: Register): void {
  const isMinimum = operation === "minimum" || operation === "pseudoMinimum";
  const [left, right] = registersOf(s, x, y);
  s.emit("cmp", 32, [left, right]);
  s.emit("csel", 32, [into, left, right], { condition: isMinimum ? code.less : code.greater });
}
