// log1p: ln(1 + x), exact near 0.

import { apply, type Node } from "#engine/graph/graph.ts";
import { type Primitive } from "#engine/graph/primitive.ts";
import { add } from "#engine/ops/add.ts";
import { onesLike } from "#engine/ops/constant.ts";
import { divide } from "#engine/ops/divide.ts";
import { unaryPrimitive } from "#engine/ops/elementwise.ts";
import { positive } from "#engine/ops/samples.ts";

export const log1pPrimitive: Primitive = unaryPrimitive({
  name: "log1p",
  value: "log1p",
  dtypes: ["f32"],
  sample: positive,
  vjp: (x, cotangent) => divide(cotangent, add(x, onesLike(x))),
});

/** ln(1 + x), elementwise; NaN below -1. */
export function log1p(x: Node): Node {
  return apply(log1pPrimitive, [x]);
}
