// erf: the error function.

import { apply, type Node } from "#engine/graph/graph.ts";
import { type Primitive } from "#engine/graph/primitive.ts";
import { constant } from "#engine/ops/constant.ts";
import { unaryPrimitive } from "#engine/ops/elementwise.ts";
import { exp } from "#engine/ops/exp.ts";
import { multiply } from "#engine/ops/multiply.ts";
import { negate } from "#engine/ops/negate.ts";

export const erfPrimitive: Primitive = unaryPrimitive({
  name: "erf",
  value: "erf",
  dtypes: ["f32"],
  isMonotone: true,
  vjp: (x, cotangent) => {
    const slope = exp(negate(multiply(x, x)));
    return multiply(cotangent, multiply(slope, constant(2 / Math.sqrt(Math.PI), x.type)));
  },
});

/** 2/√π · ∫ exp(-t²) dt from 0 to x, elementwise. */
export function erf(x: Node): Node {
  return apply(erfPrimitive, [x]);
}
