// reduceProduct: the product over some axes. Its gradient multiplies the others of each element, so that zeros are exact.

import { sizeOf } from "#engine/base/shape.ts";
import { apply, type Node, type TensorType } from "#engine/graph/graph.ts";
import { definePrimitive, type Primitive } from "#engine/graph/primitive.ts";
import { shifted } from "#engine/ops/batching.ts";
import { broadcastTo, restoreAxes } from "#engine/ops/broadcast-to.ts";
import { at } from "#engine/ops/check.ts";
import { onesLike } from "#engine/ops/constant.ts";
import { equal } from "#engine/ops/equal.ts";
import { iota } from "#engine/ops/iota.ts";
import { multiply } from "#engine/ops/multiply.ts";
import {
  reduceForm,
  reductionCases,
  reductionRejects,
  typeOfReduction,
  type AxesAttributes,
} from "#engine/ops/reduction.ts";
import { reshape } from "#engine/ops/reshape.ts";
import { select } from "#engine/ops/select.ts";
import { invert, transpose } from "#engine/ops/transpose.ts";

export const reduceProductPrimitive: Primitive = definePrimitive<readonly [x: TensorType], AxesAttributes>({
  name: "reduceProduct",
  trait: "reduction",
  type: ([x], { axes }) => typeOfReduction("reduceProduct", x, axes, ["f32", "i32"]),
  lower: ([x], { axes }) => reduceForm(x, axes, "product"),
  vjp: ([x], cotangent, { axes }) => [multiply(restoreAxes(cotangent, axes, x.type.shape), productOfOthers(x, axes))],
  batch: ([x], { axes }) => reduceProduct(x.node, shifted(axes)),
  cases: reductionCases,
  rejects: reductionRejects,
});

function productOfOthers(x: Node, axes: readonly number[]): Node {
  const { shape } = x.type;
  const permutation = [...shape.keys()].toSorted(
    (a, b) => Number(axes.includes(a)) - Number(axes.includes(b)) || a - b,
  );
  const ordered = transpose(x, permutation);
  const length = sizeOf(axes.map((axis) => at(shape, axis)));
  const rows = length === 0 ? 0 : sizeOf(shape) / length;
  const square = [rows, length, length];
  const repeated = broadcastTo(reshape(ordered, [rows, 1, length]), square);
  const isOwn = equal(iota(square, 1, "i32"), iota(square, 2, "i32"));
  const others = reduceProduct(select(isOwn, onesLike(repeated), repeated), [2]);
  return transpose(reshape(others, ordered.type.shape), invert(permutation));
}

/** The product over sorted, non-negative `axes`. */
export function reduceProduct(x: Node, axes: readonly number[]): Node {
  return axes.length === 0 ? x : apply(reduceProductPrimitive, [x], { axes });
}
