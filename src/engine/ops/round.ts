// round: the nearest integer, half to even.

import { apply, type Node } from "#engine/graph/graph.ts";
import { noGradient, type Primitive } from "#engine/graph/primitive.ts";
import { unaryPrimitive } from "#engine/ops/elementwise.ts";

export const roundPrimitive: Primitive = unaryPrimitive({
  name: "round",
  value: "round",
  dtypes: ["f32"],
  isMonotone: true,
  vjp: () => noGradient,
});

/** The nearest integer, half to even, still f32. */
export function round(x: Node): Node {
  return apply(roundPrimitive, [x]);
}
