// Elements in other places: shapes, orders, parts, joins, look-ups. On the host where values are known, else on the device.

import { SinterError } from "#engine/base/error.ts";
import { checkShape, normalizeAxis, shapeText, sizeOf, stridesOf, type Shape } from "#engine/base/shape.ts";
import { concat as concatTensors } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { HostValues } from "./graph.ts";
import { expandValues, gathered, walk } from "./host-arrays.ts";
import { onHost } from "./limits.ts";
import { computed, computedChannelsLast, isFolded, known, numbersOf, type TensorValue } from "./value.ts";

function hostOf(x: TensorValue): HostValues {
  return x.host ?? numbersOf(x);
}

/** The same elements in another shape. @throws format where their number differs */
export function reshape(x: TensorValue, shape: Shape): TensorValue {
  checkShape(shape, "onnx");
  if (sizeOf(shape) !== sizeOf(x.shape)) {
    throw new SinterError("format", `onnx: ${shapeText(x.shape)} does not reshape to ${shapeText(shape)}.`);
  }
  if (x.host !== undefined) return known(x.type, shape, x.host);
  return computed(x.type, x.device().reshape(shape));
}

export function transpose(x: TensorValue, permutation: readonly number[]): TensorValue {
  const shape = permutation.map((axis) => x.shape[axis] ?? 1);
  if (isFolded([x])) {
    const strides = stridesOf(x.shape);
    return known(x.type, shape, walk(hostOf(x), { shape, strides: permutation.map((axis) => strides[axis] ?? 0) }));
  }
  const rank = permutation.length;
  const last = x.channelsLast;
  if (
    last !== undefined &&
    permutation[rank - 1] === 1 &&
    permutation.every((axis, place) => axis === lastOrder(place, rank))
  )
    return computed(x.type, last);
  const first = rank >= 3 && permutation.every((axis, place) => axis === firstOrder(place, rank));
  if (first && x.host === undefined) return computedChannelsLast(x.type, x.device());
  return computed(x.type, x.device().transpose(permutation));
}

/** The axis at a place of [batch, ...spatial, channels]. */
function lastOrder(place: number, rank: number): number {
  if (place === 0) return 0;
  return place === rank - 1 ? 1 : place + 1;
}

function firstOrder(place: number, rank: number): number {
  if (place === 0) return 0;
  return place === 1 ? rank - 1 : place - 1;
}

export function expand(x: TensorValue, shape: Shape): TensorValue {
  checkShape(shape, "onnx");
  if (isFolded([x]) && (x.type === "string" || sizeOf(shape) <= 1 << 16)) {
    return known(x.type, shape, expandValues(hostOf(x), x.shape, shape));
  }
  return computed(x.type, x.device().broadcastTo(shape));
}

/** Part of one axis: `count` elements from `start`, `step` apart. */
export interface Range {
  readonly start: number;
  readonly count: number;
  readonly step: number;
}

/** A part of every axis; steps may be negative. */
export function slice(x: TensorValue, ranges: readonly Range[]): TensorValue {
  const shape = ranges.map(({ count }) => count);
  if (isFolded([x])) {
    const own = stridesOf(x.shape);
    const offset = ranges.reduce((sum, { start }, axis) => sum + start * (own[axis] ?? 0), 0);
    const strides = ranges.map(({ step }, axis) => step * (own[axis] ?? 0));
    return known(
      x.type,
      shape,
      sizeOf(shape) === 0 ? hostOf(x).slice(0, 0) : walk(hostOf(x), { shape, strides, offset }),
    );
  }
  return computed(x.type, slicedTensor(x.device(), ranges));
}

function slicedTensor(x: Tensor, ranges: readonly Range[]): Tensor {
  const backwards = ranges.flatMap(({ step }, axis) => (step < 0 ? [axis] : []));
  const turned = backwards.length === 0 ? x : x.reverse(backwards);
  const starts = ranges.map(({ start, step, count }, axis) =>
    count === 0 ? 0 : step < 0 ? (x.shape[axis] ?? 1) - 1 - start : start,
  );
  const counts = ranges.map(({ count }) => count);
  if (counts.includes(0)) return emptied(turned, counts);
  return turned.slice(
    starts,
    counts,
    ranges.map(({ step }) => Math.abs(step)),
  );
}

/** No elements, where the engine's slice has no word for it. */
function emptied(x: Tensor, counts: readonly number[]): Tensor {
  const axis = counts.indexOf(0);
  const sizes = x.shape.map((_, place) => (place === axis ? 0 : -1));
  return sizes.length === 0
    ? x
    : x
        .slice(
          x.shape.map(() => 0),
          sizes,
        )
        .reshape(counts);
}

