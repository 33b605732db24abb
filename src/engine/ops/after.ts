// after: its first operand, computed only once the others are. What is computed again after them stays apart from what
// was computed before: attention over 2,048 places trains in 32 MiB, in 260 where it is left out (test/laws/attention.test.ts).

import { apply, type Node, type TensorType } from "#engine/graph/graph.ts";
import { SinterError } from "#engine/base/error.ts";
import { definePrimitive, noGradient, outputAxes, type Primitive } from "#engine/graph/primitive.ts";
import { at } from "#engine/ops/check.ts";
import { bits, normal } from "#engine/ops/samples.ts";

export const afterPrimitive: Primitive = definePrimitive<readonly TensorType[]>({
  name: "after",
  // No movement: the last simplification would put the operand in its place, and the order would be lost.
  trait: "elementwise",
  type: ([x]) => {
    if (x === undefined) throw new SinterError("option", "after: no tensors. Give at least one.");
    return x;
  },
  lower: (operands) => {
    const x = at(operands, 0);
    return { kind: "map", value: x.at(...outputAxes(x.rank)) };
  },
  vjp: (inputs, cotangent) => inputs.map((_, index) => (index === 0 ? cotangent : noGradient)),
  batch: ([x, ...others], _attributes, { spread }) =>
    apply(afterPrimitive, [...(x === undefined ? [] : [spread(x)]), ...others.map(({ node }) => node)]),
  cases: [
    { inputs: [normal([2, 3])] },
    { inputs: [normal([2, 3]), bits([4])] },
    { inputs: [bits([3], "u8"), normal([]), bits([2, 2], "u8")] },
  ],
  rejects: [{ inputs: [], code: "option" }],
});

/** A node equal to `x` that comes after `others` in every order of the graph. */
export function after(x: Node, others: readonly Node[]): Node {
  return apply(afterPrimitive, [x, ...others]);
}
