// constant: one number repeated over a shape.

import { apply, type Node, type TensorType } from "#engine/graph/graph.ts";
import { constant as constantExpression, scalarTypeOf } from "#engine/graph/expression.ts";
import { definePrimitive } from "#engine/graph/primitive.ts";

export const constantPrimitive = definePrimitive<{
  value: number;
  dtype: TensorType["dtype"];
  shape: readonly number[];
}>({
  name: "constant",
  trait: "movement",
  type: (_inputs, { dtype, shape }) => ({ dtype, shape }),
  lower: (_operands, { value, dtype }) => ({ kind: "map", value: constantExpression(value, scalarTypeOf(dtype)) }),
  vjp: () => [],
  cases: [
    { inputs: [], attributes: { value: 2.5, dtype: "f32", shape: [2, 3] } },
    { inputs: [], attributes: { value: -7, dtype: "i32", shape: [] } },
  ],
  rejects: [],
});

/** `value` at every place. */
export function constant(value: number, type: TensorType): Node {
  return apply(constantPrimitive, [], { value, dtype: type.dtype, shape: type.shape });
}

/** Zeros of a node's type. */
export function zerosLike(node: Node): Node {
  return constant(0, node.type);
}
