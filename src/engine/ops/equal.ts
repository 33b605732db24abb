// equal: whether two are equal.

import { apply, type Node } from "#engine/graph/graph.ts";
import { noGradient, type Primitive } from "#engine/graph/primitive.ts";
import { binaryPrimitive } from "#engine/ops/elementwise.ts";

export const equalPrimitive: Primitive = binaryPrimitive({
  name: "equal",
  operation: "equal",
  dtypes: ["f32", "i32", "u8", "bool", "f16", "bf16"],
  isComparison: true,
  vjp: () => [noGradient, noGradient],
});

/** x = y, elementwise, as bool. */
export function equal(x: Node, y: Node): Node {
  return apply(equalPrimitive, [x, y]);
}
