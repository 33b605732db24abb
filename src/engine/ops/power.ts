// power: one to the power of the other.

import { apply, type Node } from "#engine/graph/graph.ts";
import { type Primitive } from "#engine/graph/primitive.ts";
import { onesLike, zerosLike } from "#engine/ops/constant.ts";
import { binaryPrimitive } from "#engine/ops/elementwise.ts";
import { less } from "#engine/ops/less.ts";
import { log } from "#engine/ops/log.ts";
import { multiply } from "#engine/ops/multiply.ts";
import { normal, positive } from "#engine/ops/samples.ts";
import { select } from "#engine/ops/select.ts";
import { subtract } from "#engine/ops/subtract.ts";

export const powerPrimitive: Primitive = binaryPrimitive({
  name: "power",
  operation: "power",
  dtypes: ["f32"],
  samples: [positive, normal],
  vjp: ([x, y], cotangent, output) => {
    const one = onesLike(y);
    const base = multiply(cotangent, multiply(y, power(x, subtract(y, one))));
    const isPositive = less(zerosLike(x), x);
    const logarithm = log(select(isPositive, x, one));
    return [base, multiply(cotangent, multiply(output, logarithm))];
  },
});

/** x^y, elementwise; NaN for x < 0 with y not an integer. */
export function power(x: Node, y: Node): Node {
  return apply(powerPrimitive, [x, y]);
}
