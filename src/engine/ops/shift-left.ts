// shiftLeft: the bits moved.

import { apply, type Node } from "#engine/graph/graph.ts";
import { noGradient, type Primitive } from "#engine/graph/primitive.ts";
import { binaryPrimitive } from "#engine/ops/elementwise.ts";

export const shiftLeftPrimitive: Primitive = binaryPrimitive({
  name: "shiftLeft",
  operation: "shiftLeft",
  dtypes: ["i32"],
  vjp: () => [noGradient, noGradient],
});

/** x << (y mod 32) of i32, elementwise. */
export function shiftLeft(x: Node, y: Node): Node {
  return apply(shiftLeftPrimitive, [x, y]);
}
