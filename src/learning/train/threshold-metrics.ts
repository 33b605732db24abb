// Metrics from counts of right and wrong answers at one threshold or several: precision, recall, specificity, and the counts.

import { checkOptions, integer, numberWithin } from "#engine/base/options.ts";
import { stack } from "#engine/tensor/math.ts";
import { arange, onesLike } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { added, counted, ratio, targetsOf, type MetricOptions } from "./counting-metrics.ts";
import type { BoundMetric, Metric, Outcome } from "./metrics.ts";

export interface ThresholdOptions extends MetricOptions {
  /** Above it a prediction is positive; 0.5 by default. A list gives a number for each: precision_0, precision_1 … */
  readonly thresholds?: number | readonly number[] | null;
}

export interface RankedOptions extends ThresholdOptions {
  /** Only the k largest outputs of a sample can be positive; where no threshold is given they all are. */
  readonly topK?: number | null;
  /** The only output that is looked at; all by default. */
  readonly classId?: number | null;
}

interface Counts {
  /** Predicted and true. */
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

/** true positives / (true positives + false positives), over all outputs. @source Keras 3, metrics.Precision */
export function precision(options: RankedOptions = {}): Metric {
  return thresholdMetric("precision", options, ({ truePositives: right, falsePositives: wrong }) =>
    ratio(right, right + wrong),
  );
}

/** true positives / (true positives + false negatives), over all outputs. @source Keras 3, metrics.Recall */
export function recall(options: RankedOptions = {}): Metric {
  return thresholdMetric("recall", options, ({ truePositives: found, falseNegatives: missed }) =>
    ratio(found, found + missed),
  );
}

/**
 * true negatives / (true negatives + false positives), over all outputs.
 * @source scikit-learn, metrics.recall_score(pos_label=0)
 */
export function specificity(options: RankedOptions = {}): Metric {
  return thresholdMetric("specificity", options, ({ trueNegatives: found, falsePositives: missed }) =>
    ratio(found, found + missed),
  );
}

/** How many outputs are positive and should be. @source Keras 3, metrics.TruePositives */
export function truePositives(options: ThresholdOptions = {}): Metric {
  return thresholdMetric("truePositives", options, (counts) => counts.truePositives);
}

/** How many outputs are positive and should not be. @source Keras 3, metrics.FalsePositives */
export function falsePositives(options: ThresholdOptions = {}): Metric {
  return thresholdMetric("falsePositives", options, (counts) => counts.falsePositives);
}

/** How many outputs are not positive and should not be. @source Keras 3, metrics.TrueNegatives */
export function trueNegatives(options: ThresholdOptions = {}): Metric {
  return thresholdMetric("trueNegatives", options, (counts) => counts.trueNegatives);
}

/** How many outputs are not positive and should be. @source Keras 3, metrics.FalseNegatives */
export function falseNegatives(options: ThresholdOptions = {}): Metric {
  return thresholdMetric("falseNegatives", options, (counts) => counts.falseNegatives);
}

type Kind = keyof Counts | "precision" | "recall" | "specificity";

function thresholdMetric(kind: Kind, options: RankedOptions, combine: (counts: Counts) => number): Metric {
  const isRanked = kind === "precision" || kind === "recall" || kind === "specificity";
  checkOptions(kind, options, ["name", "thresholds", ...(isRanked ? ["topK", "classId"] : [])]);
  const { name = kind, topK = null, classId = null } = options;
  if (topK !== null) integer(kind, "topK", topK);
  if (classId !== null) integer(kind, "classId", classId, 0);
  const given = options.thresholds ?? (topK === null ? 0.5 : Number.NEGATIVE_INFINITY);
  const thresholds = [given].flat().map((value) => numberWithin(kind, "thresholds", value));
  const nameOf = (index: number): string => (Array.isArray(given) ? `${name}_${index}` : name);
  const counter = { shape: [thresholds.length], dtype: "i32" } as const;
  const bound: BoundMetric = {
    name,
    direction: kind === "falsePositives" || kind === "falseNegatives" ? "min" : "max",
    state: { truePositives: counter, falsePositives: counter, trueNegatives: counter, falseNegatives: counter },
    update: (state, outcome) => added(state, countsAt(thresholds, lookedAt(outcome, topK, classId), outcome)),
    result: (values) => {
      const at = (part: keyof Counts, index: number): number => values[part]?.[index] ?? 0;
      const results = thresholds.map((_, index): [string, number] => [
        nameOf(index),
        combine({
          truePositives: at("truePositives", index),
          falsePositives: at("falsePositives", index),
          trueNegatives: at("trueNegatives", index),
          falseNegatives: at("falseNegatives", index),
        }),
      ]);
      return Object.fromEntries(results);
    },
  };
  return { name, config: { kind, options: { ...options } }, bind: () => bound };
}

interface Answers {
  /** 1 where an output should be positive. */
  readonly truth: Tensor;
  readonly scores: Tensor;
  /** 1 where an output can be positive. */
  readonly allowed: Tensor | undefined;
}

function lookedAt(outcome: Outcome, topK: number | null, classId: number | null): Answers {
  const { predictions } = outcome;
  const isTop = topK === null ? undefined : largest(predictions, topK);
  const only = (values: Tensor): Tensor => (classId === null ? values : outputOf(values, classId));
  return {
    truth: only(targetsOf(outcome)),
    scores: only(predictions),
    allowed: isTop === undefined ? undefined : only(isTop),
  };
}

/** One output of all. */
export function outputOf(values: Tensor, index: number): Tensor {
  const before = values.shape.slice(0, -1);
  return values.slice([...before.map(() => 0), index], [...before, 1]);
}

/** 1 at the k largest along the last axis, of equal ones the first. */
function largest(scores: Tensor, k: number): Tensor {
  const places = arange(scores.shape.at(-1) ?? 1);
  const [own, others] = [scores.expandDims(-1), scores.expandDims(-2)];
  const isEarlier = places.less(places.expandDims(-1)); // [own, other]
  const isBefore = others.greater(own).or(others.equal(own).and(isEarlier));
  return isBefore.cast("i32").sum(-1).less(k).cast("f32");
}

function countsAt(
  thresholds: readonly number[],
  { truth, scores, allowed }: Answers,
  outcome: Outcome,
): Record<keyof Counts, Tensor> {
  const count = (hits: Tensor): Tensor => counted(hits, outcome).sum();
  const all = outcome.weights === undefined ? truth.size : count(onesLike(truth));
  const counts = thresholds.map((threshold) => {
    const isAbove = scores.greater(threshold).cast("f32");
    const positive = allowed === undefined ? isAbove : isAbove.mul(allowed);
    const [both, guessed, real] = [count(positive.mul(truth)), count(positive), count(truth)];
    const neither = both.add(all).sub(guessed).sub(real);
    return { both, invented: guessed.sub(both), missed: real.sub(both), neither };
  });
  return {
    truePositives: stack(counts.map(({ both }) => both)),
    falsePositives: stack(counts.map(({ invented }) => invented)),
    trueNegatives: stack(counts.map(({ neither }) => neither)),
    falseNegatives: stack(counts.map(({ missed }) => missed)),
  };
}
