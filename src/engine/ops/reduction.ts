// What reductions over whole axes share: their type, their place, their form. The axes disappear from the result.

import type { DType } from "#engine/base/dtype.ts";
import type { TensorType } from "#engine/graph/graph.ts";
import { axis, type Expression } from "#engine/graph/expression.ts";
import type { Case, Combiner, Form, Operand, Primitive } from "#engine/graph/primitive.ts";
import { at, requireAxes, requireDType, shapeError } from "#engine/ops/check.ts";
import { bits, distinct, normal } from "#engine/ops/samples.ts";
import { typeText } from "#engine/graph/graph.ts";

export interface AxesAttributes {
  readonly [key: string]: readonly number[];
  readonly axes: readonly number[];
}

/** The type that is left when `axes` (sorted, not negative) disappear. @throws shape, dtype */
export function typeOfReduction(
  name: string,
  x: TensorType,
  axes: readonly number[],
  dtypes: readonly DType[],
): TensorType {
  requireDType(name, x, dtypes);
  requireAxes(name, axes, x);
  return { dtype: x.dtype, shape: x.shape.filter((_extent, index) => !axes.includes(index)) };
}

/** Fails when nothing is reduced: such a reduction has no value. @throws shape */
export function requireElements(name: string, x: TensorType, axes: readonly number[]): void {
  if (axes.every((index) => x.shape[index] !== 0)) return;
  throw shapeError(`${name}: ${typeText(x)} has no elements along axes [${axes.join(", ")}]. Give at least one.`, {
    shape: x.shape,
    axes,
  });
}

/** The reduction of an operand over `axes`. */
export function reduceForm(x: Operand, axes: readonly number[], combiner: Combiner): Form {
  return {
    kind: "reduce",
    combiner,
    extents: axes.map((index) => at(x.type.shape, index)),
    value: x.at(...placeOfReduction(x.rank, axes)),
  };
}

/** Where an operand is read: kept axes come from the output, reduced axes follow them. */
function placeOfReduction(rank: number, axes: readonly number[]): Expression[] {
  let numKept = 0;
  return Array.from({ length: rank }, (_, index) => {
    const reduced = axes.indexOf(index);
    if (reduced >= 0) return axis(rank - axes.length + reduced);
    numKept += 1;
    return axis(numKept - 1);
  });
}

/** Row-major strides of `axes` among themselves: the position within what is reduced. */
export function positionStrides(shape: readonly number[], axes: readonly number[]): number[] {
  return axes.map((_axis, index) => axes.slice(index + 1).reduce((size, later) => size * at(shape, later), 1));
}

/** Cases of a reduction: one axis, several, all, integers. */
export const reductionCases: readonly Case[] = [
  { inputs: [distinct([3, 4, 5])], attributes: { axes: [1] } },
  { inputs: [distinct([3, 4, 5])], attributes: { axes: [0, 2] } },
  { inputs: [distinct([4, 3])], attributes: { axes: [0, 1] } },
  { inputs: [bits([7])], attributes: { axes: [0] } },
];

/** Rejects of a reduction. */
export const reductionRejects: Primitive["rejects"] = [
  { inputs: [normal([3])], attributes: { axes: [1] }, code: "shape" },
  { inputs: [normal([3, 2])], attributes: { axes: [1, 0] }, code: "shape" },
  { inputs: [bits([3], "bool")], attributes: { axes: [0] }, code: "dtype" },
];
