// subtract: the difference of two.

import { apply, type Node } from "#engine/graph/graph.ts";
import { type Primitive } from "#engine/graph/primitive.ts";
import { constantValue } from "#engine/ops/constant.ts";
import { binaryPrimitive } from "#engine/ops/elementwise.ts";
import { negate } from "#engine/ops/negate.ts";

export const subtractPrimitive: Primitive = binaryPrimitive({
  name: "subtract",
  operation: "subtract",
  dtypes: ["f32", "i32"],
  simplify: (x, y) => (constantValue(y) === 0 ? x : undefined),
  vjp: (_inputs, cotangent) => [cotangent, negate(cotangent)],
});

/** x - y, elementwise. */
export function subtract(x: Node, y: Node): Node {
  return apply(subtractPrimitive, [x, y]);
}
