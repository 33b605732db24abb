// reduceMax and reduceMin: the largest and the smallest over some axes. The gradient goes to the first.

import { isFloating } from "#engine/base/dtype.ts";
import { apply, type Node, type TensorType } from "#engine/graph/graph.ts";
import { definePrimitive, noGradient, type Combiner, type Primitive } from "#engine/graph/primitive.ts";
import { add } from "#engine/ops/add.ts";
import { argMax } from "#engine/ops/arg-max.ts";
import { shifted } from "#engine/ops/batching.ts";
import { restoreAxes } from "#engine/ops/broadcast-to.ts";
import { at } from "#engine/ops/check.ts";
import { constant, zerosLike } from "#engine/ops/constant.ts";
import { equal } from "#engine/ops/equal.ts";
import { iota } from "#engine/ops/iota.ts";
import { multiply } from "#engine/ops/multiply.ts";
import { negate } from "#engine/ops/negate.ts";
import {
  positionStrides,
  reduceForm,
  reductionCases,
  reductionRejects,
  requireElements,
  typeOfReduction,
  type AxesAttributes,
} from "#engine/ops/reduction.ts";
import { normal } from "#engine/ops/samples.ts";
import { select } from "#engine/ops/select.ts";

function extremumPrimitive(name: string, combiner: Combiner, orient: (x: Node) => Node): Primitive {
  const primitive: Primitive = definePrimitive<readonly [x: TensorType], AxesAttributes>({
    name,
    trait: "reduction",
    type: ([x], { axes }) => {
      requireElements(name, x, axes);
      return typeOfReduction(name, x, axes, ["f32", "i32"]);
    },
    lower: ([x], { axes }) => reduceForm(x, axes, combiner),
    vjp: ([x], cotangent, { axes }) => {
      if (!isFloating(x.type.dtype)) return [noGradient];
      const { shape } = x.type;
      const first = restoreAxes(argMax(orient(x), axes), axes, shape);
      const repeated = restoreAxes(cotangent, axes, shape);
      return [select(equal(first, positionAlong(shape, axes)), repeated, zerosLike(repeated))];
    },
    batch: ([x], { axes }) => apply(primitive, [x.node], { axes: shifted(axes) }),
    cases: reductionCases,
    rejects: [...reductionRejects, { inputs: [normal([2, 0])], attributes: { axes: [1] }, code: "shape" }],
  });
  return primitive;
}

export const reduceMaxPrimitive: Primitive = extremumPrimitive("reduceMax", "max", (x) => x);
export const reduceMinPrimitive: Primitive = extremumPrimitive("reduceMin", "min", negate);

function positionAlong(shape: readonly number[], axes: readonly number[]): Node {
  const strides = positionStrides(shape, axes);
  const type = { dtype: "i32", shape } as const;
  return axes
    .map((axis, index) => {
      const place = iota(shape, axis, "i32");
      return at(strides, index) === 1 ? place : multiply(place, constant(at(strides, index), type));
    })
    .reduce(add);
}

/** The largest over sorted, non-negative `axes`; NaN if one is. */
export function reduceMax(x: Node, axes: readonly number[]): Node {
  return axes.length === 0 ? x : apply(reduceMaxPrimitive, [x], { axes });
}

/** The smallest over sorted, non-negative `axes`; NaN if one is. */
export function reduceMin(x: Node, axes: readonly number[]): Node {
  return axes.length === 0 ? x : apply(reduceMinPrimitive, [x], { axes });
}
