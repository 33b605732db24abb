// The area under a curve, approximated over thresholds as Keras does. evaluation.ts has the exact one.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, integer, numberWithin } from "#engine/base/options.ts";
import { tensor } from "#engine/tensor/create.ts";
import { oneHot } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { added, ratio, targetsOf, type MetricOptions } from "./counting-metrics.ts";
import type { BoundMetric, Metric, MetricState, Outcome } from "./metrics.ts";
import { alongside } from "./weighted-mean.ts";

export interface AucOptions extends MetricOptions {
  /** 200 by default, the ends counted. */
  readonly numThresholds?: number;
  /** Receiver operating characteristic, precision and recall, or their gains over chance. */
  readonly curve?: "ROC" | "PR" | "PRGAIN";
  readonly summationMethod?: "interpolation" | "minoring" | "majoring";
  /** Thresholds between 0 and 1, in place of evenly spaced ones; the ends are added. */
  readonly thresholds?: readonly number[] | null;
  /** Whether every output has an area of its own, of which the mean is taken. */
  readonly multiLabel?: boolean;
  /** How many outputs there are, with multiLabel; it is known from the predictions. */
  readonly numLabels?: number | null;
  /** What each output counts. */
  readonly labelWeights?: readonly number[] | null;
  /** Whether predictions are logits. */
  readonly fromLogits?: boolean;
}

const known = [
  "name",
  "numThresholds",
  "curve",
  "summationMethod",
  "thresholds",
  "multiLabel",
  "numLabels",
  "labelWeights",
  "fromLogits",
];
const curves = ["ROC", "PR", "PRGAIN"] as const;
const methods = ["interpolation", "minoring", "majoring"] as const;

/** The options with Keras's defaults. */
interface AucParts {
  readonly curve: (typeof curves)[number];
  readonly method: (typeof methods)[number];
  readonly numThresholds: number;
  /** Rising, without the ends; undefined for evenly spaced ones. */
  readonly thresholds: readonly number[] | undefined;
  readonly multiLabel: boolean;
  readonly labelWeights: readonly number[] | undefined;
  readonly fromLogits: boolean;
}

/**
 * The area under the ROC or the precision-recall curve, over all outputs together or, with multiLabel, the mean of each.
 * @source Keras 3, metrics.AUC; Davis and Goadrich 2006, section 4 (interpolation of precision); Flach and Kull 2015 (gains)
 */
export function auc(options: AucOptions = {}): Metric {
  const parts = checkAuc(options);
  const { name = "auc" } = options;
  return {
    name,
    config: { kind: "auc", options: { ...options } },
    bind: ({ predictions }) => bound(name, parts, predictions.at(-1) ?? 1),
  };
}

function checkAuc(options: AucOptions): AucParts {
  checkOptions("auc", options, known);
  const { multiLabel = false, numLabels = null, fromLogits = false } = options;
  const given = options.thresholds?.map((value) => numberWithin("auc", "thresholds", value, 0, 1));
  const thresholds = given?.toSorted((a, b) => a - b);
  if (numLabels !== null) integer("auc", "numLabels", numLabels);
  if (numLabels !== null && !multiLabel) {
    throw new SinterError("option", "auc: numLabels needs multiLabel: true. Leave it out.", { numLabels });
  }
  return {
    curve: choice("auc", "curve", options.curve ?? "ROC", curves),
    method: choice("auc", "summationMethod", options.summationMethod ?? "interpolation", methods),
    numThresholds: thresholds
      ? thresholds.length + 2
      : integer("auc", "numThresholds", options.numThresholds ?? 200, 2),
    thresholds,
    multiLabel,
    labelWeights: options.labelWeights?.map((value) => numberWithin("auc", "labelWeights", value, 0)),
    fromLogits,
  };
}

function bound(name: string, parts: AucParts, numOutputs: number): BoundMetric {
  const { curve, method, numThresholds, multiLabel, labelWeights } = parts;
  if (labelWeights !== undefined && labelWeights.length !== numOutputs) {
    throw new SinterError(
      "option",
      `auc: ${labelWeights.length} labelWeights came for ${numOutputs} outputs. Give one for each.`,
      { labelWeights, numOutputs },
    );
  }
  const numCurves = multiLabel ? numOutputs : 1;
  const isWeighted = labelWeights !== undefined && !multiLabel;
  const counter = { shape: [numCurves, numThresholds], dtype: isWeighted ? "f32" : "i32" } as const;
  return {
    name,
    direction: "max",
    state: { positives: counter, negatives: counter },
    update: (state, outcome) => countBuckets(state, outcome, parts),
    result: ({ positives = [], negatives = [] }) => {
      const areas = Array.from({ length: numCurves }, (_, label) => {
        const own = (counts: ArrayLike<number>): number[] =>
          fromAbove(Array.from(counts).slice(label * numThresholds, (label + 1) * numThresholds));
        const counts = { truePositives: own(positives), falsePositives: own(negatives) };
        return curve === "PR" && method === "interpolation" ? precisionRecallArea(counts) : area(counts, curve, method);
      });
      const shares = areas.map((_, label) => (multiLabel ? (labelWeights?.[label] ?? 1) : 1));
      const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
      return { [name]: ratio(sum(areas.map((one, label) => one * (shares[label] ?? 1))), sum(shares)) };
    },
  };
}

