// Metrics that are means over samples: errors of numbers, log loss of classes, and R².

import { checkOptions, choice, integer } from "#engine/base/options.ts";
import { full } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { added, ratio, targetsOf, type MetricOptions } from "./counting-metrics.ts";
import { alignLabels } from "./labels.ts";
import type { BoundMetric, Metric, MetricState, Outcome } from "./metrics.ts";
import { cosine } from "./regression-losses.ts";
import { alongside, sumWhere } from "./weighted-mean.ts";

/** mean |y - p|. @source Keras 3, metrics.MeanAbsoluteError */
export function meanAbsoluteError(options: MetricOptions = {}): Metric {
  return meanMetric("meanAbsoluteError", options, plain, (outcome) => errorsOf(outcome).abs());
}

/** mean (y - p)². @source Keras 3, metrics.MeanSquaredError */
export function meanSquaredError(options: MetricOptions = {}): Metric {
  return meanMetric("meanSquaredError", options, plain, (outcome) => errorsOf(outcome).square());
}

/** √ mean (y - p)², masked places counted, as in Keras. @source Keras 3, metrics.RootMeanSquaredError */
export function rootMeanSquaredError(options: MetricOptions = {}): Metric {
  return meanMetric("rootMeanSquaredError", options, { ...plain, finish: Math.sqrt, isMasked: false }, (outcome) =>
    errorsOf(outcome).square(),
  );
}

const leastProbability = 1e-7;

/**
 * mean -log p of the true class. One output is the probability of class 1; probabilities are clipped to [1e-7, 1 - 1e-7].
 * @source scikit-learn, metrics.log_loss
 */
export function logLoss(options: MetricOptions = {}): Metric {
  return meanMetric("logLoss", options, plain, (outcome) => {
    const truth = targetsOf(outcome);
    const p = outcome.predictions.clip(leastProbability, 1 - leastProbability);
    const hit = truth.mul(p.log());
    if (outcome.predictions.shape.at(-1) !== 1) return hit.sum(-1).neg();
    return hit.add(truth.neg().add(1).mul(p.neg().add(1).log())).neg();
  });
}

function errorsOf({ labels, predictions }: Outcome): Tensor {
  return alignLabels("metric", labels, predictions).sub(predictions);
}

/** What a metric that is a mean takes and gives. */
export interface MeanParts {
  /** Options beside the name. */
  readonly known: readonly string[];
  readonly direction: "max" | "min";
  /** What becomes of the mean; nothing by default. */
  readonly finish?: (mean: number) => number;
  /** Whether masked places are left out; true by default. */
  readonly isMasked?: boolean;
}

const plain: MeanParts = { known: [], direction: "min" };

/** A metric that is the mean of values over all that a pass gives. */
export function meanMetric(
  kind: string,
  options: MetricOptions & object,
  { known, direction, finish = (mean) => mean, isMasked = true }: MeanParts,
  values: (outcome: Outcome) => Tensor,
): Metric {
  checkOptions(kind, options, ["name", ...known]);
  const { name = kind } = options;
  const bound: BoundMetric = {
    name,
    direction,
    state: { sum: { shape: [], dtype: "f32" }, count: { shape: [], dtype: "i32" } },
    update: (state, outcome) =>
      added(state, sumWhere(values(outcome), isMasked ? outcome.mask : undefined, outcome.weights)),
    result: ({ sum, count }) => ({ [name]: finish(ratio(sum?.[0] ?? 0, count?.[0] ?? 0)) }),
  };
  return { name, config: { kind, options: { ...options } }, bind: () => bound };
}

export interface CosineSimilarityOptions extends MetricOptions {
  /** The axis of the vectors; the last by default. */
  readonly axis?: number;
}

/** The mean cosine of the angle between labels and predictions. @source Keras 3, metrics.CosineSimilarity */
export function cosineSimilarity(options: CosineSimilarityOptions = {}): Metric {
  const kind = "cosineSimilarity";
  const axis = integer(kind, "axis", options.axis ?? -1, -(2 ** 31));
  return meanMetric(kind, options, { known: ["axis"], direction: "max" }, ({ labels, predictions }) =>
    cosine(alignLabels(kind, labels, predictions), predictions, axis),
  );
}

export interface R2ScoreOptions extends MetricOptions {
  /** Over several outputs: their mean, by default; their mean by variance; null for one number an output, r2Score_0 … */
  readonly classAggregation?: "uniformAverage" | "varianceWeightedAverage" | null;
  /** Numbers that each prediction was made of: above 0 gives the adjusted R²; 0 by default. */
  readonly numRegressors?: number;
}

