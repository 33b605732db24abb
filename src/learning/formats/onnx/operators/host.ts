// Operators whose shapes depend on all of the data: they run on the host, between programs.

import { normalizeAxis, sizeOf } from "#engine/base/shape.ts";
import { flag, input, numberOf, optionalNumber, optionalNumbers, type Call, type Operators } from "../operator.ts";
import { onHost } from "../limits.ts";
import { knownNumbers, numbersOf, type HostNumbers, type TensorValue } from "../value.ts";

/** Different values, or different slices of an axis, with where they come first, which they are, and how often. */
function unique(call: Call): TensorValue[] {
  const x = input(call, 0);
  const numbers = numbersOf(x);
  const axis = optionalNumber(call, "axis");
  const place = axis === undefined ? 0 : normalizeAxis(axis, x.shape.length, "Unique");
  const shape = axis === undefined ? [sizeOf(x.shape)] : x.shape;
  const extent = shape[place] ?? 0;
  const inner = sizeOf(shape.slice(place + 1));
  const outer = sizeOf(shape.slice(0, place));
  const at = (row: number, part: number, within: number): number =>
    numbers[(part * extent + row) * inner + within] ?? 0;
  const compare = (a: number, b: number): number => {
    for (let part = 0; part < outer; part += 1) {
      for (let within = 0; within < inner; within += 1) {
        const order = compareNumbers(at(a, part, within), at(b, part, within));
        if (order !== 0) return order;
      }
    }
    return 0;
  };
  const { firsts, groups, counts } = groupsOf(extent, compare, flag(call, "sorted", 1));
  const values = new Float64Array(outer * firsts.length * inner);
  for (let index = 0; index < values.length; index += 1) {
    const [row, within] = [Math.floor(index / inner), index % inner];
    values[index] = at(firsts[row % firsts.length] ?? 0, Math.floor(row / firsts.length), within);
  }
  const found = shape.map((one, other) => (other === place ? firsts.length : one));
  const indices = [firsts, groups, counts].map((list) => knownNumbers("i64", [list.length], list));
  return [knownNumbers(x.type, found, values), ...indices];
}

/** NaN is equal to itself and comes last. */
function compareNumbers(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  return a < b || Number.isNaN(b) ? -1 : 1;
}

interface Groups {
  /** The first row of each group. */
  readonly firsts: Int32Array;
  /** The group of each row. */
  readonly groups: Int32Array;
  readonly counts: Int32Array;
}

/** Rows that are equal, in ascending order of the rows or of where the groups begin. */
function groupsOf(numRows: number, compare: (a: number, b: number) => number, isSorted: boolean): Groups {
  const rows = Int32Array.from({ length: numRows }, (_, row) => row).sort((a, b) => compare(a, b) || a - b);
  const begins = (index: number): boolean => index === 0 || compare(rows[index - 1] ?? 0, rows[index] ?? 0) !== 0;
  const ascending = rows.filter((_, index) => begins(index));
  const firsts = isSorted ? ascending : ascending.toSorted();
  const groupAt = new Int32Array(numRows);
  for (const [group, row] of firsts.entries()) groupAt[row] = group;
  const [groups, counts] = [new Int32Array(numRows), new Int32Array(firsts.length)];
  let group = 0;
  for (const [index, row] of rows.entries()) {
    if (begins(index)) group = groupAt[row] ?? 0;
    groups[row] = group;
    counts[group] = (counts[group] ?? 0) + 1;
  }
  return { firsts, groups, counts };
}

/** A box as its lower and upper edges. */
type Box = readonly [y1: number, x1: number, y2: number, x2: number];

function boxAt(numbers: ArrayLike<number>, at: number, isCentre: boolean): Box {
  const [a = 0, b = 0, c = 0, d = 0] = [0, 1, 2, 3].map((edge) => numbers[at * 4 + edge] ?? 0);
  if (isCentre) return [b - d / 2, a - c / 2, b + d / 2, a + c / 2];
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}

