// Conditions to jumps: a comparison and its jump are one instruction to the processor.

import type { KernelBinary, Value } from "#engine/graph/kernel.ts";
import { condition as code } from "./instruction.ts";
import { branchUnless as anyBranchUnless, type ConditionRules } from "#engine/target/machine/conditions.ts";
import type { Register } from "#engine/target/machine/instruction.ts";
import { operandsOf } from "./operands.ts";
import type { Selection } from "./selection.ts";

const rules: ConditionRules<Selection> = { testAndBranch, branchUnlessBelow };

/** Jumps to `target` where an i32 condition is 0. */
export function branchUnless(s: Selection, condition: Value, target: number): void {
  anyBranchUnless(s, rules, condition, target);
}

function testAndBranch(s: Selection, condition: Value, target: number): void {
  const ordered = floatOrder(s, condition);
  s.emit("jcc", 32, [], { condition: (ordered ?? compareOrTest(s, condition)) ^ 1, label: target });
}

function branchUnlessBelow(s: Selection, value: Value, limit: number, target: number): void {
  s.emit("cmpImmediate", 32, [s.register(value)], { immediate: limit });
  s.emit("jcc", 32, [], { condition: code.aboveOrEqual, label: target });
}

/** Codes of comparisons of signed numbers. */
const codes: Readonly<Partial<Record<KernelBinary, number>>> = {
  equal: code.equal,
  notEqual: code.notEqual,
  less: code.less,
  lessEqual: code.lessOrEqual,
};

/** Codes with the operands the other way round. */
const mirrored: ReadonlyMap<number, number> = new Map([
  [code.less, code.greater],
  [code.lessOrEqual, code.greaterOrEqual],
]);

/** Compares two f32, where one comparison tells an order from NaN; gives the code of what holds. */
function floatOrder(s: Selection, value: Value): number | undefined {
  if (value.kind !== "binary" || value.x.type !== "f32") return undefined;
  if (value.operation !== "less" && value.operation !== "lessEqual") return undefined;
  const [y, x] = operandsOf(s, value.y, value.x);
  s.emit("vucomiss", 128, [y, x]);
  return value.operation === "less" ? code.above : code.aboveOrEqual;
}

/** Sets the flags from an i32 condition; gives the code that holds where it is not 0. */
export function compareOrTest(s: Selection, condition: Value): number {
  if (condition.kind === "binary" && condition.x.type === "i32") {
    const known = codes[condition.operation];
    if (known !== undefined) {
      if (condition.x.kind !== "constant" || condition.y.kind === "constant") {
        compare(s, condition.x, condition.y);
        return known;
      }
      compareConstant(s, s.register(condition.y), condition.x.value | 0);
      return mirrored.get(known) ?? known;
    }
  }
  const register = s.register(condition);
  s.emit("test", 32, [register, register]);
  return code.notEqual;
}

/** Compares two i32. */
function compare(s: Selection, x: Value, y: Value): void {
  if (y.kind !== "constant") {
    const [left, right] = operandsOf(s, x, y);
    s.emit("cmp", 32, [left, right]);
    return;
  }
  compareConstant(s, s.register(x), y.value | 0);
}

/** Compares a register with a constant. */
export function compareConstant(s: Selection, left: Register, right: number): void {
  if (right === 0) s.emit("test", 32, [left, left]);
  else s.emit("cmpImmediate", 32, [left], { immediate: right });
}
