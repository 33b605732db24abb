// lessEqual: whether the first is not larger.

import { apply, type Node } from "#engine/graph/graph.ts";
import { noGradient, type Primitive } from "#engine/graph/primitive.ts";
import { binaryPrimitive } from "#engine/ops/elementwise.ts";

export const lessEqualPrimitive: Primitive = binaryPrimitive({
  name: "lessEqual",
  operation: "lessEqual",
  dtypes: ["f32", "i32", "u8", "f16", "bf16"],
  isComparison: true,
  vjp: () => [noGradient, noGradient],
});

/** x ≤ y, elementwise, as bool. */
export function lessEqual(x: Node, y: Node): Node {
  return apply(lessEqualPrimitive, [x, y]);
}
