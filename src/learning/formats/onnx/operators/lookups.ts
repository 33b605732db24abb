// Operators that look elements up by indices, put them where indices say, or order them. What the engine has no operation for is
// made of rows of a flat table; what depends on all of the data is done on the host.

import { normalizeAxis, sizeOf, stridesOf } from "#engine/base/shape.ts";
import { arange, full } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { binary, castTo, choose } from "../elementwise.ts";
import { isFloatingType } from "../element-types.ts";
import { gathered, placesOf } from "../host-arrays.ts";
import { gather, outside, reshape, slice, transpose } from "../movement.ts";
import {
  flag,
  input,
  inputNumbers,
  numberOf,
  optionalNumber,
  optionalNumbers,
  textOf,
  wrongNode,
  type Call,
  type Needed,
  type Operators,
} from "../operator.ts";
import { onHost } from "../limits.ts";
import { computed, isFolded, known, knownNumbers, numbersOf, textsOf, type TensorValue } from "../value.ts";

/** Rows of a table by index, on the host or the device: [rows, ...] and an index of any shape. */
function takeRows(table: TensorValue, index: TensorValue): TensorValue {
  const [, ...row] = table.shape;
  if (table.host !== undefined && isFolded([index])) {
    const inner = sizeOf(row);
    const count = onHost(sizeOf(index.shape) * inner, "TopK");
    const places = Int32Array.from({ length: count }, (_, at) => {
      const from = numbersOf(index)[Math.floor(at / inner)] ?? 0;
      return from * inner + (at % inner);
    });
    return known(table.type, [...index.shape, ...row], gathered(table.host, places));
  }
  return computed(table.type, table.device().take(index.device().cast("i32")));
}

/** The index with negative numbers counted from the end of an axis. */
function insideAxis(index: TensorValue, extent: number): TensorValue {
  if (isFolded([index])) {
    const inside = Array.from(numbersOf(index), (value) => {
      const positive = value < 0 ? value + extent : value;
      if (positive < 0 || positive >= extent) throw outside(value, extent);
      return positive;
    });
    return knownNumbers("i32", index.shape, inside);
  }
  const tensor = index.device().cast("i32");
  return computed("i32", tensor.add(tensor.less(0).cast("i32").mul(extent)));
}

/** Row-major places in a tensor of shape `shape` where an index stands for its own place along an axis. */
function placesAlong(index: TensorValue, shape: readonly number[], axis: number): Tensor {
  const strides = stridesOf(shape);
  const own = index.shape.map((extent, place) => {
    const beside = index.shape.map((_, other) => (other === place ? extent : 1));
    return arange(extent)
      .mul(strides[place] ?? 1)
      .reshape(beside);
  });
  const others = own.filter((_, place) => place !== axis);
  const along = insideAxis(index, shape[axis] ?? 1)
    .device()
    .mul(strides[axis] ?? 1);
  return others.reduce((sum, part) => sum.add(part), along);
}

function gatherElements(call: Call): TensorValue {
  const [x, index] = [input(call, 0), input(call, 1)];
  const axis = normalizeAxis(numberOf(call, "axis", 0), x.shape.length, "GatherElements");
  const places = placesAlong(index, x.shape, axis);
  return computed(
    x.type,
    x
      .device()
      .reshape([sizeOf(x.shape)])
      .take(places),
  );
}

/** Numbers of rows that tuples of indices name, along the first axes of a shape. */
function rowsOf(index: TensorValue, shape: readonly number[]): TensorValue {
  const depth = index.shape.at(-1) ?? 0;
  const strides = stridesOf(shape.slice(0, depth));
  const outer = index.shape.slice(0, -1);
  if (isFolded([index])) {
    const numbers = numbersOf(index);
    const rows = Array.from({ length: onHost(sizeOf(outer), "rows by index") }, (_, row) =>
      strides.reduce((sum, stride, axis) => {
        const value = numbers[row * depth + axis] ?? 0;
        const extent = shape[axis] ?? 1;
        const positive = value < 0 ? value + extent : value;
        if (positive < 0 || positive >= extent) throw outside(value, extent);
        return sum + positive * stride;
      }, 0),
    );
    return knownNumbers("i32", outer, rows);
  }
  const tensor = index.device().cast("i32");
  const parts = strides.map((stride, axis) => {
    const part = tensor.slice([...outer.map(() => 0), axis], [...outer, 1]).reshape(outer);
    return part
      .add(
        part
          .less(0)
          .cast("i32")
          .mul(shape[axis] ?? 1),
      )
      .mul(stride);
  });
  const [first = full(outer, 0, { dtype: "i32" }), ...others] = parts;
  return computed(
    "i32",
    others.reduce((sum, part) => sum.add(part), first),
  );
}

