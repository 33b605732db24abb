// What is known of conditions, whatever the processor: which are 0 or 1, which must all hold, which are one test of a range.

import type { Value } from "#engine/graph/kernel.ts";
import type { Register } from "./instruction.ts";
import type { Selection } from "./selection.ts";

type Binary = Extract<Value, { kind: "binary" }>;

/** Whether an operation compares. */
function isComparison({ operation }: Binary): boolean {
  return operation === "equal" || operation === "notEqual" || operation === "less" || operation === "lessEqual";
}

/** Whether a value is 0 or 1. */
function isTruth(value: Value): boolean {
  if (value.type !== "i32") return false;
  if (value.kind === "unary") return value.operation === "not";
  if (value.kind !== "binary") return false;
  return isComparison(value) || (value.operation === "and" && isTruth(value.x) && isTruth(value.y));
}

/** The conditions that must all hold; each is 0 or 1 where there are several. */
function conjuncts(condition: Value): readonly Value[] {
  if (condition.kind !== "binary" || condition.operation !== "and") return [condition];
  const { x, y } = condition;
  return isTruth(x) && isTruth(y) ? [...conjuncts(x), ...conjuncts(y)] : [condition];
}

/** How a target jumps on single conditions. */
export interface ConditionRules<S extends Selection> {
  /** Jumps where an i32 is 0, which is no constant. */
  readonly testAndBranch: (s: S, condition: Value, target: number) => void;
  /** Jumps where a value, taken without sign, is not below a limit. */
  readonly branchUnlessBelow: (s: S, value: Value, limit: number, target: number) => void;
}

/** Jumps to `target` where an i32 condition is 0. */
export function branchUnless<S extends Selection>(
  s: S,
  rules: ConditionRules<S>,
  condition: Value,
  target: number,
): void {
  if (condition.kind === "constant") {
    if (condition.value === 0) s.jump(target);
    return;
  }
  if (condition.kind === "unary" && condition.operation === "not" && condition.x.type === "i32") {
    const past = s.label();
    branchUnless(s, rules, condition.x, past);
    s.jump(target);
    s.place(past);
    return;
  }
  const parts = conjuncts(condition);
  if (parts.length > 1) branchUnlessAll(s, rules, parts, target);
  else rules.testAndBranch(s, condition, target);
}

function branchUnlessAll<S extends Selection>(
  s: S,
  rules: ConditionRules<S>,
  parts: readonly Value[],
  target: number,
): void {
  for (let index = 0; index < parts.length; index += 1) {
    const [part, next] = [parts[index], parts[index + 1]];
    if (part === undefined) return;
    const inside = next === undefined ? undefined : insideOf(s, part, next);
    if (inside === undefined) branchUnless(s, rules, part, target);
    else {
      rules.branchUnlessBelow(s, inside.value, inside.limit, target);
      index += 1;
    }
  }
}

/** 0 ≤ x and x < limit as one comparison without sign; undefined where the conditions are others. */
function insideOf(
  s: Selection,
  lower: Value,
  upper: Value,
): { readonly value: Value; readonly limit: number } | undefined {
  if (lower.kind !== "binary" || lower.operation !== "lessEqual" || upper.kind !== "binary") return undefined;
  const { x: zero, y: value } = lower;
  const { operation, x, y: limit } = upper;
  if (operation !== "less" || !isConstant(zero, 0) || limit.kind !== "constant" || limit.value < 0) return undefined;
  if (value !== x && (s.numbers.of(value) === undefined || s.numbers.of(value) !== s.numbers.of(x))) return undefined;
  return { value, limit: limit.value };
}

function isConstant(value: Value, number: number): boolean {
  return value.kind === "constant" && value.type === "i32" && value.value === number;
}

/** Makes `into` hold one of two values, of which only that one is evaluated. */
export function conditionalInto<S extends Selection>(
  s: S,
  branchUnless: (s: S, condition: Value, target: number) => void,
  value: Extract<Value, { kind: "conditional" }>,
  into: Register,
): void {
  const [otherwise, end] = [s.label(), s.label()];
  s.numbers.branch(() => {
    branchUnless(s, value.condition, otherwise);
    s.into(value.x, into);
  });
  s.jump(end);
  s.place(otherwise);
  s.numbers.branch(() => s.into(value.y, into));
  s.place(end);
}
