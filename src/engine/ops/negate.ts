// negate: the opposite number.

import { apply, type Node } from "#engine/graph/graph.ts";
import { type Primitive } from "#engine/graph/primitive.ts";
import { unaryPrimitive } from "#engine/ops/elementwise.ts";

export const negatePrimitive: Primitive = unaryPrimitive({
  name: "negate",
  value: "negate",
  dtypes: ["f32", "i32"],
  simplify: (x) => (x.primitive === negatePrimitive ? x.inputs[0] : undefined),
  vjp: (_x, cotangent) => negate(cotangent),
});

/** -x, elementwise. */
export function negate(x: Node): Node {
  return apply(negatePrimitive, [x]);
}
