// Calibration on the host, in float64: the temperature that makes probabilities honest, the threshold that suits two classes,
// and how honest probabilities are. Pure functions of scores and labels; calibrate.ts gets those from a model.

import { SinterError } from "#engine/base/error.ts";

/** Logits with their labels, row-major. */
export interface LabelledLogits {
  readonly activation: "sigmoid" | "softmax";
  /** [samples, columns] */
  readonly logits: ArrayLike<number>;
  readonly numColumns: number;
  /** Of softmax the class of each sample; of sigmoid 0 or 1 for each logit. */
  readonly labels: ArrayLike<number>;
}

/** Bins that honesty is measured over, as in Guo et al. 2017. */
export const calibrationBins = 15;
/** Temperatures are looked for between its inverse and it: labels that logits part without a mistake ask for 0. */
const largestTemperature = 64;
const numSteps = 100;

/**
 * The temperature T for which the mean negative log likelihood of logits / T is smallest.
 * @source Guo et al. 2017, On calibration of modern neural networks, section 4.2
 */
export function fitTemperature(data: LabelledLogits): number {
  // The loss is convex in 1 / T, so its slope has one root at most: Newton's steps, kept within a shrinking bracket.
  let [low, high] = [1 / largestTemperature, largestTemperature];
  let inverse = 1;
  for (let step = 0; step < numSteps; step += 1) {
    const { slope, curvature } = derivativesAt(data, inverse);
    if (slope > 0) high = inverse;
    else low = inverse;
    const newton = inverse - slope / curvature;
    const next = newton > low && newton < high ? newton : Math.sqrt(low * high);
    if (Math.abs(next - inverse) <= 1e-12 * inverse) return 1 / next;
    inverse = next;
  }
  return 1 / inverse;
}

/** Of the summed negative log likelihood of logits · inverse. */
function derivativesAt(
  { activation, logits, numColumns, labels }: LabelledLogits,
  inverse: number,
): { readonly slope: number; readonly curvature: number } {
  let [slope, curvature] = [0, 0];
  if (activation === "sigmoid") {
    for (let index = 0; index < labels.length; index += 1) {
      const logit = logits[index] ?? 0;
      const p = 1 / (1 + Math.exp(-logit * inverse));
      slope += (p - (labels[index] ?? 0)) * logit;
      curvature += p * (1 - p) * logit * logit;
    }
    return { slope, curvature };
  }
  for (let sample = 0; sample < labels.length; sample += 1) {
    const start = sample * numColumns;
    const { mean, variance } = momentsOf(logits, start, numColumns, inverse);
    slope += mean - (logits[start + (labels[sample] ?? 0)] ?? 0);
    curvature += variance;
  }
  return { slope, curvature };
}

/** Mean and variance of a row's logits under its own probabilities. */
function momentsOf(
  logits: ArrayLike<number>,
  start: number,
  numColumns: number,
  inverse: number,
): { readonly mean: number; readonly variance: number } {
  let largest = Number.NEGATIVE_INFINITY;
  for (let column = 0; column < numColumns; column += 1) largest = Math.max(largest, logits[start + column] ?? 0);
  let [total, sum, squares] = [0, 0, 0];
  for (let column = 0; column < numColumns; column += 1) {
    const below = (logits[start + column] ?? 0) - largest; // about the largest, so that nothing cancels
    const weight = Math.exp(below * inverse);
    total += weight;
    sum += weight * below;
    squares += weight * below * below;
  }
  const mean = sum / total;
  return { mean: mean + largest, variance: Math.max(0, squares / total - mean * mean) };
}

/** Probabilities of logits / temperature, laid out as the logits. */
export function probabilitiesAt({ activation, logits, numColumns }: LabelledLogits, temperature: number): Float64Array {
  const scaled = Float64Array.from(logits, (logit) => logit / temperature);
  if (activation === "sigmoid") return scaled.map((logit) => 1 / (1 + Math.exp(-logit)));
  for (let start = 0; start < scaled.length; start += numColumns) {
    const row = scaled.subarray(start, start + numColumns);
    const largest = row.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
    row.set(row.map((logit) => Math.exp(logit - largest)));
    const total = row.reduce((sum, weight) => sum + weight, 0);
    row.set(row.map((weight) => weight / total));
  }
  return scaled;
}

