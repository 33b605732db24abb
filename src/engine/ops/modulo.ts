// modulo: the remainder with the sign of the divisor.

import { apply, type Node } from "#engine/graph/graph.ts";
import { type Primitive } from "#engine/graph/primitive.ts";
import { divide } from "#engine/ops/divide.ts";
import { binaryPrimitive } from "#engine/ops/elementwise.ts";
import { floor } from "#engine/ops/floor.ts";
import { multiply } from "#engine/ops/multiply.ts";
import { negate } from "#engine/ops/negate.ts";
import { normal, positive } from "#engine/ops/samples.ts";

export const moduloPrimitive: Primitive = binaryPrimitive({
  name: "modulo",
  operation: "modulo",
  dtypes: ["f32", "i32"],
  samples: [normal, positive],
  vjp: ([x, y], cotangent) => [cotangent, negate(multiply(cotangent, floor(divide(x, y))))],
});

/** x - y · ⌊x / y⌋, elementwise; i32 by 0 gives 0. */
export function modulo(x: Node, y: Node): Node {
  return apply(moduloPrimitive, [x, y]);
}
