// sign: -1, 0 or 1.

import { apply, type Node } from "#engine/graph/graph.ts";
import { noGradient, type Primitive } from "#engine/graph/primitive.ts";
import { unaryPrimitive } from "#engine/ops/elementwise.ts";

export const signPrimitive: Primitive = unaryPrimitive({
  name: "sign",
  value: "sign",
  dtypes: ["f32", "i32"],
  isMonotone: true,
  vjp: () => noGradient,
});

/** -1, 0 or 1 as `x` is negative, zero or positive; NaN for NaN. */
export function sign(x: Node): Node {
  return apply(signPrimitive, [x]);
}