/** The mean negative log likelihood of logits / temperature. */
export function negativeLogLikelihood(data: LabelledLogits, temperature: number): number {
  const { activation, logits, numColumns, labels } = data;
  let total = 0;
  for (let index = 0; index < labels.length; index += 1) {
    const label = labels[index] ?? 0;
    if (activation === "sigmoid") {
      const logit = (logits[index] ?? 0) / temperature;
      total += Math.max(logit, 0) - logit * label + Math.log1p(Math.exp(-Math.abs(logit)));
      continue;
    }
    const row = Array.from(
      { length: numColumns },
      (_, column) => (logits[index * numColumns + column] ?? 0) / temperature,
    );
    const largest = row.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
    total += largest + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - largest), 0)) - (row[label] ?? 0);
  }
  return labels.length === 0 ? 0 : total / labels.length;
}

/** What a threshold is chosen for: the best F1, or the best recall + specificity - 1 (Youden's J). */
export type ThresholdGoal = "f1" | "youden";

/**
 * The threshold at which samples of a score at least as high count as class 1, best by its goal; halfway between two scores,
 * of equally good ones the nearest to one half.
 * @param isPositive 0 or 1 a sample
 * @throws data unless there are samples of both classes
 * @source Youden 1950; scikit-learn, metrics.precision_recall_curve and roc_curve give the same best values
 */
export function chooseThreshold(
  scores: ArrayLike<number>,
  isPositive: ArrayLike<number>,
  goal: ThresholdGoal,
): { readonly threshold: number; readonly value: number } {
  const order = Array.from({ length: scores.length }, (_, index) => index).sort(
    (left, right) => (scores[right] ?? 0) - (scores[left] ?? 0),
  );
  const numPositives = order.filter((index) => isPositive[index] === 1).length;
  const numNegatives = order.length - numPositives;
  if (numPositives === 0 || numNegatives === 0) {
    throw new SinterError("data", "calibrate: a threshold needs samples of both classes. Give other data.");
  }
  const valueOf = (right: number, wrong: number): number =>
    goal === "f1" ? (2 * right) / (right + wrong + numPositives) : right / numPositives - wrong / numNegatives;
  let best = { threshold: Number.POSITIVE_INFINITY, value: Number.NEGATIVE_INFINITY };
  let [right, wrong] = [0, 0];
  for (const [place, index] of order.entries()) {
    if (isPositive[index] === 1) right += 1;
    else wrong += 1;
    const score = scores[index] ?? 0;
    const next = scores[order[place + 1] ?? -1];
    if (next === score) continue; // they count together
    const value = valueOf(right, wrong);
    const threshold = next === undefined ? score : (score + next) / 2;
    const isNearer = Math.abs(threshold - 0.5) < Math.abs(best.threshold - 0.5);
    if (value > best.value || (value === best.value && isNearer)) best = { threshold, value };
  }
  return best;
}

/**
 * How far the largest probability lies from the share of right answers: the mean distance over bins of equal width, each
 * weighed by its samples. 0 is honest.
 * @param probabilities row-major [samples, numColumns]; one column is the probability of class 1
 * @param labels the class of each sample
 * @source Naeini et al. 2015; Guo et al. 2017, section 2
 * @example
 * expectedCalibrationError([0.9, 0.1, 0.8, 0.2], [0, 1], { numColumns: 2 }); // 0.45: said 0.9 and 0.8, right once
 */
export function expectedCalibrationError(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  { numColumns = 1, numBins = calibrationBins }: { readonly numColumns?: number; readonly numBins?: number } = {},
): number {
  const gaps = new Float64Array(numBins);
  for (let sample = 0; sample < labels.length; sample += 1) {
    const { guess, confidence } = answerOf(probabilities, sample, numColumns);
    const bin = Math.min(numBins - 1, Math.max(0, Math.ceil(confidence * numBins) - 1));
    gaps[bin] = (gaps[bin] ?? 0) + confidence - Number(guess === labels[sample]);
  }
  return labels.length === 0 ? 0 : gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / labels.length;
}

function answerOf(
  probabilities: ArrayLike<number>,
  sample: number,
  numColumns: number,
): { readonly guess: number; readonly confidence: number } {
  if (numColumns === 1) {
    const p = probabilities[sample] ?? 0;
    return p > 0.5 ? { guess: 1, confidence: p } : { guess: 0, confidence: 1 - p };
  }
  let best = { guess: 0, confidence: Number.NEGATIVE_INFINITY };
  for (let column = 0; column < numColumns; column += 1) {
    const p = probabilities[sample * numColumns + column] ?? 0;
    if (p > best.confidence) best = { guess: column, confidence: p };
  }
  return best;
}
