// identity: its operand, as a node of its own, apart from every other; the last simplification removes it.

import { apply, type Node, type TensorType } from "#engine/graph/graph.ts";
import { definePrimitive, outputAxes, type Primitive } from "#engine/graph/primitive.ts";
import { bits, normal } from "#engine/ops/samples.ts";

export const identityPrimitive: Primitive = definePrimitive<readonly [x: TensorType]>({
  name: "identity",
  trait: "movement",
  type: ([x]) => x,
  lower: ([x]) => ({ kind: "map", value: x.at(...outputAxes(x.rank)) }),
  vjp: (_inputs, cotangent) => [cotangent],
  batch: ([x]) => identity(x.node),
  cases: [{ inputs: [normal([2, 3])] }, { inputs: [bits([4], "u8")] }, { inputs: [normal([3], "bf16")] }],
  rejects: [],
});

/** A node equal to `x`. */
export function identity(x: Node): Node {
  return apply(identityPrimitive, [x]);
}