function gatherNd(call: Call): TensorValue {
  const [x, index] = [input(call, 0), input(call, 1)];
  const numBatch = numberOf(call, "batch_dims", 0);
  const depth = index.shape.at(-1) ?? 0;
  if (numBatch === 0) {
    const rest = x.shape.slice(depth);
    const rows = reshape(x, [sizeOf(x.shape.slice(0, depth)), ...rest]);
    return takeRows(rows, rowsOf(index, x.shape));
  }
  const batch = x.shape.slice(0, numBatch);
  const [count, inner] = [sizeOf(batch), x.shape.slice(numBatch, numBatch + depth)];
  const rest = x.shape.slice(numBatch + depth);
  const rows = rowsOf(index, inner).device().cast("i32");
  const perBatch = sizeOf(index.shape.slice(numBatch, -1));
  const offsets = arange(count).mul(sizeOf(inner)).expandDims(1);
  const all = rows.reshape([count, perBatch]).add(offsets);
  const table = x.device().reshape([count * sizeOf(inner), ...rest]);
  return computed(x.type, table.take(all).reshape([...index.shape.slice(0, -1), ...rest]));
}

type Combine = "none" | "add" | "mul" | "max" | "min";

function combineOf(call: Call): Combine {
  const found = textOf(call, "reduction", "none");
  if (found === "none" || found === "add" || found === "mul" || found === "max" || found === "min") return found;
  throw wrongNode(call, `reduction "${found}"`);
}

/** Products and extremes of scattered elements are made on the host; sums and plain updates by the device's scatter. */
const scatterNeeds = (call: Call): Needed => (["none", "add"].includes(combineOf(call)) ? [] : "all");

/** Rows of a table with others put or added where an index says. An index that comes twice has one of its updates. */
function scattered(call: Call, table: TensorValue, index: TensorValue, updates: TensorValue): TensorValue {
  const how = combineOf(call);
  const parts = [table, index, updates];
  if (parts.every(({ host }) => host !== undefined)) return scatteredOnHost(table, { index, updates, how });
  const [rows = 0, ...row] = table.shape;
  const count = sizeOf(index.shape);
  if (count === 0) return table;
  const flat = index.device().cast("i32").reshape([count]);
  const dtype = isFloatingType(table.type) ? "f32" : "i32";
  const base = table.device().cast(dtype);
  const given = updates
    .device()
    .cast(dtype)
    .reshape([count, ...row]);
  if (how === "add") return computed(table.type, base.addRows(flat, given));
  const none = full([rows, ...row], 0, { dtype });
  const hits = full([rows], 0, { dtype: "i32" }).addRows(flat, full([count], 1, { dtype: "i32" }));
  const isHit = hits.greater(0).reshape([rows, ...row.map(() => 1)]);
  return computed(table.type, where(isHit, none.addRows(flat, given), base));
}

