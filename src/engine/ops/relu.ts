// relu: what is above 0, else 0. The gradient reads the result, so that the operand need not be kept.

import { apply, type Node } from "#engine/graph/graph.ts";
import { binary, constant } from "#engine/graph/expression.ts";
import { type Primitive } from "#engine/graph/primitive.ts";
import { zerosLike } from "#engine/ops/constant.ts";
import { unaryPrimitive } from "#engine/ops/elementwise.ts";
import { less } from "#engine/ops/less.ts";
import { select } from "#engine/ops/select.ts";

export const reluPrimitive: Primitive = unaryPrimitive({
  name: "relu",
  value: (x) => binary("maximum", x, constant(0, "f32")),
  dtypes: ["f32"],
  isMonotone: true,
  vjp: (_x, cotangent, output) => select(less(zerosLike(output), output), cotangent, zerosLike(output)),
});

/** max(x, 0), elementwise; the slope at 0 is 0. */
export function relu(x: Node): Node {
  return apply(reluPrimitive, [x]);
}
