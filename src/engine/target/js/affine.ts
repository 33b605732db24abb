// Index expressions as linear functions of the axes, and guards as linear inequalities. What is neither is undefined.

import { at } from "#engine/target/js/list.ts";
import type { Expression } from "#engine/graph/expression.ts";

/** constant + Σ coefficients[axis] · axis */
export interface Affine {
  readonly constant: number;
  readonly coefficients: readonly number[];
}

/** The linear function that an i32 expression over `numAxes` axes is. */
export function affineOf(expression: Expression, numAxes: number): Affine | undefined {
  const zeros = Array.from({ length: numAxes }, () => 0);
  if (expression.kind === "constant") return { constant: expression.value, coefficients: zeros };
  if (expression.kind === "axis") return { constant: 0, coefficients: zeros.with(expression.axis, 1) };
  if (expression.kind !== "binary" || expression.type !== "i32") return undefined;
  const x = affineOf(expression.x, numAxes);
  const y = affineOf(expression.y, numAxes);
  if (x === undefined || y === undefined) return undefined;
  if (expression.operation === "add") return combine(x, y, 1);
  if (expression.operation === "subtract") return combine(x, y, -1);
  if (expression.operation !== "multiply") return undefined;
  if (y.coefficients.every((one) => one === 0)) return combine({ constant: 0, coefficients: zeros }, x, y.constant);
  if (x.coefficients.every((one) => one === 0)) return combine({ constant: 0, coefficients: zeros }, y, x.constant);
  return undefined;
}

/** The row-major position of a place, as a linear function. */
export function affinePosition(
  place: readonly Expression[],
  strides: readonly number[],
  numAxes: number,
): Affine | undefined {
  let position: Affine = { constant: 0, coefficients: Array.from({ length: numAxes }, () => 0) };
  for (const [index, expression] of place.entries()) {
    const one = affineOf(expression, numAxes);
    if (one === undefined) return undefined;
    position = combine(position, one, at(strides, index));
  }
  return position;
}

/** A conjunction of comparisons as functions that must not be negative. */
export function constraintsOf(condition: Expression, numAxes: number): readonly Affine[] | undefined {
  if (condition.kind === "constant") return condition.value === 1 ? [] : undefined;
  if (condition.kind !== "binary") return undefined;
  if (condition.operation === "and") {
    const left = constraintsOf(condition.x, numAxes);
    const right = constraintsOf(condition.y, numAxes);
    return left === undefined || right === undefined ? undefined : [...left, ...right];
  }
  if (condition.operation !== "less" && condition.operation !== "lessEqual") return undefined;
  const x = affineOf(condition.x, numAxes);
  const y = affineOf(condition.y, numAxes);
  if (x === undefined || y === undefined) return undefined;
  const room = combine(y, x, -1);
  return [condition.operation === "less" ? { ...room, constant: room.constant - 1 } : room];
}

function combine(x: Affine, y: Affine, factor: number): Affine {
  return {
    constant: x.constant + factor * y.constant,
    coefficients: x.coefficients.map((one, index) => one + factor * at(y.coefficients, index)),
  };
}