const combinations: Readonly<Record<Combine, (old: number, update: number) => number>> = {
  none: (_, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  max: Math.max,
  min: Math.min,
};

interface Updates {
  readonly index: TensorValue;
  readonly updates: TensorValue;
  readonly how: Combine;
}

function scatteredOnHost(table: TensorValue, { index, updates, how }: Updates): TensorValue {
  const inner = sizeOf(table.shape.slice(1));
  const combine = combinations[how];
  const rows = numbersOf(index);
  if (table.type === "string") return scatteredTexts(table, { index, updates, how });
  const result = Float64Array.from(numbersOf(table));
  const given = numbersOf(updates);
  rows.forEach((row, at) => {
    for (let place = 0; place < inner; place += 1) {
      const to = row * inner + place;
      result[to] = combine(result[to] ?? 0, given[at * inner + place] ?? 0);
    }
  });
  return knownNumbers(table.type, table.shape, result);
}

function scatteredTexts(table: TensorValue, { index, updates }: Updates): TensorValue {
  const inner = sizeOf(table.shape.slice(1));
  const result = [...textsOf(table)];
  const given = textsOf(updates);
  numbersOf(index).forEach((row, at) => {
    for (let place = 0; place < inner; place += 1) result[row * inner + place] = given[at * inner + place] ?? "";
  });
  return known(table.type, table.shape, result);
}

function scatterElements(call: Call): TensorValue {
  const [x, index, updates] = [input(call, 0), input(call, 1), input(call, 2)];
  const axis = normalizeAxis(numberOf(call, "axis", 0), x.shape.length, "ScatterElements");
  const flat = reshape(x, [sizeOf(x.shape)]);
  const places = isFolded([index, x, updates])
    ? knownPlacesAlong(index, x.shape, axis)
    : computed("i32", placesAlong(index, x.shape, axis));
  return reshape(scattered(call, flat, places, updates), x.shape);
}

function knownPlacesAlong(index: TensorValue, shape: readonly number[], axis: number): TensorValue {
  const strides = stridesOf(shape);
  const others = placesOf({
    shape: index.shape,
    strides: strides.map((stride, place) => (place === axis ? 0 : stride)),
  });
  const inside = numbersOf(insideAxis(index, shape[axis] ?? 1));
  return knownNumbers(
    "i32",
    index.shape,
    others.map((place, at) => place + (inside[at] ?? 0) * (strides[axis] ?? 1)),
  );
}

function scatterNd(call: Call): TensorValue {
  const [x, index, updates] = [input(call, 0), input(call, 1), input(call, 2)];
  const depth = index.shape.at(-1) ?? 0;
  const table = reshape(x, [sizeOf(x.shape.slice(0, depth)), ...x.shape.slice(depth)]);
  return reshape(scattered(call, table, rowsOf(index, x.shape), updates), x.shape);
}

function oneHot(call: Call): TensorValue {
  const [index, values] = [input(call, 0), input(call, 2)];
  const [depth = 0] = inputNumbers(call, 1);
  const rank = index.shape.length + 1;
  const axis = normalizeAxis(numberOf(call, "axis", -1), rank, "OneHot");
  const places = index.device().cast("i32");
  const inside = where(places.less(0), places.add(depth), places).cast("i32").expandDims(axis);
  const classes = arange(depth).reshape(Array.from({ length: rank }, (_, at) => (at === axis ? depth : 1)));
  const isHere = computed("bool", inside.equal(classes));
  const part = (at: number): TensorValue => {
    const one = slice(values, [{ start: at, count: 1, step: 1 }]);
    return reshape(one, []);
  };
  return choose(isHere, part(1), part(0));
}

/** Longer axes are sorted on the host. */
const maxRanked = 4096;

function topKNeeds(call: Call): Needed {
  const x = input(call, 0);
  const axis = normalizeAxis(numberOf(call, "axis", -1), x.shape.length, "TopK");
  return (x.shape[axis] ?? 1) <= maxRanked ? [1] : "all";
}

/** The largest or smallest along an axis, in order; of equal ones the first comes first. */
function topK(call: Call): TensorValue[] {
  const x = input(call, 0);
  const rank = x.shape.length;
  const axis = normalizeAxis(numberOf(call, "axis", -1), rank, "TopK");
  const count = optionalNumbers(call, 1)?.[0] ?? numberOf(call, "k");
  const isLargest = flag(call, "largest", 1);
  const toLast = [...x.shape.keys()].filter((at) => at !== axis).concat(axis);
  const back = [...x.shape.keys()].map((at) => toLast.indexOf(at));
  const rows = transpose(x, toLast);
  if (count < 0 || count > (x.shape[axis] ?? 0)) throw wrongNode(call, `${count} of ${x.shape[axis] ?? 0} elements`);
  const order = rows.host === undefined ? rankedPlaces(rows, count, isLargest) : sortedPlaces(rows, count, isLargest);
  const flat = reshape(rows, [sizeOf(rows.shape)]);
  const lasts = x.shape[axis] ?? 1;
  const starts = known("i32", [...rows.shape.slice(0, -1), 1], startsOf(sizeOf(rows.shape.slice(0, -1)), lasts));
  const places = binary(order, starts, { host: (a, b) => a + b, device: (a, b) => a.add(b) });
  return [transpose(takeRows(flat, places), back), transpose(castTo(order, "i64"), back)];
}

function startsOf(count: number, step: number): Int32Array {
  return Int32Array.from({ length: onHost(count, "TopK") }, (_, row) => row * step);
}

function sortedPlaces(rows: TensorValue, count: number, isLargest: boolean): TensorValue {
  const numbers = numbersOf(rows);
  const extent = rows.shape.at(-1) ?? 1;
  const outer = rows.shape.slice(0, -1);
  const sign = isLargest ? -1 : 1;
  const places = Array.from({ length: onHost(sizeOf(outer), "TopK") }, (_, row) => {
    const own = numbers.subarray(row * extent, (row + 1) * extent);
    const order = Array.from(own, (_value, at) => at);
    return order.toSorted((a, b) => sign * ((own[a] ?? 0) - (own[b] ?? 0)) || a - b).slice(0, count);
  });
  return knownNumbers("i32", [...outer, count], places.flat());
}

/** How many come before each element says where it goes; no sorting. */
function rankedPlaces(rows: TensorValue, count: number, isLargest: boolean): TensorValue {
  const tensor = rows.device().cast(isFloatingType(rows.type) ? "f32" : "i32");
  const extent = rows.shape.at(-1) ?? 1;
  const [mine, other] = [tensor.expandDims(-1), tensor.expandDims(-2)];
  const isBefore = isLargest ? other.greater(mine) : other.less(mine);
  const earlier = arange(extent).expandDims(0).less(arange(extent).expandDims(1));
  const ranks = isBefore.or(other.equal(mine).and(earlier)).cast("i32").sum(-1); // [..., extent]
  const isAt = ranks.expandDims(-2).equal(arange(count).expandDims(1)); // [..., count, extent]
  return computed("i32", isAt.cast("i32").mul(arange(extent)).sum(-1));
}

function triangle(call: Call): TensorValue {
  const x = input(call, 0);
  const [shift = 0] = optionalNumbers(call, 1) ?? [];
  const [rows = 1, columns = 1] = x.shape.slice(-2);
  const isUpper = flag(call, "upper", 1);
  const kept = new Uint8Array(onHost(rows * columns, "Trilu"));
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const distance = column - row - shift;
      kept[row * columns + column] = Number(isUpper ? distance >= 0 : distance <= 0);
    }
  }
  if (sizeOf(x.shape) === 0) return x;
  return choose(known("bool", [rows, columns], kept), x, knownNumbers(x.type, [], [0]));
}