function overlap(a: Box, b: Box): number {
  const height = Math.max(Math.min(a[2], b[2]) - Math.max(a[0], b[0]), 0);
  const width = Math.max(Math.min(a[3], b[3]) - Math.max(a[1], b[1]), 0);
  const area = (box: Box): number => (box[2] - box[0]) * (box[3] - box[1]);
  const union = area(a) + area(b) - height * width;
  return union > 0 ? (height * width) / union : 0;
}

/** Boxes by falling score, without those that lie over a better one. */
function nonMaxSuppression(call: Call): TensorValue {
  const [boxes, scores] = [input(call, 0), input(call, 1)];
  const [batch = 1, numBoxes = 0] = boxes.shape;
  const numClasses = scores.shape[1] ?? 1;
  const [most = 0] = optionalNumbers(call, 2) ?? [];
  const [allowed = 0] = optionalNumbers(call, 3) ?? [];
  const [least = Number.NEGATIVE_INFINITY] = optionalNumbers(call, 4) ?? [];
  const isCentre = numberOf(call, "center_point_box", 0) === 1;
  const [places, values] = [numbersOf(boxes), numbersOf(scores)];
  // Extents beside an axis of none are not bounded by the number of elements.
  onHost(batch * (numBoxes + numClasses), "NonMaxSuppression");
  const chosen: number[] = [];
  for (let member = 0; member < batch; member += 1) {
    const own = Array.from({ length: numBoxes }, (_, box) => boxAt(places, member * numBoxes + box, isCentre));
    for (let label = 0; label < numClasses; label += 1) {
      const start = (member * numClasses + label) * numBoxes;
      const kept = bestBoxes(own, values.subarray(start, start + numBoxes), { most, allowed, least });
      for (const box of kept) chosen.push(member, label, box);
    }
  }
  return knownNumbers("i64", [chosen.length / 3, 3], chosen);
}

interface Suppression {
  readonly most: number;
  readonly allowed: number;
  readonly least: number;
}

/** Comparisons of boxes in the time of an element. */
const comparisonsOfElement = 64;

/** Boxes of one class that no better one covers. */
function bestBoxes(boxes: readonly Box[], scores: HostNumbers, { most, allowed, least }: Suppression): number[] {
  const order = boxes
    .map((box, place) => ({ box, place, score: scores[place] ?? 0 }))
    .filter(({ score }) => score > least)
    .toSorted((a, b) => b.score - a.score || a.place - b.place);
  const kept: { readonly box: Box; readonly place: number }[] = [];
  for (const [index, one] of order.entries()) {
    if (kept.length >= most) break;
    if (index % 1024 === 0) onHost((index * kept.length) / comparisonsOfElement, "NonMaxSuppression");
    if (kept.every(({ box }) => overlap(one.box, box) <= allowed)) kept.push(one);
  }
  return kept.map(({ place }) => place);
}

/** Steps of an elimination in the time of an element. */
const stepsOfElement = 64;

/** Determinants by elimination. */
function determinant(call: Call): TensorValue {
  const x = input(call, 0);
  const size = x.shape.at(-1) ?? 1;
  onHost((sizeOf(x.shape) * size) / stepsOfElement, "Det");
  const numbers = Float64Array.from(numbersOf(x));
  const outer = x.shape.slice(0, -2);
  const values = Array.from({ length: onHost(sizeOf(outer), "Det") }, (_, at) =>
    eliminated(numbers.slice(at * size * size, (at + 1) * size * size), size),
  );
  return knownNumbers(x.type, outer, values);
}

