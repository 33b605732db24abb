// constant: one number repeated over a shape.

import type { DType } from "#engine/base/dtype.ts";
import { checkShape } from "#engine/base/shape.ts";
import { apply, type Node, type TensorType } from "#engine/graph/graph.ts";
import { constant as constantExpression, scalarTypeOf, unary } from "#engine/graph/expression.ts";
import { definePrimitive, neverBatched, type Primitive } from "#engine/graph/primitive.ts";
import { requireValue } from "#engine/ops/check.ts";

export const constantPrimitive: Primitive = definePrimitive<
  readonly [],
  { value: number; dtype: DType; shape: readonly number[] }
>({
  name: "constant",
  trait: "movement",
  type: (_inputs, { value, dtype, shape }) => {
    checkShape(shape, "constant");
    requireValue("constant", value, dtype);
    return { dtype, shape };
  },
  lower: (_operands, { value, dtype }) => {
    const exact = constantExpression(value, scalarTypeOf(dtype));
    if (dtype === "f16" || dtype === "bf16") {
      return { kind: "map", value: unary(dtype === "f16" ? "roundF16" : "roundBf16", exact) };
    }
    return { kind: "map", value: exact };
  },
  vjp: () => [],
  batch: neverBatched,
  cases: [
    { inputs: [], attributes: { value: 2.5, dtype: "f32", shape: [2, 3] } },
    { inputs: [], attributes: { value: -7, dtype: "i32", shape: [] } },
    { inputs: [], attributes: { value: 1, dtype: "bool", shape: [4] } },
  ],
  rejects: [
    { inputs: [], attributes: { value: 1, dtype: "f32", shape: [-1] }, code: "shape" },
    { inputs: [], attributes: { value: -1, dtype: "u8", shape: [] }, code: "option" },
    { inputs: [], attributes: { value: 0.5, dtype: "i32", shape: [] }, code: "option" },
  ],
});

/** `value` at every place. */
export function constant(value: number, type: TensorType): Node {
  return apply(constantPrimitive, [], { value, dtype: type.dtype, shape: type.shape });
}

/** Zeros of a node's type. */
export function zerosLike(node: Node): Node {
  return constant(0, node.type);
}

/** Ones of a node's type. */
export function onesLike(node: Node): Node {
  return constant(1, node.type);
}

/** The number that a node holds at every place, if it is a constant. */
export function constantValue(node: Node): number | undefined {
  const { value } = node.attributes;
  return node.primitive === constantPrimitive && typeof value === "number" ? value : undefined;
}
