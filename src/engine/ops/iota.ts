// iota: each place holds its number along one axis.

import type { DType } from "#engine/base/dtype.ts";
import { checkShape, normalizeAxis } from "#engine/base/shape.ts";
import { apply, type Node, type TensorType } from "#engine/graph/graph.ts";
import { axis as axisExpression, unary } from "#engine/graph/expression.ts";
import { definePrimitive, neverBatched, type Primitive } from "#engine/graph/primitive.ts";
import { requireDType } from "#engine/ops/check.ts";

export const iotaPrimitive: Primitive = definePrimitive<
  readonly [],
  { shape: readonly number[]; axis: number; dtype: DType }
>({
  name: "iota",
  trait: "movement",
  type: (_inputs, { shape, axis, dtype }) => {
    const type: TensorType = { dtype, shape };
    requireDType("iota", type, ["i32", "f32"]);
    checkShape(shape, "iota");
    normalizeAxis(axis, shape.length, "iota");
    return type;
  },
  lower: (_operands, { axis, dtype }) => ({
    kind: "map",
    value: dtype === "f32" ? unary("toF32", axisExpression(axis)) : axisExpression(axis),
  }),
  vjp: () => [],
  batch: neverBatched,
  cases: [
    { inputs: [], attributes: { shape: [3, 4], axis: 1, dtype: "i32" } },
    { inputs: [], attributes: { shape: [3, 4], axis: 0, dtype: "f32" } },
  ],
  rejects: [
    { inputs: [], attributes: { shape: [3], axis: 1, dtype: "i32" }, code: "shape" },
    { inputs: [], attributes: { shape: [3], axis: 0, dtype: "bool" }, code: "dtype" },
  ],
});

/** The number of each place along a non-negative `axis`, as i32 or f32. */
export function iota(shape: readonly number[], axis: number, dtype: DType): Node {
  return apply(iotaPrimitive, [], { shape, axis, dtype });
}
