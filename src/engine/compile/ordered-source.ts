// Nodes that are other nodes in another shape: who reads memory alone may read that of the other.

import { sizeOf, stridesOf } from "#engine/base/shape.ts";
import type { Node } from "#engine/graph/graph.ts";
import { outputAxes } from "#engine/graph/primitive.ts";
import type { Forms } from "#engine/compile/inline.ts";
import { keyOf, linearExpression, linearPlace } from "#engine/compile/linear.ts";

/** The node that has the same elements in the same order and computes them. */
export function orderedSource(forms: Forms, node: Node): Node {
  const form = forms.of(node);
  const value = form.kind === "map" ? form.value : undefined;
  const source = value?.kind === "read" ? node.inputs[value.operand] : undefined;
  if (value?.kind !== "read" || source === undefined) return node;
  if (source.type.dtype !== node.type.dtype || sizeOf(source.type.shape) !== sizeOf(node.type.shape)) return node;
  const read = linearPlace(value.at, stridesOf(source.type.shape));
  const own = linearPlace(outputAxes(node.type.shape.length), stridesOf(node.type.shape));
  return keyOf(linearExpression(read)) === keyOf(linearExpression(own)) ? orderedSource(forms, source) : node;
}
