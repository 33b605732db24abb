// Summaries made of numbers: where values lie, how precision and recall depend on the threshold.

import { SinterError } from "#engine/base/error.ts";
import { integer } from "#engine/base/options.ts";
import type { HistogramSummary, PrCurveSummary } from "./event.ts";

/** As TensorBoard guards its divisions. */
const leastCount = 1e-7;

/**
 * A histogram of values in buckets of equal width from the least to the greatest; values that are not finite are left out.
 * Where all are equal, the last bucket holds them all.
 * @param numBuckets 30 by default
 * @source TensorBoard 2.21, plugins/histogram/summary_v2.py
 */
export function histogramSummary(tag: string, values: ArrayLike<number>, numBuckets = 30): HistogramSummary {
  integer("histogramSummary", "numBuckets", numBuckets);
  const buckets = new Float64Array(numBuckets * 3);
  let [min, max, numFinite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  eachFinite(values, (value) => {
    min = Math.min(min, value);
    max = Math.max(max, value);
    numFinite += 1;
  });
  if (numFinite === 0) return { kind: "histogram", tag, buckets };
  const width = (max - min) / numBuckets;
  for (let bucket = 0; bucket < numBuckets; bucket += 1) {
    const right = bucket === numBuckets - 1 ? max : min + width * (bucket + 1);
    buckets.set([min + width * bucket, right, 0], bucket * 3);
  }
  eachFinite(values, (value) => {
    const bucket = width === 0 ? numBuckets - 1 : Math.min(numBuckets - 1, Math.floor((value - min) / width));
    buckets[bucket * 3 + 2] = (buckets[bucket * 3 + 2] ?? 0) + 1;
  });
  return { kind: "histogram", tag, buckets };
}

function eachFinite(values: ArrayLike<number>, visit: (value: number) => void): void {
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (Number.isFinite(value)) visit(value);
  }
}

export interface PrCurveOptions {
  /** Thresholds from 0 to 1, evenly spread; 201 by default, at least 2. */
  readonly numThresholds?: number;
  /** What each prediction counts; 1 by default. */
  readonly weights?: ArrayLike<number>;
}

/**
 * Precision and recall of two-class predictions at every threshold.
 * @param labels 1 for the class that is sought, else 0
 * @param predictions its probability; what lies outside of 0 to 1 is taken as the end
 * @throws shape where the lengths differ
 * @source TensorBoard 2.21, plugins/pr_curve/summary.py
 */
export function prCurveSummary(
  tag: string,
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  { numThresholds = 201, weights }: PrCurveOptions = {},
): PrCurveSummary {
  integer("prCurveSummary", "numThresholds", numThresholds, 2);
  const { length } = predictions;
  if (labels.length !== length || (weights ?? labels).length !== length) {
    throw new SinterError(
      "shape",
      `prCurveSummary: ${labels.length} labels, ${length} predictions and ${(weights ?? labels).length} weights. Give as ` +
        "many of each.",
      { labels: labels.length, predictions: length },
    );
  }
  const positives = new Float64Array(numThresholds);
  const negatives = new Float64Array(numThresholds);
  for (let index = 0; index < length; index += 1) {
    const prediction = Math.min(1, Math.max(0, predictions[index] ?? 0));
    const counted = (labels[index] ?? 0) === 0 ? negatives : positives;
    const bucket = Math.floor(Math.fround(prediction) * (numThresholds - 1));
    counted[bucket] = (counted[bucket] ?? 0) + (weights?.[index] ?? 1);
  }
  return { kind: "prCurve", tag, ...ratesOf(sumsFromEnd(positives), sumsFromEnd(negatives)) };
}

/** The sum of each bucket and those after it. */
function sumsFromEnd(counts: Float64Array): Float64Array {
  const sums = Float64Array.from(counts);
  for (let index = sums.length - 2; index >= 0; index -= 1) sums[index] = (sums[index] ?? 0) + (sums[index + 1] ?? 0);
  return sums;
}

function ratesOf(positives: Float64Array, negatives: Float64Array): Omit<PrCurveSummary, "kind" | "tag"> {
  const [numPositives = 0, numNegatives = 0] = [positives[0], negatives[0]];
  const row = (at: (positive: number, negative: number) => number): Float32Array =>
    Float32Array.from(positives, (positive, index) => at(positive, negatives[index] ?? 0));
  return {
    truePositives: Float32Array.from(positives),
    falsePositives: Float32Array.from(negatives),
    trueNegatives: row((_, negative) => numNegatives - negative),
    falseNegatives: row((positive) => numPositives - positive),
    precision: row((positive, negative) => positive / Math.max(leastCount, positive + negative)),
    recall: row((positive) => positive / Math.max(leastCount, numPositives)),
  };
}
