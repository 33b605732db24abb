// reduceSum: the sum over some axes, which disappear.

import { apply, type Node } from "#engine/graph/graph.ts";
import { definePrimitive } from "#engine/graph/primitive.ts";
import { placeOfReduction, restoreAxes, typeOfReduction } from "#engine/ops/reduction.ts";

export const reduceSumPrimitive = definePrimitive<{ axes: readonly number[] }>({
  name: "reduceSum",
  trait: "reduction",
  type: ([x], { axes }) => typeOfReduction("reduceSum", x!, axes),
  lower: ([x], { axes }, type) => ({
    kind: "reduce",
    combiner: "sum",
    extents: axes.map((axis) => x!.type.shape[axis]!),
    value: x!.at(...placeOfReduction(x!.rank, axes, type.shape.length)),
  }),
  vjp: ([x], cotangent, { axes }) => [restoreAxes(cotangent, axes, x!.type.shape)],
  cases: [
    { inputs: [{ kind: "normal", type: { dtype: "f32", shape: [3, 4, 5] } }], attributes: { axes: [1] } },
    { inputs: [{ kind: "normal", type: { dtype: "f32", shape: [3, 4, 5] } }], attributes: { axes: [0, 2] } },
    { inputs: [{ kind: "below", bound: 9, type: { dtype: "i32", shape: [7] } }], attributes: { axes: [0] } },
  ],
  rejects: [{ inputs: [{ kind: "normal", type: { dtype: "f32", shape: [3] } }], attributes: { axes: [1] }, code: "shape" }],
});

/** The sum over sorted, non-negative `axes`. */
export function reduceSum(x: Node, axes: readonly number[]): Node {
  return axes.length === 0 ? x : apply(reduceSumPrimitive, [x], { axes });
}