/** Sums of all elements up to each, as a product with a triangle of ones. */
function cumulativeSum(call: Call): TensorValue {
  const x = input(call, 0);
  const axis = normalizeAxis(inputNumbers(call, 1)[0] ?? 0, x.shape.length, "CumSum");
  const extent = x.shape[axis] ?? 1;
  const [isExclusive, isReverse] = [flag(call, "exclusive"), flag(call, "reverse")];
  if (!isFloatingType(x.type) || x.host !== undefined || extent > 2048)
    return summedOnHost(x, { axis, isExclusive, isReverse });
  const [row, column] = [arange(extent).expandDims(1), arange(extent).expandDims(0)];
  const [from, to] = isReverse ? [column, row] : [row, column];
  const triangleOfOnes = (isExclusive ? from.less(to) : from.lessEqual(to)).cast("f32");
  const toLast = [...x.shape.keys()].filter((at) => at !== axis).concat(axis);
  const back = [...x.shape.keys()].map((at) => toLast.indexOf(at));
  const rows = x.device().cast("f32").transpose(toLast).reshape([-1, extent]);
  const sums = rows.matMul(triangleOfOnes).reshape(toLast.map((at) => x.shape[at] ?? 1));
  return computed(x.type, sums.transpose(back));
}

const sumNeeds = (call: Call): Needed => {
  const x = input(call, 0);
  return isFloatingType(x.type) && Math.max(...x.shape, 0) <= 2048 ? [1] : "all";
};

