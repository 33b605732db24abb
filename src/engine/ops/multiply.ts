// multiply: the product of two.

import { apply, type Node } from "#engine/graph/graph.ts";
import { type Primitive } from "#engine/graph/primitive.ts";
import { constantValue } from "#engine/ops/constant.ts";
import { binaryPrimitive } from "#engine/ops/elementwise.ts";

export const multiplyPrimitive: Primitive = binaryPrimitive({
  name: "multiply",
  operation: "multiply",
  dtypes: ["f32", "i32"],
  simplify: (x, y) => (constantValue(x) === 1 ? y : constantValue(y) === 1 ? x : undefined),
  vjp: ([x, y], cotangent) => [multiply(cotangent, y), multiply(cotangent, x)],
});

/** x · y, elementwise; i32 wraps. */
export function multiply(x: Node, y: Node): Node {
  return apply(multiplyPrimitive, [x, y]);
}
