// floor: the next integer below.

import { apply, type Node } from "#engine/graph/graph.ts";
import { noGradient, type Primitive } from "#engine/graph/primitive.ts";
import { unaryPrimitive } from "#engine/ops/elementwise.ts";

export const floorPrimitive: Primitive = unaryPrimitive({
  name: "floor",
  value: "floor",
  dtypes: ["f32"],
  isMonotone: true,
  vjp: () => noGradient,
});

/** ⌊x⌋, elementwise, still f32. */
export function floor(x: Node): Node {
  return apply(floorPrimitive, [x]);
}
