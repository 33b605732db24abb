// What layers of categories learn from data before they are made: boundaries of ranges, vocabularies of integers. Streams:
// holds one batch and a summary.

import { SinterError } from "#engine/base/error.ts";
import { integer, numberWithin } from "#engine/base/options.ts";
import { addDocument, emptyCounts, learnVocabulary, type LookupMode } from "#engine/base/vocabulary.ts";
import { type Dataset, scaleAndOffset } from "#learning/data/dataset.ts";

/** Numbers, or a data set's samples in file order, without augmentation, after `rescale`. */
export type AdaptData = Dataset | Iterable<number>;

export interface BinBoundariesOptions {
  /** In how many ranges of about equally many values; 1 or more. */
  readonly numBins: number;
  /** How far a boundary may be off, as a share of all values; 0.01 by default. Smaller takes more memory. */
  readonly epsilon?: number;
  readonly signal?: AbortSignal;
}

/**
 * Boundaries that cut all values into ranges of about equally many: what Keras's `Discretization.adapt` finds.
 * @returns what `layers.discretization` takes: at most numBins - 1 boundaries
 * @throws option; data for no values; aborted
 * @source Keras 3.15, layers.Discretization
 * @example
 * const layer = layers.discretization(await binBoundariesOf([1, 2, 3, 4], { numBins: 2 }));
 */
export async function binBoundariesOf(
  data: AdaptData,
  { numBins, epsilon = 0.01, signal }: BinBoundariesOptions,
): Promise<{ readonly binBoundaries: readonly number[] }> {
  integer("binBoundariesOf", "numBins", numBins, 1);
  numberWithin("binBoundariesOf", "epsilon", epsilon, 1e-6, 1);
  let summary: Summary = { values: [], weights: [] };
  for await (const { values } of batchesOf(data, signal)) {
    if (values.length > 0) summary = merged(summarize(values, epsilon), summary, epsilon);
  }
  if (summary.values.length === 0) throw noData("binBoundariesOf");
  return { binBoundaries: compressed(summary, 1 / numBins).values.slice(0, -1) };
}

/** Sorted values and how many each stands for; float32. */
interface Summary {
  readonly values: readonly number[];
  readonly weights: readonly number[];
}

function summarize(values: Float64Array, epsilon: number): Summary {
  const sorted = Float32Array.from(values).sort();
  const step = Math.max(sorted.length / (1 / epsilon), 1);
  const kept: number[] = [];
  for (let place = Math.floor(step - 1); place < sorted.length; place += Math.floor(step)) {
    kept.push(sorted[place] ?? 0);
  }
  return { values: kept, weights: kept.map(() => Math.fround(step)) };
}

function merged(first: Summary, second: Summary, epsilon: number): Summary {
  const both = [first, second].flatMap(({ values, weights }) =>
    values.map((value, index) => ({ value, weight: weights[index] ?? 0 })),
  );
  both.sort((left, right) => left.value - right.value);
  const values = both.map(({ value }) => value);
  return compressed({ values, weights: both.map(({ weight }) => weight) }, epsilon);
}

/** As many values as 1 / epsilon, on straight lines between those that were there. */
function compressed(summary: Summary, epsilon: number): Summary {
  const { values, weights } = summary;
  if (values.length * epsilon < 1) return summary;
  let sum = 0;
  const cumulative = weights.map((weight) => {
    sum = Math.fround(sum + weight);
    return sum;
  });
  const shares = cumulative.map((one) => Math.fround(one / sum));
  const places = Array.from({ length: Math.ceil(1 / epsilon) }, (_, index) => epsilon + index * epsilon);
  const reached = places.map((place) => interpolate(place, shares, cumulative));
  return {
    values: places.map((place) => Math.fround(interpolate(place, shares, values))),
    weights: reached.map((one, index) => Math.fround(one - (reached[index - 1] ?? 0))),
  };
}

/** The line through points (x, y) with rising x at a place; its ends outside. */
function interpolate(place: number, x: readonly number[], y: readonly number[]): number {
  const after = x.findIndex((one) => one > place);
  if (after < 0) return y.at(-1) ?? 0;
  if (after === 0) return y[0] ?? 0;
  const [x0 = 0, x1 = 0] = x.slice(after - 1, after + 1);
  const [y0 = 0, y1 = 0] = y.slice(after - 1, after + 1);
  return ((y1 - y0) / (x1 - x0)) * (place - x0) + y0;
}

export interface VocabularyOptions {
  /** Of the whole, mask and unknown ones counted. */
  readonly maxTokens?: number | null;
  readonly numOovIndices?: number;
  readonly maskToken?: number | null;
  readonly oovToken?: number;
  readonly outputMode?: LookupMode;
  readonly signal?: AbortSignal;
}

/** What `layers.integerLookup` takes. */
export interface IntegerVocabulary extends Omit<VocabularyOptions, "signal"> {
  readonly vocabulary: readonly number[];
  readonly idfWeights?: readonly number[];
}

/**
 * The most frequent integers, of equal ones the larger first: what Keras's `IntegerLookup.adapt` finds.
 * @param options the layer's own; they come back with the vocabulary
 * @throws option; data for no values; aborted
 * @source Keras 3.15, layers.IntegerLookup
 * @example
 * const layer = layers.integerLookup(await vocabularyOf([7, 7, 3], { maxTokens: 2 }));
 */
export async function vocabularyOf(data: AdaptData, options: VocabularyOptions = {}): Promise<IntegerVocabulary> {
  const { signal, ...own } = options;
  const total = emptyCounts<number>();
  for await (const { values, sampleSize } of batchesOf(data, signal)) {
    for (let start = 0; start < values.length; start += sampleSize) {
      addDocument(total, Array.from(values.subarray(start, start + sampleSize), Math.trunc));
    }
  }
  if (total.numDocuments === 0) throw noData("vocabularyOf");
  const { maxTokens = null, numOovIndices = 1, maskToken = null, oovToken = -1, outputMode = "int" } = own;
  const rule = { maxTokens, numOovIndices, maskToken, oovToken, outputMode, padToMaxTokens: false, invert: false };
  return { ...own, ...learnVocabulary(rule, total) };
}

interface Values {
  readonly values: Float64Array;
  readonly sampleSize: number;
}

async function* batchesOf(data: AdaptData, signal: AbortSignal | undefined): AsyncGenerator<Values> {
  if (Symbol.iterator in data) {
    yield { values: Float64Array.from(data), sampleSize: 1 };
    return;
  }
  const { scale, offset } = scaleAndOffset(data.rescale);
  const sampleSize = data.elementShape.reduce((size, extent) => size * extent, 1);
  const reading = { shuffle: false, ...(signal === undefined ? {} : { signal }) };
  for await (const { x } of data.batches(0, reading)) {
    yield { values: Float64Array.from(x.data, (value) => value * scale + offset), sampleSize };
  }
}

function noData(where: string): SinterError {
  return new SinterError("data", `${where}: the data has no values. Check its folder, or its first axis.`);
}
