// The best of one rate among thresholds at which another is high enough.

import { checkOptions, integer, numberWithin } from "#engine/base/options.ts";
import { oneHot } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { added, counted, ratio, targetsOf, type MetricOptions } from "./counting-metrics.ts";
import type { BoundMetric, Metric, MetricState, Outcome } from "./metrics.ts";
import { outputOf } from "./threshold-metrics.ts";

interface ConstrainedOptions extends MetricOptions {
  /** Evenly spaced from 0 to 1; 200 by default. One of them is 0.5. */
  readonly numThresholds?: number;
  /** The only output that is looked at; all by default. */
  readonly classId?: number | null;
}

export interface SpecificityAtSensitivityOptions extends ConstrainedOptions {
  /** The recall that is asked for, 0 to 1. */
  readonly sensitivity: number;
}

export interface SensitivityAtSpecificityOptions extends ConstrainedOptions {
  /** The specificity that is asked for, 0 to 1. */
  readonly specificity: number;
}

export interface PrecisionAtRecallOptions extends ConstrainedOptions {
  /** The recall that is asked for, 0 to 1. */
  readonly recall: number;
}

export interface RecallAtPrecisionOptions extends ConstrainedOptions {
  /** The precision that is asked for, 0 to 1. */
  readonly precision: number;
}

/**
 * The best specificity among thresholds at which the recall is at least `sensitivity`.
 * @source Keras 3, metrics.SpecificityAtSensitivity
 */
export function specificityAtSensitivity(options: SpecificityAtSensitivityOptions): Metric {
  const rates = { asked: recallOf, best: specificityOf };
  return constrained("specificityAtSensitivity", options, ["sensitivity", options.sensitivity], rates);
}

/**
 * The best recall among thresholds at which the specificity is at least `specificity`.
 * @source Keras 3, metrics.SensitivityAtSpecificity
 */
export function sensitivityAtSpecificity(options: SensitivityAtSpecificityOptions): Metric {
  const rates = { asked: specificityOf, best: recallOf };
  return constrained("sensitivityAtSpecificity", options, ["specificity", options.specificity], rates);
}

/**
 * The best precision among thresholds at which the recall is at least `recall`.
 * @source Keras 3, metrics.PrecisionAtRecall
 */
export function precisionAtRecall(options: PrecisionAtRecallOptions): Metric {
  return constrained("precisionAtRecall", options, ["recall", options.recall], { asked: recallOf, best: precisionOf });
}

/**
 * The best recall among thresholds at which the precision is at least `precision`.
 * @source Keras 3, metrics.RecallAtPrecision
 */
export function recallAtPrecision(options: RecallAtPrecisionOptions): Metric {
  const rates = { asked: precisionOf, best: recallOf };
  return constrained("recallAtPrecision", options, ["precision", options.precision], rates);
}

/** What there is, and how much of it lies above a threshold. */
interface CurvePoint {
  readonly numPositives: number;
  readonly numNegatives: number;
  readonly found: number;
  readonly invented: number;
}

type Rate = (point: CurvePoint) => number;

const recallOf: Rate = ({ found, numPositives }) => ratio(found, numPositives);
const specificityOf: Rate = ({ invented, numNegatives }) => ratio(numNegatives - invented, numNegatives);
const precisionOf: Rate = ({ found, invented }) => ratio(found, found + invented);

function constrained(
  kind: string,
  options: ConstrainedOptions,
  [option, value]: readonly [option: string, value: number],
  rates: { readonly asked: Rate; readonly best: Rate },
): Metric {
  checkOptions(kind, options, ["name", option, "numThresholds", "classId"]);
  const { name = kind, classId = null } = options;
  const least = numberWithin(kind, option, value, 0, 1);
  const numThresholds = integer(kind, "numThresholds", options.numThresholds ?? 200);
  if (classId !== null) integer(kind, "classId", classId, 0);
  // The first holds scores that no threshold lies below.
  const numBuckets = numThresholds + 1;
  const counter = { shape: [numBuckets], dtype: "i32" } as const;
  const bound: BoundMetric = {
    name,
    direction: "max",
    state: { positives: counter, negatives: counter },
    update: (state, outcome) => countBuckets(state, outcome, { numThresholds, classId }),
    result: ({ positives = [], negatives = [] }) => {
      const points = curveOf(Array.from(positives), Array.from(negatives));
      const allowed = points.filter((point) => rates.asked(point) >= least).map(rates.best);
      return { [name]: Math.max(0, ...allowed) };
    },
  };
  return { name, config: { kind, options: { ...options } }, bind: () => bound };
}

interface Buckets {
  readonly numThresholds: number;
  readonly classId: number | null;
}

function countBuckets(state: MetricState, outcome: Outcome, { numThresholds, classId }: Buckets): MetricState {
  const only = (values: Tensor): Tensor => (classId === null ? values : outputOf(values, classId));
  const labels = only(targetsOf(outcome));
  const scores = only(outcome.predictions).clip(0, 1);
  const bucket = numThresholds === 1 ? scores.greater(0.5) : scores.mul(numThresholds - 1).ceil();
  const inBucket = oneHot(bucket.cast("i32"), numThresholds + 1);
  const count = (hits: Tensor): Tensor =>
    counted(hits, outcome)
      .reshape([-1, numThresholds + 1])
      .sum(0);
  const positives = count(inBucket.mul(labels.expandDims(-1)));
  return added(state, { positives, negatives: count(inBucket).sub(positives) });
}

/** What lies above each threshold; the last bucket lies above the largest. */
function curveOf(positives: readonly number[], negatives: readonly number[]): CurvePoint[] {
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  const [numPositives, numNegatives] = [sum(positives), sum(negatives)];
  let [found, invented] = [numPositives, numNegatives];
  return positives.slice(0, -1).map((count, bucket) => {
    found -= count;
    invented -= negatives[bucket] ?? 0;
    return { numPositives, numNegatives, found, invented };
  });
}
