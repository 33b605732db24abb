// reverse: some axes run backwards.

import { apply, type Node, type TensorType } from "#engine/graph/graph.ts";
import { axis, binary, constant } from "#engine/graph/expression.ts";
import { definePrimitive, type Primitive } from "#engine/graph/primitive.ts";
import { shifted } from "#engine/ops/batching.ts";
import { requireAxes } from "#engine/ops/check.ts";
import { bits, normal } from "#engine/ops/samples.ts";

export const reversePrimitive: Primitive = definePrimitive<readonly [x: TensorType], { axes: readonly number[] }>({
  name: "reverse",
  trait: "movement",
  type: ([x], { axes }) => {
    requireAxes("reverse", axes, x);
    return x;
  },
  lower: ([x], { axes }) => ({
    kind: "map",
    value: x.at(
      ...x.type.shape.map((extent, index) =>
        axes.includes(index) ? binary("subtract", constant(extent - 1), axis(index)) : axis(index),
      ),
    ),
  }),
  vjp: (_inputs, cotangent, { axes }) => [reverse(cotangent, axes)],
  batch: ([x], { axes }) => reverse(x.node, shifted(axes)),
  cases: [
    { inputs: [normal([3, 4])], attributes: { axes: [1] } },
    { inputs: [bits([2, 3, 2])], attributes: { axes: [0, 2] } },
  ],
  rejects: [{ inputs: [normal([3])], attributes: { axes: [1] }, code: "shape" }],
});

/** `x` with sorted, non-negative `axes` reversed. */
export function reverse(x: Node, axes: readonly number[]): Node {
  return axes.length === 0 ? x : apply(reversePrimitive, [x], { axes });
}
