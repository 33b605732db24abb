// bitwiseXor: bit by bit.

import { apply, type Node } from "#engine/graph/graph.ts";
import { noGradient, type Primitive } from "#engine/graph/primitive.ts";
import { binaryPrimitive } from "#engine/ops/elementwise.ts";

export const bitwiseXorPrimitive: Primitive = binaryPrimitive({
  name: "bitwiseXor",
  operation: "xor",
  dtypes: ["i32"],
  vjp: () => [noGradient, noGradient],
});

/** x ^ y of i32, elementwise. */
export function bitwiseXor(x: Node, y: Node): Node {
  return apply(bitwiseXorPrimitive, [x, y]);
}
