// concatenate: tensors one behind the other along an axis.

import { apply, typeText, type Node, type TensorType } from "#engine/graph/graph.ts";
import {
  axis as axisExpression,
  binary,
  constant,
  guarded,
  plus,
  select,
  type Expression,
} from "#engine/graph/expression.ts";
import { definePrimitive, outputAxes, type Operand, type Primitive } from "#engine/graph/primitive.ts";
import { SinterError } from "#engine/base/error.ts";
import { normalizeAxis } from "#engine/base/shape.ts";
import { at, requireSameDType, shapeError } from "#engine/ops/check.ts";
import { bits, normal } from "#engine/ops/samples.ts";
import { slice } from "#engine/ops/slice.ts";

export const concatenatePrimitive: Primitive = definePrimitive<readonly TensorType[], { axis: number }>({
  name: "concatenate",
  trait: "movement",
  type: (inputs, { axis }) => {
    const [first] = inputs;
    if (first === undefined) throw new SinterError("option", "concatenate: no tensors. Give at least one.");
    normalizeAxis(axis, first.shape.length, "concatenate");
    if (axis < 0) throw shapeError(`concatenate: axis ${axis} is negative. Count from the front.`, { axis });
    for (const input of inputs) {
      requireSameDType("concatenate", first, input);
      const isAlike = input.shape.every((extent, index) => index === axis || extent === first.shape[index]);
      if (input.shape.length !== first.shape.length || !isAlike) {
        throw shapeError(
          `concatenate: ${typeText(first)} and ${typeText(input)} differ off axis ${axis}. Make the other axes equal.`,
          { first: first.shape, other: input.shape, axis },
        );
      }
    }
    const total = inputs.reduce((sum, input) => sum + at(input.shape, axis), 0);
    return { dtype: first.dtype, shape: first.shape.map((extent, index) => (index === axis ? total : extent)) };
  },
  lower: (operands, { axis }) => ({ kind: "map", value: join(operands, axis) }),
  vjp: (inputs, cotangent, { axis }) => {
    let start = 0;
    return inputs.map((input) => {
      const end = start + at(input.type.shape, axis);
      const starts = input.type.shape.map((_extent, index) => (index === axis ? start : 0));
      const ends = input.type.shape.map((extent, index) => (index === axis ? end : extent));
      start = end;
      return slice(cotangent, starts, ends);
    });
  },
  batch: (inputs, { axis }, { spread }) => concatenate(inputs.map(spread), axis + 1),
  cases: [
    { inputs: [normal([2, 3]), normal([2, 1]), normal([2, 4])], attributes: { axis: 1 } },
    { inputs: [normal([2, 3]), normal([1, 3])], attributes: { axis: 0 } },
    { inputs: [bits([3], "u8"), bits([0], "u8"), bits([2], "u8")], attributes: { axis: 0 } },
    { inputs: [normal([2])], attributes: { axis: 0 } },
  ],
  rejects: [
    { inputs: [], attributes: { axis: 0 }, code: "option" },
    { inputs: [normal([2]), bits([2])], attributes: { axis: 0 }, code: "dtype" },
    { inputs: [normal([2, 3]), normal([3, 2])], attributes: { axis: 0 }, code: "shape" },
    { inputs: [normal([2])], attributes: { axis: 1 }, code: "shape" },
  ],
});

function join(operands: readonly Operand[], axis: number): Expression {
  const rank = at(operands, 0).rank;
  const along = axisExpression(axis);
  const filled = operands.filter((operand) => operand.type.shape[axis] !== 0);
  const parts = filled.length === 0 ? operands.slice(0, 1) : filled;
  const starts = parts.map((_part, index) =>
    parts.slice(0, index).reduce((sum, part) => sum + at(part.type.shape, axis), 0),
  );
  const elements = parts.map((part, index) =>
    part.at(...outputAxes(rank).map((place, other) => (other === axis ? plus(place, -at(starts, index)) : place))),
  );
  return elements.reduceRight((rest, element, index) => {
    const isBefore = binary("less", along, constant(at(starts, index + 1)));
    const isBehind = binary("lessEqual", constant(at(starts, index + 1)), along);
    return select(isBefore, guarded(isBefore, element), guarded(isBehind, rest));
  });
}

/** Tensors joined along a non-negative `axis`. */
export function concatenate(nodes: readonly Node[], axis: number): Node {
  const [only] = nodes;
  return nodes.length === 1 && only !== undefined ? only : apply(concatenatePrimitive, nodes, { axis });
}
