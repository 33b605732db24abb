// Operations of TensorFlow that take tensors apart and join them: slices, splits, look-ups, lists of parts.

import { normalizeAxes, normalizeAxis } from "#engine/base/shape.ts";
import { inParts } from "../../onnx/limits.ts";
import { concat, gather, reshape, slice, type Range } from "../../onnx/movement.ts";
import {
  input,
  inputNumbers,
  numberOf,
  tensorInputs,
  type Call,
  type Operators,
  wrongNode,
} from "../../onnx/operator.ts";
import type { TensorValue } from "../../onnx/value.ts";
import { inputsFrom, making } from "./calls.ts";

/** The axis stands before the parts; where it stands behind them, whoever maps the graph has moved it. */
function joined(call: Call): TensorValue {
  const [axis = 0] = inputNumbers(call, 0);
  return concat(inputsFrom(call, 1), axis);
}

function packed(call: Call): TensorValue {
  const parts = tensorInputs(call);
  const rank = parts[0]?.shape.length ?? 0;
  const axis = normalizeAxis(numberOf(call, "axis", 0), rank + 1, "Pack");
  return concat(
    parts.map((part) => reshape(part, [...part.shape.slice(0, axis), 1, ...part.shape.slice(axis)])),
    axis,
  );
}

/** Whole ranges of all axes but one. */
function partAlong(x: TensorValue, axis: number, start: number, count: number): TensorValue {
  return slice(
    x,
    x.shape.map((extent, place) => (place === axis ? { start, count, step: 1 } : { start: 0, count: extent, step: 1 })),
  );
}

function unpacked(call: Call): TensorValue[] {
  const x = input(call, 0);
  const axis = normalizeAxis(numberOf(call, "axis", 0), x.shape.length, "Unpack");
  const shape = x.shape.filter((_, place) => place !== axis);
  const count = x.shape[axis] ?? 0;
  if (call.node.outputs.length > count) throw wrongNode(call, `${count} parts, more are read`);
  return Array.from({ length: inParts(count, "Unpack") }, (_, index) => reshape(partAlong(x, axis, index, 1), shape));
}

function splitBy(call: Call, x: TensorValue, sizes: readonly number[], axis: number): TensorValue[] {
  const extent = x.shape[axis] ?? 0;
  const known = sizes.reduce((sum, size) => sum + Math.max(size, 0), 0);
  const whole = sizes.map((size) => (size < 0 ? extent - known : size));
  if (whole.some((size) => size < 0) || whole.reduce((sum, size) => sum + size, 0) !== extent) {
    throw wrongNode(call, `parts of ${sizes.join(", ")} of an axis of ${extent}`);
  }
  let start = 0;
  return whole.map((size) => {
    start += size;
    return partAlong(x, axis, start - size, size);
  });
}

function split(call: Call): TensorValue[] {
  const x = input(call, 1);
  const [given = 0] = inputNumbers(call, 0);
  const axis = normalizeAxis(given, x.shape.length, "Split");
  const count = numberOf(call, "num_split", 1);
  const extent = x.shape[axis] ?? 0;
  if (!(count >= 1) || extent % count !== 0) throw wrongNode(call, `${extent} in ${count} parts`);
  return splitBy(
    call,
    x,
    Array.from({ length: inParts(count, "Split") }, () => extent / count),
    axis,
  );
}

function splitV(call: Call): TensorValue[] {
  const x = input(call, 0);
  const [axis = 0] = inputNumbers(call, 2);
  return splitBy(call, x, inputNumbers(call, 1), normalizeAxis(axis, x.shape.length, "SplitV"));
}

function sliced(call: Call): TensorValue {
  const x = input(call, 0);
  const [starts, sizes] = [inputNumbers(call, 1), inputNumbers(call, 2)];
  return slice(
    x,
    x.shape.map((extent, axis) => {
      const start = starts[axis] ?? 0;
      const count = (sizes[axis] ?? -1) === -1 ? extent - start : (sizes[axis] ?? 0);
      if (start < 0 || count < 0 || start + count > extent)
        throw wrongNode(call, `part ${start} + ${count} of ${extent}`);
      return { start, count, step: 1 };
    }),
  );
}

