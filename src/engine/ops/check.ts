// What the type rules of primitives share: checks that name both sides, and access to extents. No primitive lives here.

import { BugError, SinterError } from "#engine/base/error.ts";
import type { DType } from "#engine/base/dtype.ts";
import { normalizeAxis, sameShape, type Shape } from "#engine/base/shape.ts";
import { typeText, type TensorType } from "#engine/graph/graph.ts";

/** The element of a list at an index that the caller knows to be inside. */
export function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new BugError(`Index ${index} of a list of ${list.length}.`);
  return value;
}

/** Fails unless the dtype is one of those listed. @throws dtype */
export function requireDType(name: string, type: TensorType, allowed: readonly DType[]): void {
  if (allowed.includes(type.dtype)) return;
  throw new SinterError(
    "dtype",
    `${name}: got ${typeText(type)}, expected ${allowed.join(" or ")}. Use cast to convert it first.`,
    { dtype: type.dtype, allowed },
  );
}

/** Fails unless both have one dtype and one shape. @throws dtype, shape */
export function requireSameType(name: string, x: TensorType, y: TensorType): void {
  requireSameDType(name, x, y);
  if (sameShape(x.shape, y.shape)) return;
  throw new SinterError(
    "shape",
    `${name}: shapes of ${typeText(x)} and ${typeText(y)} differ. Use broadcastTo or reshape to make them equal.`,
    { left: x.shape, right: y.shape },
  );
}

/** Fails unless both have one dtype. @throws dtype */
export function requireSameDType(name: string, x: TensorType, y: TensorType): void {
  if (x.dtype === y.dtype) return;
  throw new SinterError(
    "dtype",
    `${name}: dtypes of ${typeText(x)} and ${typeText(y)} differ. Use cast on one of them.`,
    {
      left: x.dtype,
      right: y.dtype,
    },
  );
}

/** Fails unless axes are inside the rank, not negative, sorted, each once. @throws shape */
export function requireAxes(name: string, axes: readonly number[], type: TensorType): void {
  axes.forEach((axis, index) => {
    normalizeAxis(axis, type.shape.length, name);
    if (axis < 0 || (index > 0 && at(axes, index - 1) >= axis)) {
      throw new SinterError("shape", `${name}: axes [${axes.join(", ")}] of ${typeText(type)}. Sort them, each once.`, {
        axes,
      });
    }
  });
}

/** Fails unless there is one integer of at least `least` for every axis. @throws option */
export function requireNumbers(
  name: string,
  what: string,
  values: readonly number[],
  rank: number,
  least: number,
): void {
  if (values.length === rank && values.every((value) => Number.isInteger(value) && value >= least)) return;
  throw new SinterError(
    "option",
    `${name}: ${what} [${values.join(", ")}], expected ${rank} integers of at least ${least}, one for each axis.`,
    { [what]: values, rank },
  );
}

const integerRanges: Readonly<Partial<Record<DType, readonly [number, number]>>> = {
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u8: [0, 255],
  bool: [0, 1],
};

/** Fails unless the dtype can hold the number. @throws option */
export function requireValue(name: string, value: number, dtype: DType): void {
  const range = integerRanges[dtype];
  if (range === undefined || (Number.isInteger(value) && value >= range[0] && value <= range[1])) return;
  throw new SinterError(
    "option",
    `${name}: ${value} is no ${dtype}. Give an integer from ${range[0]} to ${range[1]}, or use f32 and cast.`,
    { value, dtype },
  );
}

/** A shape error. */
export function shapeError(message: string, details: Readonly<Record<string, Shape | number>>): SinterError {
  return new SinterError("shape", message, details);
}
