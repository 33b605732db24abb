// Maps that lay others side by side. A kernel that computes all of them may write them where they belong.

import { binary, constant, guarded, read, scalarTypeOf, select, type Expression } from "#engine/graph/expression.ts";
import type { Node } from "#engine/graph/graph.ts";
import { outputAxes } from "#engine/graph/primitive.ts";
import type { Forms } from "#engine/compile/inline.ts";
import { keyOf } from "#engine/compile/linear.ts";

/** Parts of equal shape, one behind the other along an axis. */
export interface SideBySide {
  readonly axis: number;
  readonly parts: readonly Node[];
}

/** What a node lays side by side. */
export function sideBySideOf(forms: Forms, node: Node): SideBySide | undefined {
  const form = forms.of(node);
  const [first] = node.inputs;
  if (form.kind !== "map" || form.value.kind !== "select" || first === undefined) return undefined;
  const { condition } = form.value;
  if (condition.kind !== "binary" || condition.x.kind !== "axis") return undefined;
  const { axis } = condition.x;
  const isAlike = node.inputs.every(({ type }) => type.shape.join() === first.type.shape.join());
  const expected = joined(node, axis, 0, 0);
  return isAlike && keyOf(expected) === keyOf(form.value) ? { axis, parts: node.inputs } : undefined;
}

/** The value of such a node from an operand on, which begins at `start`. */
function joined(node: Node, axis: number, operand: number, start: number): Expression {
  const own = outputAxes(node.type.shape.length);
  const along = own[axis] ?? constant(0);
  const extent = node.inputs[operand]?.type.shape[axis] ?? 0;
  const place = own.map((one, index) => (index === axis ? binary("subtract", one, constant(start)) : one));
  const type = scalarTypeOf(node.type.dtype);
  const element = read(operand, place, type);
  if (operand === node.inputs.length - 1) return element;
  const isBefore = binary("less", along, constant(start + extent));
  const isBehind = binary("lessEqual", constant(start + extent), along);
  const rest = joined(node, axis, operand + 1, start + extent);
  return select(isBefore, guarded(isBefore, element), guarded(isBehind, rest));
}
