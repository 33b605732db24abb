// floorDivide: the quotient rounded down.

import { apply, type Node } from "#engine/graph/graph.ts";
import { noGradient, type Primitive } from "#engine/graph/primitive.ts";
import { binaryPrimitive } from "#engine/ops/elementwise.ts";

export const floorDividePrimitive: Primitive = binaryPrimitive({
  name: "floorDivide",
  operation: "floorDivide",
  dtypes: ["i32"],
  vjp: () => [noGradient, noGradient],
});

/** ⌊x / y⌋ of i32, elementwise; by 0 gives 0. */
export function floorDivide(x: Node, y: Node): Node {
  return apply(floorDividePrimitive, [x, y]);
}
