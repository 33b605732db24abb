// sqrt: the square root.

import { apply, type Node } from "#engine/graph/graph.ts";
import { type Primitive } from "#engine/graph/primitive.ts";
import { constant } from "#engine/ops/constant.ts";
import { divide } from "#engine/ops/divide.ts";
import { unaryPrimitive } from "#engine/ops/elementwise.ts";
import { multiply } from "#engine/ops/multiply.ts";
import { positive } from "#engine/ops/samples.ts";

export const sqrtPrimitive: Primitive = unaryPrimitive({
  name: "sqrt",
  value: "sqrt",
  dtypes: ["f32"],
  sample: positive,
  vjp: (_x, cotangent, output) => divide(multiply(cotangent, constant(0.5, output.type)), output),
});

/** √x, elementwise; NaN below 0. */
export function sqrt(x: Node): Node {
  return apply(sqrtPrimitive, [x]);
}