function eliminated(matrix: Float64Array, size: number): number {
  const at = (row: number, column: number): number => matrix[row * size + column] ?? 0;
  let product = 1;
  for (let step = 0; step < size; step += 1) {
    let pivot = step;
    for (let row = step; row < size; row += 1) if (Math.abs(at(row, step)) > Math.abs(at(pivot, step))) pivot = row;
    if (at(pivot, step) === 0) return 0;
    if (pivot !== step) {
      product = -product;
      for (let column = 0; column < size; column += 1) {
        const [own, other] = [at(step, column), at(pivot, column)];
        matrix[step * size + column] = other;
        matrix[pivot * size + column] = own;
      }
    }
    product *= at(step, step);
    for (let row = step + 1; row < size; row += 1) {
      const factor = at(row, step) / at(step, step);
      for (let column = step; column < size; column += 1)
        matrix[row * size + column] = at(row, column) - factor * at(step, column);
    }
  }
  return product;
}

/** How often each n-gram of a pool comes, with gaps of up to some length. */
function tfIdf(call: Call): TensorValue {
  const x = input(call, 0);
  const list = (name: string): readonly number[] => {
    const found = call.node.attributes.get(name);
    return found?.kind === "numbers" ? found.value : [];
  };
  const [counts, places, pool] = [list("ngram_counts"), list("ngram_indexes"), list("pool_int64s")];
  const weights = call.node.attributes.has("weights") ? list("weights") : undefined;
  const [shortest, most, skips] = [
    numberOf(call, "min_gram_length"),
    numberOf(call, "max_gram_length"),
    numberOf(call, "max_skip_count"),
  ];
  const mode = call.node.attributes.get("mode");
  const width = places.reduce((most, place) => Math.max(most, place), -1) + 1;
  const grams = gramsOf(counts, pool);
  const numbers = numbersOf(x);
  const time = x.shape.at(-1) ?? 0;
  const numRows = sizeOf(x.shape.slice(0, -1));
  const longest = Math.min(most, time);
  // As many grams begin at each place of a row as there are lengths times gaps.
  onHost(numRows * (width + time * longest * Math.min(skips + 1, time)), "TfIdfVectorizer");
  const rows = Array.from({ length: numRows }, (_, row) => numbers.subarray(row * time, (row + 1) * time));
  const results = rows.map((row) => {
    const found = Array.from({ length: width }, () => 0);
    for (let length = Math.max(shortest, 1); length <= longest; length += 1) {
      for (const key of gramsIn(row, length, length === 1 ? 1 : Math.min(skips + 1, time))) {
        const place = places[grams.get(key) ?? -1];
        if (place !== undefined) found[place] = (found[place] ?? 0) + 1;
      }
    }
    return found.map((count, place) =>
      weighted(count, weights?.[places.indexOf(place)] ?? 1, mode?.kind === "text" ? mode.value : "TF"),
    );
  });
  return knownNumbers("f32", [...x.shape.slice(0, -1), width], results.flat());
}

/** All n-grams of a row, with gaps of up to so many. */
function gramsIn(row: HostNumbers, length: number, maxGap: number): string[] {
  const found: string[] = [];
  for (let gap = 1; gap <= maxGap; gap += 1) {
    for (let start = 0; start + (length - 1) * gap < row.length; start += 1) {
      found.push(Array.from({ length }, (_, at) => row[start + at * gap] ?? 0).join());
    }
  }
  return found;
}

function weighted(count: number, weight: number, mode: string): number {
  if (mode === "TF") return count;
  return mode === "IDF" ? (count > 0 ? weight : 0) : count * weight;
}

/** The number of each n-gram of the pool. */
function gramsOf(counts: readonly number[], pool: readonly number[]): Map<string, number> {
  const grams = new Map<string, number>();
  counts.forEach((start, index) => {
    const end = counts[index + 1] ?? pool.length;
    for (let at = start; at + index + 1 <= end; at += index + 1)
      grams.set(pool.slice(at, at + index + 1).join(), grams.size);
  });
  return grams;
}

export const hostOperators: Operators = {
  Unique: { known: "all", run: unique },
  NonMaxSuppression: { known: "all", run: (call) => [nonMaxSuppression(call)] },
  Det: { known: "all", run: (call) => [determinant(call)] },
  TfIdfVectorizer: { known: "all", run: (call) => [tfIdf(call)] },
};