export function concat(parts: readonly TensorValue[], axis: number): TensorValue {
  const [first] = parts;
  if (first === undefined) throw new SinterError("format", "onnx: Concat of nothing.");
  const place = normalizeAxis(axis, first.shape.length, "Concat");
  const filled = parts.length === 1 ? parts : parts.filter(({ shape }) => shape[place] !== 0);
  if (filled.length === 0) return first;
  if (isFolded(filled)) return concatOnHost(filled, place);
  const rank = first.shape.length;
  if (place === 1 && rank >= 3 && filled.every(({ channelsLast }) => channelsLast !== undefined)) {
    const tensors = filled.flatMap(({ channelsLast }) => (channelsLast === undefined ? [] : [channelsLast]));
    return computedChannelsLast(first.type, concatTensors(tensors, rank - 1));
  }
  return computed(
    first.type,
    concatTensors(
      filled.map((part) => part.device()),
      place,
    ),
  );
}

function concatOnHost(parts: readonly TensorValue[], axis: number): TensorValue {
  const [first] = parts;
  if (first === undefined) throw new SinterError("format", "onnx: Concat of nothing.");
  const total = parts.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
  const shape = first.shape.map((extent, place) => (place === axis ? total : extent));
  const outer = sizeOf(first.shape.slice(0, axis));
  const pieces: (number | string)[] = [];
  for (let row = 0; row < outer; row += 1) {
    for (const part of parts) {
      const inner = sizeOf(part.shape.slice(axis));
      for (const value of hostOf(part).slice(row * inner, (row + 1) * inner)) pieces.push(value);
    }
  }
  return known(first.type, shape, likeOf(hostOf(first), pieces));
}

/** Elements in the kind of array that another is. */
function likeOf(source: HostValues, pieces: readonly (number | string)[]): HostValues {
  if (!ArrayBuffer.isView(source)) return pieces.map(String);
  const all = gathered(source, new Int32Array(pieces.length));
  pieces.forEach((value, index) => {
    if (typeof value === "number") Object.assign(all, { [index]: value });
  });
  return all;
}

/** Rows along an axis that an index of any shape names; negative ones count from the end. */
export function gather(x: TensorValue, index: TensorValue, axis: number): TensorValue {
  const place = normalizeAxis(axis, x.shape.length, "Gather");
  const extent = x.shape[place] ?? 1;
  const shape = [...x.shape.slice(0, place), ...index.shape, ...x.shape.slice(place + 1)];
  if (isFolded([x, index], shape)) return gatherOnHost(x, { index, place, shape });
  const rows = index.device().cast("i32");
  const isPositive = index.host !== undefined && numbersOf(index).every((value) => value >= 0);
  const inside = isPositive ? rows : rows.add(rows.less(0).cast("i32").mul(extent));
  if (place === 0) return computed(x.type, x.device().take(inside));
  const rank = x.shape.length;
  const front = [place, ...Array.from({ length: rank }, (_, at) => at).filter((at) => at !== place)];
  const taken = x.device().transpose(front).take(inside);
  const middle = index.shape.length;
  const back = [
    ...Array.from({ length: place }, (_, at) => middle + at),
    ...Array.from({ length: middle }, (_, at) => at),
    ...Array.from({ length: rank - place - 1 }, (_, at) => middle + place + at),
  ];
  return computed(x.type, taken.transpose(back));
}

function gatherOnHost(
  x: TensorValue,
  { index, place, shape }: { readonly index: TensorValue; readonly place: number; readonly shape: Shape },
): TensorValue {
  const extent = x.shape[place] ?? 1;
  const outer = sizeOf(x.shape.slice(0, place));
  const inner = sizeOf(x.shape.slice(place + 1));
  const rows = numbersOf(index);
  const places = new Int32Array(onHost(sizeOf(shape), "Gather"));
  let next = 0;
  for (let one = 0; one < outer; one += 1) {
    for (const row of rows) {
      const inside = row < 0 ? row + extent : row;
      if (inside < 0 || inside >= extent) throw outside(row, extent);
      for (let at = 0; at < inner; at += 1) {
        places[next] = (one * extent + inside) * inner + at;
        next += 1;
      }
    }
  }
  return known(x.type, shape, gathered(hostOf(x), places));
}

/** The error for an index that names nothing. */
export function outside(index: number, extent: number): SinterError {
  return new SinterError(
    "value",
    `onnx: index ${index} lies outside of an axis of ${extent}. Check the model's input.`,
  );
}
