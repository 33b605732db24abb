// logicalOr: of two truths.

import { apply, type Node } from "#engine/graph/graph.ts";
import { noGradient, type Primitive } from "#engine/graph/primitive.ts";
import { binaryPrimitive } from "#engine/ops/elementwise.ts";

export const logicalOrPrimitive: Primitive = binaryPrimitive({
  name: "logicalOr",
  operation: "or",
  dtypes: ["bool"],
  vjp: () => [noGradient, noGradient],
});

/** x ∨ y of bool, elementwise. */
export function logicalOr(x: Node, y: Node): Node {
  return apply(logicalOrPrimitive, [x, y]);
}
