// Comparisons: of scalars as condition codes, numbers 0 or 1 and jumps, of vectors as masks.

import { BugError } from "#engine/base/error.ts";
import type { KernelBinary, Value } from "#engine/graph/kernel.ts";
import { branchUnless as anyBranchUnless, type ConditionRules } from "#engine/target/machine/conditions.ts";
import type { Register } from "#engine/target/machine/instruction.ts";
import { registersOf } from "#engine/target/machine/operands.ts";
import { condition as code } from "./instruction.ts";
import type { Selection } from "./selection.ts";

type Binary = Extract<Value, { kind: "binary" }>;
type Codes = Readonly<Partial<Record<KernelBinary, number>>>;

const integerCodes: Codes = {
  equal: code.equal,
  notEqual: code.notEqual,
  less: code.less,
  lessEqual: code.lessOrEqual,
};
/** These hold of no NaN but notEqual. */
const floatCodes: Codes = {
  equal: code.equal,
  notEqual: code.notEqual,
  less: code.negative,
  lessEqual: code.belowOrEqual,
};

const rules: ConditionRules<Selection> = { testAndBranch, branchUnlessBelow };

/** Jumps to `target` where an i32 condition is 0. */
export function branchUnless(s: Selection, condition: Value, target: number): void {
  anyBranchUnless(s, rules, condition, target);
}

function testAndBranch(s: Selection, condition: Value, label: number): void {
  const holds = compareScalars(s, condition);
  if (holds === undefined) s.emit("cbz", 32, [s.register(condition)], { label });
  else s.emit("bcc", 64, [], { condition: holds ^ 1, label });
}

function branchUnlessBelow(s: Selection, value: Value, limit: number, label: number): void {
  s.emit("cmpImmediate", 32, [s.register(value)], { immediate: limit });
  s.emit("bcc", 64, [], { condition: code.aboveOrEqual, label });
}

/** Sets the flags from an i32 condition; gives the code that holds where it is not 0. */
export function compareOrTest(s: Selection, condition: Value): number {
  const known = compareScalars(s, condition);
  if (known !== undefined) return known;
  s.emit("cmpImmediate", 32, [s.register(condition)], { immediate: 0 });
  return code.notEqual;
}

/** Compares two scalars; undefined where a value is no comparison. */
function compareScalars(s: Selection, value: Value): number | undefined {
  if (value.kind !== "binary") return undefined;
  const { operation, x, y } = value;
  if (x.type === "f32") {
    const holds = floatCodes[operation];
    if (holds !== undefined) s.emit("fcmp", 32, registersOf(s, x, y));
    return holds;
  }
  const holds = x.type === "i32" ? integerCodes[operation] : undefined;
  if (holds === undefined) return undefined;
  if (y.kind === "constant") compareConstant(s, s.register(x), y.value | 0);
  else s.emit("cmp", 32, registersOf(s, x, y));
  return holds;
}

/** Compares a register with a constant. */
export function compareConstant(s: Selection, left: Register, immediate: number): void {
  s.emit("cmpImmediate", 32, [left], { immediate });
}

/** Makes `into` 1 where a comparison of scalars holds, else 0. */
export function truthInto(s: Selection, value: Value, into: Register): void {
  s.emit("cset", 32, [into], { condition: compareOrTest(s, value) ^ 1 });
}

/** Makes `into` the mask of a comparison of vectors. */
export function compareInto(s: Selection, { operation, x, y }: Binary, into: Register): void {
  const isFloat = x.type === "vf32";
  const [left, right] = registersOf(s, x, y);
  switch (operation) {
    case "equal":
      s.emit(isFloat ? "fcmeq" : "cmeq", 128, [into, left, right]);
      return;
    case "notEqual":
      s.emit(isFloat ? "fcmeq" : "cmeq", 128, [into, left, right]);
      s.emit("vnot", 128, [into, into]);
      return;
    case "less":
      s.emit(isFloat ? "fcmgt" : "cmgt", 128, [into, right, left]);
      return;
    case "lessEqual":
      s.emit(isFloat ? "fcmge" : "cmge", 128, [into, right, left]);
      return;
    default:
      throw new BugError(`${operation} is no comparison.`);
  }
}
