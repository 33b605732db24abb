// Conditions to jumps: a comparison and its jump are one instruction to the processor.

import type { Value } from "#engine/graph/kernel.ts";
import { condition as code, type Register } from "./instruction.ts";
import { operandsOf } from "./operands.ts";
import type { Selection } from "./selection.ts";

type Binary = Extract<Value, { kind: "binary" }>;

/** Jumps to `target` where an i32 condition is 0. */
export function branchUnless(s: Selection, condition: Value, target: number): void {
  if (condition.kind === "constant") {
    if (condition.value === 0) s.jump(target);
    return;
  }
  if (condition.kind === "unary" && condition.operation === "not" && condition.x.type === "i32") {
    branchIf(s, condition.x, target);
    return;
  }
  const parts = conjuncts(condition);
  if (parts.length > 1) {
    branchUnlessAll(s, parts, target);
    return;
  }
  const ordered = floatOrder(s, condition);
  s.emit("jcc", 32, [], { condition: (ordered ?? compareOrTest(s, condition)) ^ 1, label: target });
}

/** The conditions that must all hold; each is 0 or 1 where there are several. */
function conjuncts(condition: Value): readonly Value[] {
  if (condition.kind !== "binary" || condition.operation !== "and") return [condition];
  const { x, y } = condition;
  return isTruth(x) && isTruth(y) ? [...conjuncts(x), ...conjuncts(y)] : [condition];
}

function branchUnlessAll(s: Selection, parts: readonly Value[], target: number): void {
  for (let index = 0; index < parts.length; index += 1) {
    const [part, next] = [parts[index], parts[index + 1]];
    if (part === undefined) return;
    if (next !== undefined && branchUnlessInside(s, part, next, target)) index += 1;
    else branchUnless(s, part, target);
  }
}

/** 0 ≤ x and x < limit as one comparison without sign; false where the conditions are others. */
function branchUnlessInside(s: Selection, lower: Value, upper: Value, target: number): boolean {
  if (lower.kind !== "binary" || lower.operation !== "lessEqual" || upper.kind !== "binary") return false;
  const { x: zero, y: value } = lower;
  const { operation, x, y: limit } = upper;
  if (operation !== "less" || !isConstant(zero, 0) || limit.kind !== "constant" || limit.value < 0) return false;
  if (value !== x && (s.numbers.of(value) === undefined || s.numbers.of(value) !== s.numbers.of(x))) return false;
  s.emit("cmpImmediate", 32, [s.register(value)], { immediate: limit.value });
  s.emit("jcc", 32, [], { condition: code.aboveOrEqual, label: target });
  return true;
}

function isConstant(value: Value, number: number): boolean {
  return value.kind === "constant" && value.type === "i32" && value.value === number;
}

/** Jumps to `target` where an i32 condition is not 0. */
export function branchIf(s: Selection, condition: Value, target: number): void {
  const past = s.label();
  branchUnless(s, condition, past);
  s.jump(target);
  s.place(past);
}

/** Whether a value is 0 or 1. */
function isTruth(value: Value): boolean {
  if (value.type !== "i32") return false;
  if (value.kind === "unary") return value.operation === "not";
  return (
    value.kind === "binary" &&
    (comparisonCode(value) !== undefined || (value.operation === "and" && isTruth(value.x) && isTruth(value.y)))
  );
}

const codes: Readonly<Record<string, number>> = {
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

/** The condition code of a comparison of signed numbers. */
function comparisonCode({ operation }: Binary): number | undefined {
  return codes[operation];
}

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
    const known = comparisonCode(condition);
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
