// logicalAnd: of two truths.

import { apply, type Node } from "#engine/graph/graph.ts";
import { noGradient, type Primitive } from "#engine/graph/primitive.ts";
import { binaryPrimitive } from "#engine/ops/elementwise.ts";

export const logicalAndPrimitive: Primitive = binaryPrimitive({
  name: "logicalAnd",
  operation: "and",
  dtypes: ["bool"],
  vjp: () => [noGradient, noGradient],
});

/** x ∧ y of bool, elementwise. */
export function logicalAnd(x: Node, y: Node): Node {
  return apply(logicalAndPrimitive, [x, y]);
}
