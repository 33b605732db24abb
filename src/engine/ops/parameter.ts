// parameter: a value given from outside, the leaf of every graph.

import { BugError } from "#engine/base/error.ts";
import { apply, type Node, type TensorType } from "#engine/graph/graph.ts";
import { definePrimitive } from "#engine/graph/primitive.ts";

export const parameterPrimitive = definePrimitive<{ dtype: TensorType["dtype"]; shape: readonly number[] }>({
  name: "parameter",
  trait: "parameter",
  type: (_inputs, { dtype, shape }) => ({ dtype, shape }),
  lower: () => ({ kind: "parameter" }),
  vjp: () => {
    throw new BugError("A parameter has no inputs to differentiate.");
  },
  cases: [],
  rejects: [],
});

/** A new leaf; two calls give two different leaves. */
export function parameter(type: TensorType): Node {
  return apply(parameterPrimitive, [], { dtype: type.dtype, shape: type.shape });
}