interface SumOptions {
  readonly axis: number;
  readonly isExclusive: boolean;
  readonly isReverse: boolean;
}

function summedOnHost(x: TensorValue, { axis, isExclusive, isReverse }: SumOptions): TensorValue {
  const numbers = Float64Array.from(numbersOf(x));
  const stride = stridesOf(x.shape)[axis] ?? 1;
  const extent = x.shape[axis] ?? 1;
  for (let start = 0; start < numbers.length; start += 1) {
    if (Math.floor(start / stride) % extent !== 0) continue;
    let sum = 0;
    for (let step = 0; step < extent; step += 1) {
      const at = start + (isReverse ? extent - 1 - step : step) * stride;
      const before = sum;
      sum += numbers[at] ?? 0;
      numbers[at] = isExclusive ? before : sum;
    }
  }
  return knownNumbers(x.type, x.shape, numbers);
}

/** Places of what is not 0, one axis a row. */
function nonZero(call: Call): TensorValue {
  const x = input(call, 0);
  const strides = stridesOf(x.shape);
  const places: number[] = [];
  numbersOf(x).forEach((value, at) => {
    if (value !== 0) places.push(at);
  });
  const rows = x.shape.map((extent, axis) => places.map((at) => Math.floor(at / (strides[axis] ?? 1)) % extent));
  return knownNumbers("i64", [x.shape.length, places.length], rows.flat());
}

function compress(call: Call): TensorValue {
  const x = input(call, 0);
  const axis = optionalNumber(call, "axis");
  const rows = axis === undefined ? reshape(x, [sizeOf(x.shape)]) : x;
  const chosen = inputNumbers(call, 1).flatMap((value, at) => (value === 0 ? [] : [at]));
  return gather(rows, knownNumbers("i64", [chosen.length], chosen), axis ?? 0);
}

/** Each member of the batch turned around up to its length. */
function reverseSequence(call: Call): TensorValue {
  const x = input(call, 0);
  const [batchAxis, timeAxis] = [numberOf(call, "batch_axis", 1), numberOf(call, "time_axis", 0)];
  const extent = x.shape[timeAxis] ?? 1;
  const beside = (axis: number): number[] => x.shape.map((_, place) => (place === axis ? (x.shape[axis] ?? 1) : 1));
  const lengths = input(call, 1).device().cast("i32").reshape(beside(batchAxis));
  const times = arange(extent).reshape(beside(timeAxis));
  const turned = where(times.less(lengths), lengths.sub(1).sub(times), times).cast("i32").broadcastTo(x.shape);
  const places = placesAlong(computed("i32", turned), x.shape, timeAxis);
  return computed(
    x.type,
    x
      .device()
      .reshape([sizeOf(x.shape)])
      .take(places),
  );
}

export const lookupOperators: Operators = {
  GatherElements: { run: (call) => [gatherElements(call)] },
  GatherND: { run: (call) => [gatherNd(call)] },
  Scatter: { run: (call) => [scatterElements(call)] },
  ScatterElements: { known: scatterNeeds, run: (call) => [scatterElements(call)] },
  ScatterND: { known: scatterNeeds, run: (call) => [scatterNd(call)] },
  OneHot: { known: [1], run: (call) => [oneHot(call)] },
  TopK: { known: topKNeeds, run: topK },
  Trilu: { known: [1], run: (call) => [triangle(call)] },
  CumSum: { known: sumNeeds, run: (call) => [cumulativeSum(call)] },
  NonZero: { known: "all", run: (call) => [nonZero(call)] },
  Compress: { known: [1], run: (call) => [compress(call)] },
  ReverseSequence: { run: (call) => [reverseSequence(call)] },
};
