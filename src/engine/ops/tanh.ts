// tanh: the hyperbolic tangent.

import { apply, type Node } from "#engine/graph/graph.ts";
import { type Primitive } from "#engine/graph/primitive.ts";
import { onesLike } from "#engine/ops/constant.ts";
import { unaryPrimitive } from "#engine/ops/elementwise.ts";
import { multiply } from "#engine/ops/multiply.ts";
import { subtract } from "#engine/ops/subtract.ts";

export const tanhPrimitive: Primitive = unaryPrimitive({
  name: "tanh",
  value: "tanh",
  dtypes: ["f32"],
  isMonotone: true,
  vjp: (_x, cotangent, output) => multiply(cotangent, subtract(onesLike(output), multiply(output, output))),
});

/** tanh(x), elementwise. */
export function tanh(x: Node): Node {
  return apply(tanhPrimitive, [x]);
}
