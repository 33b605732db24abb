// ceil: the next integer above.

import { apply, type Node } from "#engine/graph/graph.ts";
import { noGradient, type Primitive } from "#engine/graph/primitive.ts";
import { unaryPrimitive } from "#engine/ops/elementwise.ts";

export const ceilPrimitive: Primitive = unaryPrimitive({
  name: "ceil",
  value: "ceil",
  dtypes: ["f32"],
  isMonotone: true,
  vjp: () => noGradient,
});

/** ⌈x⌉, elementwise, still f32. */
export function ceil(x: Node): Node {
  return apply(ceilPrimitive, [x]);
}
