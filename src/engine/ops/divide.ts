// divide: the quotient of two.

import { apply, type Node } from "#engine/graph/graph.ts";
import { type Primitive } from "#engine/graph/primitive.ts";
import { constantValue } from "#engine/ops/constant.ts";
import { binaryPrimitive } from "#engine/ops/elementwise.ts";
import { multiply } from "#engine/ops/multiply.ts";
import { negate } from "#engine/ops/negate.ts";
import { normal, positive } from "#engine/ops/samples.ts";

export const dividePrimitive: Primitive = binaryPrimitive({
  name: "divide",
  operation: "divide",
  dtypes: ["f32"],
  samples: [normal, positive],
  simplify: (x, y) => (constantValue(y) === 1 ? x : undefined),
  vjp: ([, y], cotangent, output) => [divide(cotangent, y), negate(divide(multiply(cotangent, output), y))],
});

/** x / y, elementwise. */
export function divide(x: Node, y: Node): Node {
  return apply(dividePrimitive, [x, y]);
}