/** What a strided slice says of each axis: masks are bits, one a place of its lists. */
function strided(call: Call): TensorValue {
  const x = input(call, 0);
  const lists = [1, 2, 3].map((place) => inputNumbers(call, place));
  const isSet = (name: string, place: number): boolean => ((numberOf(call, name, 0) >> place) & 1) === 1;
  const [begins = [], ends = [], steps = []] = lists;
  const numPlaces = begins.length;
  const isOf = (name: string) => Array.from({ length: numPlaces }, (_, place) => isSet(name, place));
  const [ellipses, added] = [isOf("ellipsis_mask"), isOf("new_axis_mask")];
  const numNamed = begins.filter((_, place) => ellipses[place] !== true && added[place] !== true).length;
  if (numNamed > x.shape.length || numPlaces > 31) throw wrongNode(call, "more places than axes");
  const ranges: Range[] = [];
  const shape: (number | "range")[] = [];
  const whole = (count: number): void => {
    for (let left = count; left > 0; left -= 1) {
      ranges.push({ start: 0, count: x.shape[ranges.length] ?? 0, step: 1 });
      shape.push("range");
    }
  };
  for (let place = 0; place < numPlaces; place += 1) {
    if (ellipses[place] === true) whole(x.shape.length - numNamed);
    else if (added[place] === true) shape.push(1);
    else {
      const bounds = { begin: begins[place] ?? 0, end: ends[place] ?? 0, step: steps[place] ?? 1 };
      const isOne = isSet("shrink_axis_mask", place);
      const open = { begin: isSet("begin_mask", place), end: isSet("end_mask", place) };
      const extent = x.shape[ranges.length] ?? 0;
      ranges.push(isOne ? oneOf(call, bounds.begin, extent) : rangeOf(call, bounds, open, extent));
      if (!isOne) shape.push("range");
      else shape.push(0);
    }
  }
  whole(x.shape.length - ranges.length);
  return reshape(slice(x, ranges), shapeAfter(shape, ranges));
}

/** Extents of the result: 1 for a new axis, those of the ranges, none (0) for a range of one that is dropped. */
function shapeAfter(plan: readonly (number | "range")[], ranges: readonly Range[]): number[] {
  let next = 0;
  return plan.flatMap((entry) => {
    if (entry === 1) return [1];
    next += 1;
    return entry === "range" ? [ranges[next - 1]?.count ?? 0] : [];
  });
}

function oneOf(call: Call, begin: number, extent: number): Range {
  const start = begin < 0 ? begin + extent : begin;
  if (start < 0 || start >= extent) throw wrongNode(call, `place ${begin} of ${extent}`);
  return { start, count: 1, step: 1 };
}

function rangeOf(
  call: Call,
  { begin, end, step }: { readonly begin: number; readonly end: number; readonly step: number },
  open: { readonly begin: boolean; readonly end: boolean },
  extent: number,
): Range {
  if (step === 0) throw wrongNode(call, "a step of 0");
  const [least, most] = step > 0 ? [0, extent] : [-1, extent - 1];
  const inside = (bound: number): number => Math.min(Math.max(bound < 0 ? bound + extent : bound, least), most);
  const from = open.begin ? (step > 0 ? 0 : extent - 1) : inside(begin);
  const to = open.end ? (step > 0 ? extent : -1) : inside(end);
  return { start: Math.max(from, 0), count: Math.max(Math.ceil((to - from) / step), 0), step };
}

/** Rows of x that an index names, batch by batch where there are leading axes in common. */
function gathered(call: Call): TensorValue {
  const [x, index] = [input(call, 0), input(call, 1)];
  const axis = normalizeAxis(call.inputs.length > 2 ? (inputNumbers(call, 2)[0] ?? 0) : 0, x.shape.length, "Gather");
  const given = numberOf(call, "batch_dims", 0);
  const numBatch = given < 0 ? given + index.shape.length : given;
  if (numBatch === 0) return gather(x, index, axis);
  if (numBatch !== 1 || axis !== 1 || index.shape[0] !== x.shape[0])
    throw wrongNode(call, `${numBatch} axes of batches`);
  const rows = Array.from({ length: inParts(x.shape[0] ?? 0, "Gather") }, (_, row) => {
    const [own, places] = [partAlong(x, 0, row, 1), partAlong(index, 0, row, 1)];
    const found = gather(reshape(own, x.shape.slice(1)), reshape(places, index.shape.slice(1)), 0);
    return reshape(found, [1, ...found.shape]);
  });
  return concat(rows, 0);
}

/** The same elements turned around along axes. */
function reversed(call: Call): TensorValue {
  const x = input(call, 0);
  const given = inputNumbers(call, 1);
  const isFlags = call.node.operator === "Reverse";
  const axes = isFlags
    ? given.flatMap((value, axis) => (value === 0 ? [] : [axis]))
    : normalizeAxes(given, x.shape.length, "Reverse");
  const ranges = x.shape.map((extent, axis): Range =>
    axes.includes(axis)
      ? { start: Math.max(extent - 1, 0), count: extent, step: -1 }
      : { start: 0, count: extent, step: 1 },
  );
  return slice(x, ranges);
}

export const partOperators: Operators = {
  Concat: making(joined, [0]),
  ConcatV2: making(joined, [0]),
  Pack: making(packed),
  Unpack: { run: unpacked },
  Split: { known: [0], run: split },
  SplitV: { known: [1, 2], run: splitV },
  Slice: making(sliced, [1, 2]),
  StridedSlice: making(strided, [1, 2, 3]),
  Gather: making(gathered),
  GatherV2: making(gathered, [2]),
  Reverse: making(reversed, [1]),
  ReverseV2: making(reversed, [1]),
};
