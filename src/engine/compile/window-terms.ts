// Terms of a reduction over a window, one a place: what is registered of them, and how they are added.

import type { Expression } from "#engine/graph/expression.ts";
import * as ir from "#engine/graph/kernel.ts";
import type { KernelBuilder, Value } from "#engine/graph/kernel.ts";
import type { Accumulator } from "#engine/compile/combine.ts";
import type { Emitter } from "#engine/compile/emitter.ts";
import type { Reduction } from "#engine/compile/group.ts";

/** None where it changes nothing; the factors of a product, which is added with one rounding. */
export type Term = readonly [] | readonly [value: Expression] | readonly [x: Expression, y: Expression];

/** The term of a reduction whose value is this at some place, registered. */
export function termOf(value: Expression, reduction: Reduction, emitter: Emitter): Term {
  if (isNeutral(value, reduction)) return [];
  const isProduct = value.kind === "binary" && value.operation === "multiply" && value.type === "f32";
  return isProduct && reduction.combiner === "sum"
    ? [emitter.root(value.x), emitter.root(value.y)]
    : [emitter.root(value)];
}

/** Whether a value changes no result: what lies outside of a sum or a maximum. An operand outside has no product. */
function isNeutral(value: Expression, { combiner, value: whole }: Reduction): boolean {
  if (value.kind === "constant") {
    return combiner === "sum" ? value.value === 0 : value.value === -Infinity && combiner !== "min";
  }
  if (combiner !== "sum" || value.kind !== "binary" || whole.kind !== "binary") return false;
  if (whole.operation !== "multiply") return false;
  const isOutside = (now: Expression, before: Expression): boolean =>
    before.kind === "guarded" && now.kind === "constant" && now.value === 0;
  return isOutside(value.x, whole.x) || isOutside(value.y, whole.y);
}

export interface Adding {
  /** In the window. */
  readonly place: Value;
  readonly isVector: boolean;
}

/** Adds a term to the result so far. */
export function addTerm(
  k: KernelBuilder,
  emitter: Emitter,
  [x, y]: Term,
  sum: Accumulator,
  { place, isVector }: Adding,
): void {
  const valueOf = (root: Expression): Value => (isVector ? emitter.vectorValue(root) : emitter.scalarValue(root));
  if (x === undefined) return;
  if (y === undefined) sum.update(valueOf(x), place);
  else k.set(sum.result, ir.fma(valueOf(x), valueOf(y), sum.result));
}
