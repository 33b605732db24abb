// Copies: nodes that hold what another holds, in memory of their own.

import { sizeOf } from "#engine/base/shape.ts";
import { read, scalarTypeOf } from "#engine/graph/expression.ts";
import { apply, type Node, type TensorType } from "#engine/graph/graph.ts";
import { definePrimitive, outputAxes, type Primitive } from "#engine/graph/primitive.ts";
import type { Group } from "#engine/compile/group.ts";

const copyPrimitive: Primitive = definePrimitive<readonly [x: TensorType]>({
  name: "copy",
  trait: "elementwise",
  type: ([x]) => x,
  lower: ([x]) => ({ kind: "map", value: x.at(...outputAxes(x.rank)) }),
  vjp: (_inputs, cotangent) => [cotangent],
  batch: ([x]) => copyOf(x.node),
  cases: [],
  rejects: [],
});

/** A node equal to another. */
export function copyOf(source: Node): Node {
  return apply(copyPrimitive, [source]);
}

/** A kernel of its own that writes `target`, which has the source's type. */
export function copyGroup(source: Node, target: Node): Group {
  const { shape, dtype } = source.type;
  return {
    name: `copy ${sizeOf(shape)}`,
    space: shape,
    contraction: undefined,
    window: [],
    reductions: [],
    wideOutputs: [],
    outputs: [{ node: target, value: read(0, outputAxes(shape.length), scalarTypeOf(dtype)) }],
    inputs: [source],
  };
}
