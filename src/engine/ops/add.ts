// add: the sum of two.

import { apply, type Node } from "#engine/graph/graph.ts";
import { type Primitive } from "#engine/graph/primitive.ts";
import { constantValue } from "#engine/ops/constant.ts";
import { binaryPrimitive } from "#engine/ops/elementwise.ts";

export const addPrimitive: Primitive = binaryPrimitive({
  name: "add",
  operation: "add",
  dtypes: ["f32", "i32"],
  simplify: (x, y) => (constantValue(x) === 0 ? y : constantValue(y) === 0 ? x : undefined),
  vjp: (_inputs, cotangent) => [cotangent, cotangent],
});

/** x + y, elementwise. */
export function add(x: Node, y: Node): Node {
  return apply(addPrimitive, [x, y]);
}
