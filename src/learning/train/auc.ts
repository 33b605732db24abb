// The area under a curve, approximated over evenly spaced thresholds as Keras does. evaluation.ts has the exact one.

import { checkOptions, choice, integer } from "#engine/base/options.ts";
import { oneHot } from "#engine/tensor/math.ts";
import { added, ratio, targetsOf, type MetricOptions } from "./counting-metrics.ts";
import type { BoundMetric, Metric } from "./metrics.ts";

export interface AucOptions extends MetricOptions {
  /** 200 by default, the ends counted. */
  readonly numThresholds?: number;
  readonly curve?: "ROC" | "PR";
  readonly summationMethod?: "interpolation" | "minoring" | "majoring";
  /** Whether predictions are logits. */
  readonly fromLogits?: boolean;
}

/**
 * The area under the ROC or the precision-recall curve, over all outputs together.
 * @source Keras 3, metrics.AUC; Davis and Goadrich 2006, section 4 (interpolation of precision)
 */
export function auc(options: AucOptions = {}): Metric {
  checkOptions("auc", options, ["name", "numThresholds", "curve", "summationMethod", "fromLogits"]);
  const { name = "auc", fromLogits = false } = options;
  const numThresholds = integer("auc", "numThresholds", options.numThresholds ?? 200, 2);
  const curve = choice("auc", "curve", options.curve ?? "ROC", ["ROC", "PR"]);
  const method = choice("auc", "summationMethod", options.summationMethod ?? "interpolation", [
    "interpolation",
    "minoring",
    "majoring",
  ]);
  const counter = { shape: [numThresholds], dtype: "i32" } as const;
  const bound: BoundMetric = {
    name,
    direction: "max",
    state: { positives: counter, negatives: counter },
    update: (state, outcome) => {
      const truth = targetsOf(outcome).reshape([-1, 1]);
      const scores = fromLogits ? outcome.predictions.sigmoid() : outcome.predictions.clip(0, 1);
      // A score belongs to the last threshold that is strictly below it; the first one is below 0.
      const bucket = scores
        .mul(numThresholds - 1)
        .ceil()
        .sub(1)
        .relu()
        .cast("i32")
        .reshape([-1]);
      const inBucket = oneHot(bucket, numThresholds);
      const positives = inBucket.mul(truth).cast("i32").sum(0);
      return added(state, { positives, negatives: inBucket.cast("i32").sum(0).sub(positives) });
    },
    result: ({ positives = [], negatives = [] }) => {
      const counts = { truePositives: fromAbove(positives), falsePositives: fromAbove(negatives) };
      return {
        [name]:
          curve === "PR" && method === "interpolation" ? precisionRecallArea(counts) : area(counts, curve, method),
      };
    },
  };
  return { name, config: { kind: "auc", options: { ...options } }, bind: () => bound };
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

function area(
  { truePositives, falsePositives }: CurveCounts,
  curve: "ROC" | "PR",
  method: "interpolation" | "minoring" | "majoring",
): number {
  const [numPositives = 0] = truePositives;
  const [numNegatives = 0] = falsePositives;
  const recall = truePositives.map((count) => ratio(count, numPositives));
  const x = curve === "ROC" ? falsePositives.map((count) => ratio(count, numNegatives)) : recall;
  const y =
    curve === "ROC" ? recall : truePositives.map((count, index) => ratio(count, count + (falsePositives[index] ?? 0)));
  let sum = 0;
  for (let index = 0; index + 1 < x.length; index += 1) {
    const [left = 0, right = 0] = [y[index], y[index + 1]];
    const height =
      method === "interpolation"
        ? (left + right) / 2
        : method === "minoring"
          ? Math.min(left, right)
          : Math.max(left, right);
    sum += ((x[index] ?? 0) - (x[index + 1] ?? 0)) * height;
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
