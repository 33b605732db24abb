// Shapes: sizes, strides, broadcasting, axis numbers. Pure functions over readonly arrays.

import { SinterError } from "#engine/base/error.ts";

export type Shape = readonly number[];

/** Number of elements; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = Array.from<number>({ length: shape.length });
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    strides[axis] = stride;
    stride *= shape[axis] ?? 1;
  }
  return strides;
}

/** Whether two shapes are equal. */
export function sameShape(left: Shape, right: Shape): boolean {
  return left.length === right.length && left.every((extent, axis) => extent === right[axis]);
}

/** `[2, 3]` as text. */
export function shapeText(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/**
 * The shape that NumPy's rules give for two operands.
 * @throws shape where an axis differs and neither is 1
 */
export function broadcastShapes(left: Shape, right: Shape, name = "broadcast"): number[] {
  const rank = Math.max(left.length, right.length);
  return Array.from({ length: rank }, (_, axis) => {
    const a = left[axis - rank + left.length] ?? 1;
    const b = right[axis - rank + right.length] ?? 1;
    if (a !== b && a !== 1 && b !== 1) {
      throw new SinterError(
        "shape",
        `${name}: shapes ${shapeText(left)} and ${shapeText(right)} do not broadcast. Make the axes equal, or 1.`,
        { left, right },
      );
    }
    return a === 1 ? b : a;
  });
}

/**
 * Axis numbers made non-negative, sorted and checked; `undefined` means every axis.
 * @throws shape for an axis outside the rank or named twice
 */
export function normalizeAxes(axes: number | readonly number[] | undefined, rank: number, name: string): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = typeof axes === "number" ? [axes] : axes;
  const normalized = list.map((axis) => normalizeAxis(axis, rank, name)).toSorted((a, b) => a - b);
  if (new Set(normalized).size !== normalized.length) {
    throw new SinterError("shape", `${name}: axes [${list.join(", ")}] name one axis twice. Name each once.`, { axes });
  }
  return normalized;
}

/** One axis number made non-negative. @throws shape outside the rank */
export function normalizeAxis(axis: number, rank: number, name: string): number {
  const normalized = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normalized < 0 || normalized >= rank) {
    throw new SinterError("shape", `${name}: axis ${axis} of a tensor of rank ${rank}. Use ${-rank} to ${rank - 1}.`, {
      axis,
      rank,
    });
  }
  return normalized;
}

/** Fails unless every extent is a non-negative integer and the size stays below 2^31 elements. */
export function checkShape(shape: Shape, name: string): void {
  if (!shape.every((extent) => Number.isInteger(extent) && extent >= 0) || sizeOf(shape) >= 2 ** 31) {
    throw new SinterError(
      "shape",
      `${name}: ${shapeText(shape)} is no shape. Use integers ≥ 0, fewer than 2^31 elements.`,
      {
        shape,
      },
    );
  }
}
