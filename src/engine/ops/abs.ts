// abs: the distance from 0.

import { apply, type Node } from "#engine/graph/graph.ts";
import { type Primitive } from "#engine/graph/primitive.ts";
import { unaryPrimitive } from "#engine/ops/elementwise.ts";
import { multiply } from "#engine/ops/multiply.ts";
import { sign } from "#engine/ops/sign.ts";

export const absPrimitive: Primitive = unaryPrimitive({
  name: "abs",
  value: "abs",
  dtypes: ["f32", "i32"],
  vjp: (x, cotangent) => multiply(cotangent, sign(x)),
});

/** |x|, elementwise. */
export function abs(x: Node): Node {
  return apply(absPrimitive, [x]);
}
