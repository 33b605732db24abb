// Curves of a classifier's probabilities: ROC, precision against recall, and how far probabilities can be trusted. Exact,
// on the host; draws nothing.

import { calibrationBins } from "#learning/train/calibration.ts";

/** A point of a ROC curve. */
export interface RocPoint {
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
}

/** A point of a precision-recall curve. */
export interface PrecisionRecallPoint {
  readonly recall: number;
  readonly precision: number;
}

/** Positives and negatives among the samples that score at least some value, for each value that occurs, highest first. */
function cumulativeCounts(
  scores: readonly number[],
  isPositive: readonly boolean[],
): { readonly truePositives: number; readonly falsePositives: number }[] {
  const order = scores.map((_, index) => index).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const counts: { truePositives: number; falsePositives: number }[] = [];
  let [truePositives, falsePositives] = [0, 0];
  order.forEach((sample, place) => {
    if (isPositive[sample] === true) truePositives += 1;
    else falsePositives += 1;
    const next = order[place + 1];
    if (next === undefined || scores[next] !== scores[sample]) counts.push({ truePositives, falsePositives });
  });
  return counts;
}

/**
 * The ROC curve, from (0, 0) to (1, 1), one point a score that occurs; empty unless there are samples of both kinds.
 * @source scikit-learn, metrics.roc_curve with drop_intermediate False
 */
export function rocCurve(scores: readonly number[], isPositive: readonly boolean[]): RocPoint[] {
  const counts = cumulativeCounts(scores, isPositive);
  const { truePositives = 0, falsePositives = 0 } = counts.at(-1) ?? {};
  if (truePositives === 0 || falsePositives === 0) return [];
  const points = counts.map((count) => ({
    falsePositiveRate: count.falsePositives / falsePositives,
    truePositiveRate: count.truePositives / truePositives,
  }));
  return [{ falsePositiveRate: 0, truePositiveRate: 0 }, ...points];
}

/**
 * Precision against recall, from the highest score down, one point a score that occurs; empty without positives.
 * @source scikit-learn, metrics.precision_recall_curve, which turns the order round and adds the point (0, 1)
 */
export function precisionRecallCurve(
  scores: readonly number[],
  isPositive: readonly boolean[],
): PrecisionRecallPoint[] {
  const counts = cumulativeCounts(scores, isPositive);
  const { truePositives: numPositives = 0 } = counts.at(-1) ?? {};
  if (numPositives === 0) return [];
  return counts.map(({ truePositives, falsePositives }) => ({
    recall: truePositives / numPositives,
    precision: truePositives / (truePositives + falsePositives),
  }));
}

/**
 * The sum over a precision-recall curve of precision times the gain in recall.
 * @source scikit-learn, metrics.average_precision_score
 */
export function averagePrecision(curve: readonly PrecisionRecallPoint[]): number {
  return curve.reduce(
    (sum, { recall, precision }, index) => sum + precision * (recall - (curve[index - 1]?.recall ?? 0)),
    0,
  );
}

/** Answers whose probability lies in one interval. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly numSamples: number;
  /** Mean probability of the answers; null without samples. */
  readonly confidence: number | null;
  /** Share of right answers; null without samples. */
  readonly accuracy: number | null;
}

/** How well the probability of the given answer foretells whether it is right. */
export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  /** Mean distance between confidence and accuracy, weighted by samples. */
  readonly expectedCalibrationError: number;
}

/**
 * Reliability in intervals of equal width; a probability on a border counts to the lower one.
 * @param confidences probability of the answer given, 0 to 1
 * @param isRight whether that answer was right
 * @source scikit-learn, calibration.calibration_curve (uniform); Guo et al. 2017, On calibration of modern neural networks
 */
export function calibrationOf(
  confidences: readonly number[],
  isRight: readonly boolean[],
  numBins: number = calibrationBins,
): Calibration {
  const sums = Array.from({ length: numBins }, () => ({ count: 0, confidence: 0, right: 0 }));
  confidences.forEach((confidence, index) => {
    const sum = sums[Math.min(numBins - 1, Math.max(0, Math.ceil(confidence * numBins) - 1))];
    if (sum === undefined) return;
    sum.count += 1;
    sum.confidence += confidence;
    sum.right += isRight[index] === true ? 1 : 0;
  });
  const bins = sums.map(({ count, confidence, right }, bin) => ({
    from: bin / numBins,
    to: (bin + 1) / numBins,
    numSamples: count,
    confidence: count === 0 ? null : confidence / count,
    accuracy: count === 0 ? null : right / count,
  }));
  const total = sums.reduce((sum, { confidence, right }) => sum + Math.abs(confidence - right), 0);
  return { bins, expectedCalibrationError: confidences.length === 0 ? 0 : total / confidences.length };
}

/** At most `maxPoints` points of a curve, its ends among them. */
export function thinned<Point>(points: readonly Point[], maxPoints: number): readonly Point[] {
  if (points.length <= maxPoints) return points;
  const step = (points.length - 1) / (maxPoints - 1);
  return Array.from({ length: maxPoints }, (_, index) => points[Math.round(index * step)]).filter(
    (point) => point !== undefined,
  );
}
