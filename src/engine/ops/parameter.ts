// parameter: a value given from outside, the leaf of every graph.

import { checkShape } from "#engine/base/shape.ts";
import type { DType } from "#engine/base/dtype.ts";
import { apply, type Node, type TensorType } from "#engine/graph/graph.ts";
import { definePrimitive, neverBatched, type Primitive } from "#engine/graph/primitive.ts";

export const parameterPrimitive: Primitive = definePrimitive<readonly [], { dtype: DType; shape: readonly number[] }>({
  name: "parameter",
  trait: "parameter",
  type: (_inputs, { dtype, shape }) => {
    checkShape(shape, "parameter");
    return { dtype, shape };
  },
  lower: () => ({ kind: "parameter" }),
  vjp: () => [],
  batch: neverBatched,
  cases: [],
  rejects: [{ inputs: [], attributes: { dtype: "f32", shape: [0.5] }, code: "shape" }],
});

/** A new leaf; two calls give two different leaves. */
export function parameter(type: TensorType): Node {
  return apply(parameterPrimitive, [], { dtype: type.dtype, shape: type.shape });
}
