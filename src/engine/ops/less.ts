// less: whether the first is smaller.

import { apply, type Node } from "#engine/graph/graph.ts";
import { noGradient, type Primitive } from "#engine/graph/primitive.ts";
import { binaryPrimitive } from "#engine/ops/elementwise.ts";

export const lessPrimitive: Primitive = binaryPrimitive({
  name: "less",
  operation: "less",
  dtypes: ["f32", "i32", "u8", "f16", "bf16"],
  isComparison: true,
  vjp: () => [noGradient, noGradient],
});

/** x < y, elementwise, as bool. */
export function less(x: Node, y: Node): Node {
  return apply(lessPrimitive, [x, y]);
}
