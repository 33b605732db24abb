// notEqual: whether two differ.

import { apply, type Node } from "#engine/graph/graph.ts";
import { noGradient, type Primitive } from "#engine/graph/primitive.ts";
import { binaryPrimitive } from "#engine/ops/elementwise.ts";

export const notEqualPrimitive: Primitive = binaryPrimitive({
  name: "notEqual",
  operation: "notEqual",
  dtypes: ["f32", "i32", "u8", "bool", "f16", "bf16"],
  isComparison: true,
  vjp: () => [noGradient, noGradient],
});

/** x ≠ y, elementwise, as bool; true for NaN. */
export function notEqual(x: Node, y: Node): Node {
  return apply(notEqualPrimitive, [x, y]);
}