/** How many positives and negatives have their last threshold below them at each, [curves, thresholds]. */
function countBuckets(state: MetricState, outcome: Outcome, parts: AucParts): MetricState {
  const { numThresholds, multiLabel, labelWeights, fromLogits } = parts;
  const numOutputs = outcome.predictions.shape.at(-1) ?? 1;
  const numCurves = multiLabel ? numOutputs : 1;
  const scores = fromLogits ? outcome.predictions.sigmoid() : outcome.predictions.clip(0, 1);
  const inBucket = oneHot(bucketsOf(scores, parts).reshape([-1, numCurves]), numThresholds); // [n, curves, thresholds]
  const truth = targetsOf(outcome).reshape([-1, numCurves, 1]);
  const ofLabels =
    labelWeights === undefined || multiLabel
      ? undefined
      : tensor(Float64Array.from(labelWeights)).broadcastTo(scores.shape).reshape([-1, 1, 1]);
  const ofSamples =
    outcome.weights === undefined
      ? undefined
      : alongside(outcome.weights, scores, "sampleWeight").broadcastTo(scores.shape).reshape([-1, numCurves, 1]);
  const weights = ofLabels === undefined || ofSamples === undefined ? (ofLabels ?? ofSamples) : ofLabels.mul(ofSamples);
  const count = (hits: Tensor): Tensor => (weights === undefined ? hits.cast("i32") : hits.mul(weights)).sum(0);
  const positives = count(inBucket.mul(truth));
  return added(state, { positives, negatives: count(inBucket).sub(positives) });
}

/** The place of the last threshold that is strictly below a score; the first one is below 0. */
function bucketsOf(scores: Tensor, { thresholds, numThresholds }: AucParts): Tensor {
  if (thresholds === undefined) {
    return scores
      .mul(numThresholds - 1)
      .ceil()
      .sub(1)
      .relu()
      .cast("i32");
  }
  const inner = tensor(Float64Array.from(thresholds));
  return scores.expandDims(-1).greater(inner).cast("i32").sum(-1);
}

interface CurveCounts {
  /** For each threshold, how many positives lie above it. */
  readonly truePositives: readonly number[];
  readonly falsePositives: readonly number[];
}

function fromAbove(buckets: ArrayLike<number>): number[] {
  const sums: number[] = [];
  let sum = 0;
  for (let index = buckets.length - 1; index >= 0; index -= 1) {
    sum += buckets[index] ?? 0;
    sums[index] = sum;
  }
  return sums;
}

/** The two numbers that a threshold has on a curve. */
function pointsOf({ truePositives, falsePositives }: CurveCounts, curve: AucParts["curve"]): [x: number, y: number][] {
  const [numPositives = 0] = truePositives;
  const [numNegatives = 0] = falsePositives;
  return truePositives.map((found, index) => {
    const invented = falsePositives[index] ?? 0;
    const recall = ratio(found, numPositives);
    if (curve === "ROC") return [ratio(invented, numNegatives), recall];
    if (curve === "PR") return [recall, ratio(found, found + invented)];
    if (found === 0) return [0, 1];
    const scale = ratio(numPositives, numNegatives);
    return [Math.max(0, 1 - (scale * (numPositives - found)) / found), 1 - (scale * invented) / found];
  });
}

function area(counts: CurveCounts, curve: AucParts["curve"], method: AucParts["method"]): number {
  const points = pointsOf(counts, curve);
  let sum = 0;
  for (const [index, [x, y]] of points.entries()) {
    const [nextX, nextY] = points[index + 1] ?? [x, y];
    const height =
      method === "interpolation" ? (y + nextY) / 2 : method === "minoring" ? Math.min(y, nextY) : Math.max(y, nextY);
    sum += (x - nextX) * height;
  }
  return sum;
}

/** Between two thresholds true positives are taken as linear in the predicted positives. */
function precisionRecallArea({ truePositives, falsePositives }: CurveCounts): number {
  const [numPositives = 0] = truePositives;
  let sum = 0;
  for (let index = 0; index + 1 < truePositives.length; index += 1) {
    const [right = 0, nextRight = 0] = [truePositives[index], truePositives[index + 1]];
    const predicted = right + (falsePositives[index] ?? 0);
    const nextPredicted = nextRight + (falsePositives[index + 1] ?? 0);
    const slope = ratio(right - nextRight, Math.max(predicted - nextPredicted, 0));
    const intercept = nextRight - slope * nextPredicted;
    const logRatio = predicted > 0 && nextPredicted > 0 ? Math.log(predicted / nextPredicted) : 0;
    sum += ratio(slope * (right - nextRight + intercept * logRatio), numPositives);
  }
  return sum;
}
