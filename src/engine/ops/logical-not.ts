// logicalNot: true for false.

import { apply, type Node } from "#engine/graph/graph.ts";
import { noGradient, type Primitive } from "#engine/graph/primitive.ts";
import { unaryPrimitive } from "#engine/ops/elementwise.ts";

export const logicalNotPrimitive: Primitive = unaryPrimitive({
  name: "logicalNot",
  value: "not",
  dtypes: ["bool"],
  vjp: () => noGradient,
});

/** !x, elementwise. */
export function logicalNot(x: Node): Node {
  return apply(logicalNotPrimitive, [x]);
}
