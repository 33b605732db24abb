// bitwiseOr: bit by bit.

import { apply, type Node } from "#engine/graph/graph.ts";
import { noGradient, type Primitive } from "#engine/graph/primitive.ts";
import { binaryPrimitive } from "#engine/ops/elementwise.ts";

export const bitwiseOrPrimitive: Primitive = binaryPrimitive({
  name: "bitwiseOr",
  operation: "or",
  dtypes: ["i32"],
  vjp: () => [noGradient, noGradient],
});

/** x | y of i32, elementwise. */
export function bitwiseOr(x: Node, y: Node): Node {
  return apply(bitwiseOrPrimitive, [x, y]);
}
