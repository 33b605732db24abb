// The order in which operands are evaluated: the part that needs more registers first.

import { valueParts, type Local, type Value } from "#engine/graph/kernel.ts";
import type { Register } from "./instruction.ts";
import type { Selection } from "./selection.ts";

/** A local that holds a value which is needed several times. */
export function holdLocal(s: Selection, value: Value): Local {
  if (value.kind === "local") return value;
  const local = s.newLocal(value.type);
  s.into(value, s.localRegister(local.id));
  return local;
}

/** Evaluates two values, the one that needs more registers first. */
export function registersOf(s: Selection, x: Value, y: Value): readonly [Register, Register] {
  if (needOf(y) <= needOf(x)) {
    const left = s.register(x);
    return [left, s.register(y)];
  }
  const right = s.register(y);
  return [s.register(x), right];
}

const needs = new WeakMap<Value, number>();

/** Registers that evaluating a tree takes, as Sethi and Ullman count them. */
export function needOf(value: Value): number {
  if (value.kind === "constant" || value.kind === "local" || value.kind === "chunk" || value.kind === "buffer")
    return 0;
  const known = needs.get(value);
  if (known !== undefined) return known;
  const need = needOfParts(valueParts(value));
  needs.set(value, need);
  return need;
}

/** Each part holds a register while those after it are evaluated, the one that needs most being the first. */
function needOfParts(values: readonly Value[]): number {
  const [only] = values;
  if (only !== undefined && values.length === 1) return Math.max(1, needOf(only));
  const parts = values.map(needOf).sort((a, b) => b - a);
  return parts.reduce((need, part, index) => Math.max(need, part + index), 1);
}
