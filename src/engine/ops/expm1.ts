// expm1: e^x - 1, exact near 0.

import { apply, type Node } from "#engine/graph/graph.ts";
import { type Primitive } from "#engine/graph/primitive.ts";
import { add } from "#engine/ops/add.ts";
import { onesLike } from "#engine/ops/constant.ts";
import { unaryPrimitive } from "#engine/ops/elementwise.ts";
import { multiply } from "#engine/ops/multiply.ts";

export const expm1Primitive: Primitive = unaryPrimitive({
  name: "expm1",
  value: "expm1",
  dtypes: ["f32"],
  isMonotone: true,
  vjp: (_x, cotangent, output) => multiply(cotangent, add(output, onesLike(output))),
});

/** e^x - 1, elementwise. */
export function expm1(x: Node): Node {
  return apply(expm1Primitive, [x]);
}
