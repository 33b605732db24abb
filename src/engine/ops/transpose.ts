// transpose: the axes in another order.

import { apply, typeText, type Node, type TensorType } from "#engine/graph/graph.ts";
import { axis } from "#engine/graph/expression.ts";
import { definePrimitive, type Primitive } from "#engine/graph/primitive.ts";
import { at, shapeError } from "#engine/ops/check.ts";
import { constant, constantValue } from "#engine/ops/constant.ts";
import { bits, normal } from "#engine/ops/samples.ts";

export const transposePrimitive: Primitive = definePrimitive<
  readonly [x: TensorType],
  { permutation: readonly number[] }
>({
  name: "transpose",
  trait: "movement",
  type: ([x], { permutation }) => {
    const sorted = permutation.toSorted((a, b) => a - b);
    if (sorted.length !== x.shape.length || !sorted.every((from, index) => from === index)) {
      throw shapeError(
        `transpose: [${permutation.join(", ")}] does not order the axes of ${typeText(x)}. Name each axis once.`,
        { permutation, shape: x.shape },
      );
    }
    return { dtype: x.dtype, shape: permutation.map((from) => at(x.shape, from)) };
  },
  lower: ([x], { permutation }) => ({ kind: "map", value: x.at(...invert(permutation).map((to) => axis(to))) }),
  vjp: (_inputs, cotangent, { permutation }) => [transpose(cotangent, invert(permutation))],
  batch: ([x], { permutation }) => transpose(x.node, [0, ...permutation.map((from) => from + 1)]),
  simplify: ([x], { permutation }, type) => {
    const value = constantValue(x);
    if (value !== undefined) return constant(value, type);
    const [source] = x.inputs;
    const inner = x.attributes.permutation;
    if (x.primitive !== transposePrimitive || source === undefined || !Array.isArray(inner)) return undefined;
    return transpose(
      source,
      permutation.map((from) => Number(inner[from])),
    );
  },
  cases: [
    { inputs: [normal([2, 3, 4])], attributes: { permutation: [2, 0, 1] } },
    { inputs: [normal([3, 2])], attributes: { permutation: [1, 0] } },
    { inputs: [bits([3, 5], "u8")], attributes: { permutation: [1, 0] } },
  ],
  rejects: [
    { inputs: [normal([2, 3])], attributes: { permutation: [0, 0] }, code: "shape" },
    { inputs: [normal([2, 3])], attributes: { permutation: [0] }, code: "shape" },
  ],
});

/** Axis `i` of the result is axis `permutation[i]` of `x`. */
export function transpose(x: Node, permutation: readonly number[]): Node {
  return permutation.length === x.type.shape.length && permutation.every((from, index) => from === index)
    ? x
    : apply(transposePrimitive, [x], { permutation });
}

/** The permutation that undoes another. */
export function invert(permutation: readonly number[]): number[] {
  return permutation.map((_from, index) => permutation.indexOf(index));
}
