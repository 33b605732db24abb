// Specificity: how many of the negatives are found, at one threshold or where enough positives are found too.

import { checkOptions, integer, numberWithin } from "#engine/base/options.ts";
import { oneHot } from "#engine/tensor/math.ts";
import { added, ratio, targetsOf, type MetricOptions, type ThresholdOptions } from "./counting-metrics.ts";
import type { BoundMetric, Metric } from "./metrics.ts";

/**
 * true negatives / (true negatives + false positives), over all outputs.
 * @source scikit-learn, metrics.recall_score(pos_label=0)
 */
export function specificity(options: ThresholdOptions = {}): Metric {
  checkOptions("specificity", options, ["name", "thresholds"]);
  const { name = "specificity" } = options;
  const threshold = numberWithin("specificity", "thresholds", options.thresholds ?? 0.5);
  const counter = { shape: [], dtype: "i32" } as const;
  const bound: BoundMetric = {
    name,
    direction: "max",
    state: { rejected: counter, negatives: counter },
    update: (state, outcome) => {
      const negative = targetsOf(outcome).neg().add(1);
      const rejected = negative.mul(outcome.predictions.lessEqual(threshold).cast("f32"));
      return added(state, { rejected: rejected.cast("i32").sum(), negatives: negative.cast("i32").sum() });
    },
    result: ({ rejected, negatives }) => ({ [name]: ratio(rejected?.[0] ?? 0, negatives?.[0] ?? 0) }),
  };
  return { name, config: { kind: "specificity", options: { ...options } }, bind: () => bound };
}

export interface SpecificityAtSensitivityOptions extends MetricOptions {
  /** The recall that is asked for, 0 to 1. */
  readonly sensitivity: number;
  /** Evenly spaced from 0 to 1; 200 by default. */
  readonly numThresholds?: number;
}

/**
 * The best specificity among thresholds at which the recall is at least `sensitivity`.
 * @source Keras 3, metrics.SpecificityAtSensitivity
 */
export function specificityAtSensitivity(options: SpecificityAtSensitivityOptions): Metric {
  const kind = "specificityAtSensitivity";
  checkOptions(kind, options, ["name", "sensitivity", "numThresholds"]);
  const { name = kind } = options;
  const sensitivity = numberWithin(kind, "sensitivity", options.sensitivity, 0, 1);
  const numThresholds = integer(kind, "numThresholds", options.numThresholds ?? 200, 2);
  const numBuckets = numThresholds + 1; // the first holds scores that no threshold lies below
  const counter = { shape: [numBuckets], dtype: "i32" } as const;
  const bound: BoundMetric = {
    name,
    direction: "max",
    state: { positives: counter, negatives: counter },
    update: (state, outcome) => {
      const truth = targetsOf(outcome).reshape([-1, 1]);
      const scores = outcome.predictions.clip(0, 1).mul(numThresholds - 1);
      const inBucket = oneHot(scores.ceil().cast("i32").reshape([-1]), numBuckets);
      const positives = inBucket.mul(truth).cast("i32").sum(0);
      return added(state, { positives, negatives: inBucket.cast("i32").sum(0).sub(positives) });
    },
    result: ({ positives = [], negatives = [] }) => ({ [name]: best(positives, negatives, sensitivity) }),
  };
  return { name, config: { kind, options: { ...options } }, bind: () => bound };
}

function best(positives: ArrayLike<number>, negatives: ArrayLike<number>, sensitivity: number): number {
  const sum = (counts: ArrayLike<number>): number => Array.from(counts).reduce((total, count) => total + count, 0);
  const [numPositives, numNegatives] = [sum(positives), sum(negatives)];
  let [missed, rejected, found] = [0, 0, 0];
  // The last bucket lies above the largest threshold, where nothing is.
  for (let bucket = 0; bucket + 1 < positives.length; bucket += 1) {
    missed += positives[bucket] ?? 0;
    rejected += negatives[bucket] ?? 0;
    if (ratio(numPositives - missed, numPositives) >= sensitivity)
      found = Math.max(found, ratio(rejected, numNegatives));
  }
  return found;
}
