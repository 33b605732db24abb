// argMax: where the first maximum over some axes lies, as a row-major position among them.

import { normalizeAxes } from "#engine/base/shape.ts";
import { apply, type Node, type TensorType } from "#engine/graph/graph.ts";
import { definePrimitive, noGradient, type Primitive } from "#engine/graph/primitive.ts";
import { shifted } from "#engine/ops/batching.ts";
import {
  reduceForm,
  reductionCases,
  reductionRejects,
  requireElements,
  typeOfReduction,
} from "#engine/ops/reduction.ts";
import type { AxesAttributes } from "#engine/ops/reduction.ts";
import { normal } from "#engine/ops/samples.ts";

export const argMaxPrimitive: Primitive = definePrimitive<readonly [x: TensorType], AxesAttributes>({
  name: "argMax",
  trait: "reduction",
  type: ([x], { axes }) => {
    requireElements("argMax", x, axes);
    return { dtype: "i32", shape: typeOfReduction("argMax", x, axes, ["f32", "i32"]).shape };
  },
  lower: ([x], { axes }) => reduceForm(x, axes, "argmax"),
  vjp: () => [noGradient],
  batch: ([x], { axes }) => argMax(x.node, shifted(axes)),
  cases: reductionCases,
  rejects: [...reductionRejects, { inputs: [normal([2, 0])], attributes: { axes: [1] }, code: "shape" }],
});

/** The position of the first maximum along an axis, or row-major over several; i32. NaN counts as the largest. */
export function argMax(x: Node, axes: number | readonly number[]): Node {
  return apply(argMaxPrimitive, [x], { axes: normalizeAxes(axes, x.type.shape.length, "argMax") });
}
