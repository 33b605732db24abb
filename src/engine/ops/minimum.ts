// minimum: the smaller of two. Where they are equal the gradient goes to the first.

import { apply, type Node } from "#engine/graph/graph.ts";
import { type Primitive } from "#engine/graph/primitive.ts";
import { zerosLike } from "#engine/ops/constant.ts";
import { binaryPrimitive } from "#engine/ops/elementwise.ts";
import { lessEqual } from "#engine/ops/less-equal.ts";
import { select } from "#engine/ops/select.ts";

export const minimumPrimitive: Primitive = binaryPrimitive({
  name: "minimum",
  operation: "minimum",
  dtypes: ["f32", "i32"],
  vjp: ([x, y], cotangent) => {
    const isFirst = lessEqual(x, y);
    const zeros = zerosLike(x);
    return [select(isFirst, cotangent, zeros), select(isFirst, zeros, cotangent)];
  },
});

/** min(x, y), elementwise; NaN if either is. */
export function minimum(x: Node, y: Node): Node {
  return apply(minimumPrimitive, [x, y]);
}
