// exp: e to the power of x.

import { apply, type Node } from "#engine/graph/graph.ts";
import { type Primitive } from "#engine/graph/primitive.ts";
import { unaryPrimitive } from "#engine/ops/elementwise.ts";
import { multiply } from "#engine/ops/multiply.ts";

export const expPrimitive: Primitive = unaryPrimitive({
  name: "exp",
  value: "exp",
  dtypes: ["f32"],
  isMonotone: true,
  vjp: (_x, cotangent, output) => multiply(cotangent, output),
});

/** e^x, elementwise. */
export function exp(x: Node): Node {
  return apply(expPrimitive, [x]);
}
