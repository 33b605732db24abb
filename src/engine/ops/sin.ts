// sin and cos, which are each other's gradients.

import { apply, type Node } from "#engine/graph/graph.ts";
import type { Primitive } from "#engine/graph/primitive.ts";
import { unaryPrimitive } from "#engine/ops/elementwise.ts";
import { multiply } from "#engine/ops/multiply.ts";
import { negate } from "#engine/ops/negate.ts";

export const sinPrimitive: Primitive = unaryPrimitive({
  name: "sin",
  value: "sin",
  dtypes: ["f32"],
  vjp: (x, cotangent) => multiply(cotangent, cos(x)),
});

export const cosPrimitive: Primitive = unaryPrimitive({
  name: "cos",
  value: "cos",
  dtypes: ["f32"],
  vjp: (x, cotangent) => negate(multiply(cotangent, sin(x))),
});

/** sin(x), elementwise, x in radians. */
export function sin(x: Node): Node {
  return apply(sinPrimitive, [x]);
}

/** cos(x), elementwise, x in radians. */
export function cos(x: Node): Node {
  return apply(cosPrimitive, [x]);
}
