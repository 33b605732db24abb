// The three accuracies, the choice between them, and those that let a class be among the best few.

import { checkOptions, integer, numberWithin } from "#engine/base/options.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { added, targetsOf, type MetricOptions } from "./counting-metrics.ts";
import { alignLabels, classNumbers } from "./labels.ts";
import type { BindContext, BoundMetric, Metric, Outcome } from "./metrics.ts";
import { sumWhere } from "./weighted-mean.ts";

type AccuracyKind = "accuracy" | "acc" | "binaryAccuracy" | "categoricalAccuracy" | "sparseCategoricalAccuracy";

interface AccuracyOptions {
  readonly name?: string;
  /** Of the binary one: above it a prediction is 1. */
  readonly threshold?: number;
}

/**
 * The share of right answers. `accuracy` is binary for one output, sparse for class numbers, else categorical.
 * @source Keras 3, metrics/accuracy_metrics.py and trainers/compile_utils.py
 */
export function accuracy(kind: AccuracyKind, options: AccuracyOptions = {}): Metric {
  checkOptions(kind, options, kind === "binaryAccuracy" ? ["name", "threshold"] : ["name"]);
  const { name = kind } = options;
  const threshold = numberWithin(kind, "threshold", options.threshold ?? 0.5);
  return {
    name,
    config: { kind, options: { ...options } },
    bind: (context) => bound(name, rightAnswers(kind, context, threshold)),
  };
}

export interface TopKOptions extends MetricOptions {
  /** How many of the largest outputs count; 5 by default. */
  readonly k?: number;
}

/**
 * The share of samples whose class is among the k largest outputs; outputs equal to the k-th count as well. Labels may be
 * one-hot or class numbers.
 * @source Keras 3, metrics.TopKCategoricalAccuracy and SparseTopKCategoricalAccuracy
 */
export function topKAccuracy(
  kind: "topKCategoricalAccuracy" | "sparseTopKCategoricalAccuracy",
  options: TopKOptions = {},
): Metric {
  checkOptions(kind, options, ["name", "k"]);
  const { name = kind } = options;
  const k = integer(kind, "k", options.k ?? 5);
  const answers: RightAnswers = ({ labels, predictions }) => {
    const own = targetsOf({ labels, predictions }).mul(predictions).sum(-1, { keepDims: true });
    return predictions.greater(own).cast("i32").sum(-1).less(k);
  };
  return { name, config: { kind, options: { ...options } }, bind: () => bound(name, answers) };
}

type RightAnswers = (outcome: Outcome) => Tensor;

function rightAnswers(kind: AccuracyKind, { labels, predictions }: BindContext, threshold: number): RightAnswers {
  const isChosen = kind === "accuracy" || kind === "acc";
  const isBinary = isChosen ? predictions.at(-1) === 1 : kind === "binaryAccuracy";
  const isSparse = isChosen
    ? labels.length < predictions.length || labels.at(-1) === 1
    : kind === "sparseCategoricalAccuracy";
  if (isBinary) {
    return (outcome) =>
      alignLabels(kind, outcome.labels, outcome.predictions).equal(outcome.predictions.greater(threshold).cast("f32"));
  }
  if (isSparse) {
    return (outcome) => outcome.predictions.argMax(-1).equal(classNumbers(kind, outcome.labels, outcome.predictions));
  }
  return (outcome) =>
    outcome.predictions.argMax(-1).equal(alignLabels(kind, outcome.labels, outcome.predictions).argMax(-1));
}

function bound(name: string, answers: RightAnswers): BoundMetric {
  return {
    name,
    direction: "max",
    state: { right: { shape: [], dtype: "i32" }, total: { shape: [], dtype: "i32" } },
    update: (state, outcome) => {
      const { sum: right, count: total } = sumWhere(answers(outcome).cast("i32"), outcome.mask, outcome.weights);
      return added(state, { right, total });
    },
    result: ({ right, total }) => {
      const count = total?.[0] ?? 0;
      return { [name]: count === 0 ? 0 : (right?.[0] ?? 0) / count };
    },
  };
}
