// shiftRightLogical: the bits moved.

import { apply, type Node } from "#engine/graph/graph.ts";
import { noGradient, type Primitive } from "#engine/graph/primitive.ts";
import { binaryPrimitive } from "#engine/ops/elementwise.ts";

export const shiftRightLogicalPrimitive: Primitive = binaryPrimitive({
  name: "shiftRightLogical",
  operation: "shiftRightLogical",
  dtypes: ["i32"],
  vjp: () => [noGradient, noGradient],
});

/** x >>> (y mod 32) of i32, elementwise; zeros come in from the left. */
export function shiftRightLogical(x: Node, y: Node): Node {
  return apply(shiftRightLogicalPrimitive, [x, y]);
}
