// log: the natural logarithm.

import { apply, type Node } from "#engine/graph/graph.ts";
import { type Primitive } from "#engine/graph/primitive.ts";
import { divide } from "#engine/ops/divide.ts";
import { unaryPrimitive } from "#engine/ops/elementwise.ts";
import { positive } from "#engine/ops/samples.ts";

export const logPrimitive: Primitive = unaryPrimitive({
  name: "log",
  value: "log",
  dtypes: ["f32"],
  sample: positive,
  vjp: (x, cotangent) => divide(cotangent, x),
});

/** ln(x), elementwise; NaN below 0. */
export function log(x: Node): Node {
  return apply(logPrimitive, [x]);
}
