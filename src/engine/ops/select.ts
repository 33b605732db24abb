// select: one of two, as a condition says.

import { apply, type Node, type TensorType } from "#engine/graph/graph.ts";
import { select as selectExpression } from "#engine/graph/expression.ts";
import { definePrimitive, noGradient, outputAxes, type Primitive } from "#engine/graph/primitive.ts";
import { requireDType, requireSameType, shapeError } from "#engine/ops/check.ts";
import { zerosLike } from "#engine/ops/constant.ts";
import { below, bits, normal } from "#engine/ops/samples.ts";
import { sameShape } from "#engine/base/shape.ts";
import { typeText } from "#engine/graph/graph.ts";

export const selectPrimitive: Primitive = definePrimitive<
  readonly [condition: TensorType, x: TensorType, y: TensorType]
>({
  name: "select",
  trait: "elementwise",
  type: ([condition, x, y]) => {
    requireDType("select", condition, ["bool"]);
    requireSameType("select", x, y);
    if (!sameShape(condition.shape, x.shape)) {
      throw shapeError(
        `select: condition ${typeText(condition)} and values ${typeText(x)} differ in shape. Use broadcastTo on one.`,
        { condition: condition.shape, values: x.shape },
      );
    }
    return x;
  },
  lower: ([condition, x, y]) => {
    const place = outputAxes(x.rank);
    return { kind: "map", value: selectExpression(condition.at(...place), x.at(...place), y.at(...place)) };
  },
  vjp: ([condition], cotangent) => {
    const zeros = zerosLike(cotangent);
    return [noGradient, select(condition, cotangent, zeros), select(condition, zeros, cotangent)];
  },
  batch: ([condition, x, y], _attributes, { spread }) => select(spread(condition), spread(x), spread(y)),
  cases: [
    { inputs: [below(2, [2, 3], "bool"), normal([2, 3]), normal([2, 3])] },
    { inputs: [below(2, [5], "bool"), bits([5]), bits([5])] },
    { inputs: [below(2, [5], "bool"), bits([5], "u8"), bits([5], "u8")] },
    { inputs: [below(2, [], "bool"), normal([], "bf16"), normal([], "bf16")] },
  ],
  rejects: [
    { inputs: [normal([2]), normal([2]), normal([2])], code: "dtype" },
    { inputs: [below(2, [2], "bool"), normal([2]), bits([2])], code: "dtype" },
    { inputs: [below(2, [2], "bool"), normal([3]), normal([3])], code: "shape" },
    { inputs: [below(2, [2], "bool"), normal([2]), normal([3])], code: "shape" },
  ],
});

/** `x` where the condition holds, else `y`, elementwise. */
export function select(condition: Node, x: Node, y: Node): Node {
  return apply(selectPrimitive, [condition, x, y]);
}
