// Where windows lie over channels-last tensors [batch, ...spatial, channels]: shapes, places and the guards they need.
// A guard that always holds is left out, so that what remains tells a compiler where padding is.

import { shapeText } from "#engine/base/shape.ts";
import { typeText, type TensorType } from "#engine/graph/graph.ts";
import { all, axis, binary, constant, plus, times, type Expression } from "#engine/graph/expression.ts";
import type { Primitive } from "#engine/graph/primitive.ts";
import { at, requireNumbers, shapeError } from "#engine/ops/check.ts";
import { normal } from "#engine/ops/samples.ts";

/** One number for each spatial axis; `low` and `high` are padding before and behind. */
export interface WindowOptions {
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** The options as attributes. */
export interface WindowAttributes extends WindowOptions {
  readonly [key: string]: readonly number[];
}

/** The options with the spatial extents of what the windows lie over. */
export interface WindowGradientAttributes extends WindowAttributes {
  readonly spatial: readonly number[];
}

export interface GuardedPlace {
  readonly place: readonly Expression[];
  readonly inside: Expression;
}

/** The options alone, as attributes. */
export function windowAttributes(options: WindowOptions): WindowAttributes {
  const { window, strides, low, high } = options;
  return { window, strides, low, high };
}

/** Spatial extents of the result. @throws option for wrong numbers, shape when a window is larger than the input */
export function windowExtents(name: string, spatial: readonly number[], options: WindowOptions): number[] {
  const { window, strides, low, high } = options;
  const rank = spatial.length;
  requireNumbers(name, "window", window, rank, 1);
  requireNumbers(name, "strides", strides, rank, 1);
  requireNumbers(name, "low", low, rank, 0);
  requireNumbers(name, "high", high, rank, 0);
  return spatial.map((extent, index) => {
    const room = extent + at(low, index) + at(high, index) - at(window, index);
    if (extent === 0 || room < 0 || at(low, index) >= at(window, index) || at(high, index) >= at(window, index)) {
      throw shapeError(
        `${name}: window ${shapeText(window)}, padding ${shapeText(low)} and ${shapeText(high)} do not fit ` +
          `${shapeText(spatial)}. Use a window that is not larger than the input and larger than its padding.`,
        { window, low, high, spatial },
      );
    }
    return Math.floor(room / at(strides, index)) + 1;
  });
}

/** The spatial extents of [batch, ...spatial, channels]. @throws shape */
export function spatialOf(name: string, x: TensorType): number[] {
  if (x.shape.length < 3) {
    throw shapeError(`${name}: got ${typeText(x)}, expected [batch, ...spatial, channels]. Reshape it first.`, {
      shape: x.shape,
    });
  }
  return x.shape.slice(1, -1);
}

/** The type of the result of windows over `x`. */
export function windowType(name: string, x: TensorType, options: WindowOptions): TensorType {
  const extents = windowExtents(name, spatialOf(name, x), options);
  return { dtype: x.dtype, shape: [at(x.shape, 0), ...extents, at(x.shape, x.shape.length - 1)] };
}

/** Conditions for 0 ≤ place < extent, given the least and largest value that place takes. */
export function insideConditions(place: Expression, least: number, largest: number, extent: number): Expression[] {
  const conditions: Expression[] = [];
  if (least < 0) conditions.push(binary("lessEqual", constant(0), place));
  if (largest >= extent) conditions.push(binary("less", place, constant(extent)));
  return conditions;
}

/** Where place `axis(rank…)` of a window lies in its input, for output axes [batch, ...spatial, channels]. */
export function placeOfWindow(spatial: readonly number[], options: WindowOptions): GuardedPlace {
  const { window, strides, low } = options;
  const rank = spatial.length + 2;
  const extents = windowExtents("window", spatial, options);
  const conditions: Expression[] = [];
  const place = spatial.map((extent, index) => {
    const first = times(axis(index + 1), at(strides, index));
    const moved = plus(plus(first, axis(rank + index)), -at(low, index));
    const largest = (at(extents, index) - 1) * at(strides, index) + at(window, index) - 1 - at(low, index);
    conditions.push(...insideConditions(moved, -at(low, index), largest, extent));
    return moved;
  });
  return { place: [axis(0), ...place, axis(rank - 1)], inside: all(conditions) };
}

/** Windows of which none shares an element with another. */
export function areApart(options: WindowOptions): boolean {
  return options.window.every((extent, index) => at(options.strides, index) >= extent);
}

/** How many windows may share an element, along each spatial axis. */
export function sharedExtents(options: WindowOptions): number[] {
  return options.window.map((extent, index) => Math.ceil(extent / at(options.strides, index)));
}

/**
 * For an element of the input the window that holds it, `axis(rank…)` windows back, and the place inside that window.
 * When the windows are apart there is one at most and no further axis.
 */
export function windowsOfPlace(
  spatial: readonly number[],
  options: WindowOptions,
): GuardedPlace & { readonly within: readonly Expression[] } {
  const { window, strides, low } = options;
  const rank = spatial.length + 2;
  const extents = windowExtents("window", spatial, options);
  const isApart = areApart(options);
  const conditions: Expression[] = [];
  const within: Expression[] = [];
  const place = spatial.map((extent, index) => {
    const stride = at(strides, index);
    const numBack = isApart ? 0 : at(sharedExtents(options), index) - 1;
    const back = isApart ? constant(0) : axis(rank + index);
    const moved = plus(axis(index + 1), at(low, index));
    const output = binary("subtract", binary("floorDivide", moved, constant(stride)), back);
    const inWindow = plus(binary("modulo", moved, constant(stride)), times(back, stride));
    const least = Math.floor(at(low, index) / stride) - numBack;
    const largest = Math.floor((extent - 1 + at(low, index)) / stride);
    conditions.push(...insideConditions(output, least, largest, at(extents, index)));
    conditions.push(...insideConditions(inWindow, 0, (numBack + 1) * stride - 1, at(window, index)));
    within.push(inWindow);
    return output;
  });
  return { place: [axis(0), ...place, axis(rank - 1)], inside: all(conditions), within };
}

/** Options for cases: apart, overlapping, strided past elements, padded, one and three spatial axes. */
export const windowCases: readonly { readonly shape: readonly number[]; readonly options: WindowAttributes }[] = [
  { shape: [2, 5, 4, 3], options: { window: [2, 2], strides: [2, 2], low: [0, 0], high: [0, 0] } },
  { shape: [2, 5, 5, 2], options: { window: [3, 3], strides: [1, 2], low: [0, 1], high: [0, 1] } },
  { shape: [1, 6, 5, 1], options: { window: [3, 2], strides: [2, 1], low: [1, 0], high: [0, 1] } },
  { shape: [2, 7, 2], options: { window: [2], strides: [3], low: [1], high: [1] } },
  { shape: [1, 3, 4, 3, 2], options: { window: [2, 2, 1], strides: [1, 2, 1], low: [0, 0, 0], high: [1, 0, 0] } },
];

/** Rejects of primitives that lay windows over their first operand. */
export const windowRejects: Primitive["rejects"] = [
  { inputs: [normal([4, 4])], attributes: { window: [], strides: [], low: [], high: [] }, code: "shape" },
  { inputs: [normal([1, 4, 1])], attributes: { window: [5], strides: [1], low: [0], high: [0] }, code: "shape" },
  { inputs: [normal([1, 4, 1])], attributes: { window: [2], strides: [1], low: [2], high: [0] }, code: "shape" },
  { inputs: [normal([1, 4, 1])], attributes: { window: [2], strides: [0], low: [0], high: [0] }, code: "option" },
  { inputs: [normal([1, 4, 1])], attributes: { window: [2, 2], strides: [1], low: [0], high: [0] }, code: "option" },
  {
    inputs: [{ kind: "bits", type: { dtype: "bool", shape: [1, 4, 1] } }],
    attributes: { window: [2], strides: [1], low: [0], high: [0] },
    code: "dtype",
  },
];