const aggregations = ["uniformAverage", "varianceWeightedAverage"] as const;

/**
 * 1 - Σ (y - p)² / Σ (y - mean y)². Without any variance it is 1 for exact predictions, else 0. Adjusted: 1 - (1 - R²)(n - 1) /
 * (n - numRegressors - 1), where n counts samples times outputs and is large enough.
 * @source Keras 3, metrics.R2Score; scikit-learn, metrics.r2_score; Chan, Golub and LeVeque 1983 (joined variances)
 */
export function r2Score(options: R2ScoreOptions = {}): Metric {
  checkOptions("r2Score", options, ["name", "classAggregation", "numRegressors"]);
  const numRegressors = integer("r2Score", "numRegressors", options.numRegressors ?? 0, 0);
  const { name = "r2Score", classAggregation = "uniformAverage" } = options;
  const aggregation =
    classAggregation === null ? null : choice("r2Score", "classAggregation", classAggregation, aggregations);
  return {
    name,
    config: { kind: "r2Score", options: { ...options } },
    bind: ({ predictions }) => {
      const numOutputs = predictions.at(-1) ?? 1;
      const perOutput = { shape: [numOutputs], dtype: "f32" } as const;
      return {
        name,
        direction: "max",
        state: {
          samples: { shape: [], dtype: "i32" },
          weight: { shape: [], dtype: "f32" },
          mean: perOutput,
          spread: perOutput,
          residual: perOutput,
        },
        update: joinVariances,
        result: ({ samples, spread = [], residual = [] }) => {
          const numValues = (samples?.[0] ?? 0) * numOutputs;
          const scores = aggregated(name, Array.from(residual), Array.from(spread), aggregation);
          return adjusted(scores, numValues, numRegressors);
        },
      };
    },
  };
}

/** Sums of squares about the mean, which unlike Σ y² lose nothing when the mean is large. */
function joinVariances(state: MetricState, outcome: Outcome): MetricState {
  const { predictions, weights } = outcome;
  const numOutputs = predictions.shape.at(-1) ?? 1;
  const rows = (values: Tensor): Tensor => values.reshape([-1, numOutputs]);
  const truth = rows(alignLabels("r2Score", outcome.labels, predictions));
  const numRows = truth.shape[0] ?? 0;
  const factors = weights && rows(alongside(weights, predictions, "sampleWeight").broadcastTo(predictions.shape));
  const weighed = (values: Tensor): Tensor => (factors === undefined ? values : values.mul(factors));
  const zero = full([numOutputs], 0);
  const { samples = full([], 0, { dtype: "i32" }), weight = full([], 0) } = state;
  const { mean = zero, spread = zero, residual = zero } = state;
  const added = factors === undefined ? full([], numRows) : factors.sum().div(numOutputs);
  const total = weight.add(added);
  const share = added.div(where(total.equal(0), 1, total));
  const batchMean =
    factors === undefined
      ? truth.mean(0)
      : weighed(truth)
          .sum(0)
          .div(where(added.equal(0), 1, added));
  const step = batchMean.sub(mean);
  return {
    samples: samples.add(numRows),
    weight: total,
    mean: mean.add(step.mul(share)),
    spread: spread.add(weighed(truth.sub(batchMean).square()).sum(0)).add(step.square().mul(share).mul(weight)),
    residual: residual.add(weighed(truth.sub(rows(predictions)).square()).sum(0)),
  };
}

function aggregated(
  name: string,
  residual: readonly number[],
  spread: readonly number[],
  aggregation: (typeof aggregations)[number] | null,
): Record<string, number> {
  const score = (rest: number, whole: number): number => (whole === 0 ? Number(rest === 0) : 1 - rest / whole);
  const scores = residual.map((rest, index) => score(rest, spread[index] ?? 0));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  switch (aggregation) {
    case null:
      return Object.fromEntries(scores.map((value, index) => [`${name}_${index}`, value]));
    case "uniformAverage":
      return { [name]: ratio(sum(scores), scores.length) };
    case "varianceWeightedAverage":
      return { [name]: score(sum(residual), sum(spread)) };
    default:
      return aggregation satisfies never;
  }
}

/** R² with what that many regressors explain by chance taken off; as it is where there are too few values. */
function adjusted(scores: Record<string, number>, numValues: number, numRegressors: number): Record<string, number> {
  const left = numValues - numRegressors - 1;
  if (numRegressors === 0 || left <= 0) return scores;
  const entries = Object.entries(scores).map(([name, score]) => [name, 1 - ((1 - score) * (numValues - 1)) / left]);
  return Object.fromEntries(entries);
}
