// Metrics from counts of right and wrong answers of each output: F1, F-beta, the confusion matrix. Those at thresholds are in
// threshold-metrics.ts.

import { checkOptions, choice, numberWithin } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import { dot, oneHot } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { alignLabels, classNumbers } from "./labels.ts";
import type { BindContext, BoundMetric, Metric, MetricState, Outcome } from "./metrics.ts";
import { alongside } from "./weighted-mean.ts";

export interface MetricOptions {
  readonly name?: string;
}

export interface F1ScoreOptions extends MetricOptions {
  /** "macro" by default; null gives one number a class, named f1Score_0 and so on. */
  readonly average?: "micro" | "macro" | "weighted" | null;
  /** Above it a prediction is positive; without it the largest output is, or for one output what is above 0.5. */
  readonly threshold?: number | null;
}

/**
 * 2 · precision · recall / (precision + recall).
 * Keras's own default is one number a class; logs hold single numbers, so here it is the mean over classes.
 * @source Keras 3, metrics.F1Score
 */
export function f1Score(options: F1ScoreOptions = {}): Metric {
  checkOptions("f1Score", options, ["name", "average", "threshold"]);
  return betaScore("f1Score", options, 1);
}

export interface FBetaScoreOptions extends F1ScoreOptions {
  /** How much more recall counts than precision; 1 by default. */
  readonly beta?: number;
}

/**
 * (1 + β²) · precision · recall / (β² · precision + recall), averaged as f1Score.
 * @source Keras 3, metrics.FBetaScore
 */
export function fBetaScore(options: FBetaScoreOptions = {}): Metric {
  checkOptions("fBetaScore", options, ["name", "average", "beta", "threshold"]);
  return betaScore("fBetaScore", options, numberWithin("fBetaScore", "beta", options.beta ?? 1, Number.MIN_VALUE));
}

function betaScore(kind: string, options: F1ScoreOptions, beta: number): Metric {
  const { name = kind, threshold = null } = options;
  const average = options.average === null ? null : choice(kind, "average", options.average ?? "macro", averages);
  return {
    name,
    config: { kind, options: { ...options } },
    bind: ({ predictions }) => {
      const numOutputs = predictions.at(-1) ?? 1;
      return {
        ...countsPerOutput([numOutputs], (outcome) => positives(outcome.predictions, threshold)),
        name,
        result: ({ both, positive, negative }) => {
          const counts = Array.from({ length: numOutputs }, (_, index) => ({
            both: both?.[index] ?? 0,
            positive: positive?.[index] ?? 0,
            negative: negative?.[index] ?? 0,
          }));
          return averaged(name, counts, { average, weight: beta * beta });
        },
      };
    },
  };
}

const averages = ["micro", "macro", "weighted"] as const;

interface Counts {
  /** Predicted and true. */
  readonly both: number;
  /** Predicted, not true. */
  readonly positive: number;
  /** True, not predicted. */
  readonly negative: number;
}

/** (1 + weight) · both / ((1 + weight) · both + weight · missed + invented), the weight β². */
function scoreOf({ both, positive, negative }: Counts, weight: number): number {
  return ratio((1 + weight) * both, (1 + weight) * both + weight * negative + positive);
}

function averaged(
  name: string,
  counts: readonly Counts[],
  { average, weight }: { readonly average: (typeof averages)[number] | null; readonly weight: number },
): Record<string, number> {
  const scores = counts.map((count) => scoreOf(count, weight));
  const total = (pick: (count: Counts, index: number) => number): number =>
    counts.reduce((sum, count, index) => sum + pick(count, index), 0);
  switch (average) {
    case null:
      return Object.fromEntries(scores.map((score, index) => [`${name}_${index}`, score]));
    case "micro": {
      const sums = {
        both: total((c) => c.both),
        positive: total((c) => c.positive),
        negative: total((c) => c.negative),
      };
      return { [name]: scoreOf(sums, weight) };
    }
    case "macro":
      return { [name]: total((_, index) => scores[index] ?? 0) / counts.length };
    case "weighted": {
      const support = (count: Counts): number => count.both + count.negative;
      return {
        [name]: ratio(
          total((count, index) => (scores[index] ?? 0) * support(count)),
          total(support),
        ),
      };
    }
    default:
      return average satisfies never;
  }
}

/** 1 where an output counts as predicted; of equal largest outputs the first, as scikit-learn on the classes given. */
function positives(predictions: Tensor, threshold: number | null): Tensor {
  if (threshold !== null) return predictions.greater(threshold).cast("f32");
  const numOutputs = predictions.shape.at(-1) ?? 1;
  return numOutputs === 1 ? predictions.greater(0.5).cast("f32") : oneHot(predictions.argMax(-1), numOutputs);
}

/** Counts of [] (over all outputs) or [outputs]. */
function countsPerOutput(
  shape: Shape,
  predicted: (outcome: Outcome) => Tensor,
): Pick<BoundMetric, "direction" | "state" | "update"> {
  const counter = { shape, dtype: "i32" } as const;
  return {
    direction: "max",
    state: { both: counter, positive: counter, negative: counter },
    update: (state, outcome) => {
      const truth = targetsOf(outcome);
      const guess = predicted(outcome);
      const axes = shape.length === 0 ? undefined : truth.shape.slice(0, -1).map((_, axis) => axis);
      const count = (hits: Tensor): Tensor => counted(hits, outcome).sum(axes);
      const both = guess.mul(truth);
      return added(state, { both: count(both), positive: count(guess.sub(both)), negative: count(truth.sub(both)) });
    },
  };
}

/** Labels as 0 and 1 of the predictions' shape; class numbers become one-hot. */
export function targetsOf({ labels, predictions }: Outcome): Tensor {
  const numOutputs = predictions.shape.at(-1) ?? 1;
  const isSparse = numOutputs > 1 && (labels.rank < predictions.rank || labels.shape.at(-1) === 1);
  if (isSparse) return oneHot(classNumbers("metric", labels, predictions), numOutputs);
  return alignLabels("metric", labels, predictions).notEqual(0).cast("f32");
}

/** What hits count, one by one: 1, exactly, or what their sample or place weighs. @param hits 0 or 1, [n, ...] */
export function counted(hits: Tensor, { weights }: Outcome): Tensor {
  return weights === undefined ? hits.cast("i32") : hits.mul(alongside(weights, hits, "sampleWeight"));
}

/** Counts added to a state. */
export function added(state: MetricState, counts: MetricState): MetricState {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, state[name]?.add(count) ?? count]));
}

/**
 * How often each true class (row) was given each class (column): confusionMatrix_0_1 is class 0 taken for class 1.
 * One output is two classes, split at 0.5.
 */
export function confusionMatrix(options: MetricOptions = {}): Metric {
  checkOptions("confusionMatrix", options, ["name"]);
  const { name = "confusionMatrix" } = options;
  return {
    name,
    config: { kind: "confusionMatrix", options: { ...options } },
    bind: ({ predictions, labels }) => boundConfusion(name, { predictions, labels }),
  };
}

function boundConfusion(name: string, context: BindContext): BoundMetric {
  const { numClasses, ...counting } = confusionCounts(context, 0.5);
  return {
    ...counting,
    name,
    result: ({ counts }) =>
      Object.fromEntries(
        Array.from({ length: numClasses * numClasses }, (_, index) => [
          `${name}_${Math.floor(index / numClasses)}_${index % numClasses}`,
          counts?.[index] ?? 0,
        ]),
      ),
  };
}

/** Counts of true class (row) against class given (column). @param threshold of one output: above it is class 1 */
export function confusionCounts(
  { predictions, labels }: BindContext,
  threshold: number,
): Pick<BoundMetric, "direction" | "state" | "update"> & { readonly numClasses: number } {
  const numOutputs = predictions.at(-1) ?? 1;
  const numClasses = Math.max(2, numOutputs);
  const isSparse = labels.length < predictions.length || labels.at(-1) === 1;
  return {
    numClasses,
    direction: "max",
    state: { counts: { shape: [numClasses, numClasses], dtype: "i32" } },
    update: (state, outcome) => {
      const { predictions: output, labels: given } = outcome;
      const guess = numOutputs === 1 ? output.greater(threshold).cast("i32").squeeze(-1) : output.argMax(-1);
      const truth = isSparse ? classNumbers("confusionMatrix", given, output) : given.argMax(-1);
      return added(state, { counts: pairsOf(truth, oneHot(truth, numClasses), oneHot(guess, numClasses), outcome) });
    },
  };
}

/** How often rows and columns meet, [classes, classes]. @param classes [n, ...]; rows and columns have one axis more */
export function pairsOf(classes: Tensor, rows: Tensor, columns: Tensor, { weights }: Outcome): Tensor {
  const flat = (values: Tensor): Tensor => values.reshape([classes.size, values.shape.at(-1) ?? 1]);
  const axes = { leftContract: [0], rightContract: [0], leftBatch: [], rightBatch: [] };
  if (weights === undefined) return dot(flat(rows), flat(columns), axes).cast("i32");
  const factors = alongside(weights, classes, "sampleWeight").broadcastTo(classes.shape);
  return dot(flat(rows).mul(factors.reshape([classes.size, 1])), flat(columns), axes);
}

/** 0 for 0 / 0, as Keras and scikit-learn. */
export function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
