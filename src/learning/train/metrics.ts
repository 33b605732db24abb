// Metrics that are streamed over batches: a state on the device, updated inside the step; its numbers are computed on the
// host when someone looks. Exact ones over all scores are in evaluation.ts.

import type { HostArray } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { choice, type ConfigValue } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { cohenKappa, matthewsCorrelation, type AgreementOptions, type CohenKappaOptions } from "./agreement-metrics.ts";
import { auc, type AucOptions } from "./auc.ts";
import {
  confusionMatrix,
  f1Score,
  precision,
  recall,
  type F1ScoreOptions,
  type MetricOptions,
  type ThresholdOptions,
} from "./counting-metrics.ts";
import { accuracy, topKAccuracy, type TopKOptions } from "./accuracy.ts";
import {
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  r2Score,
  rootMeanSquaredError,
  type R2ScoreOptions,
} from "./error-metrics.ts";
import { specificity, specificityAtSensitivity, type SpecificityAtSensitivityOptions } from "./specificity.ts";

/** A metric's tensors by name. */
export type MetricState = Readonly<Record<string, Tensor>>;

/** What a metric's state holds, read. */
export type MetricValues = Readonly<Record<string, HostArray>>;

/** A batch as metrics see it. */
export interface Outcome {
  /** As the data set gives them. */
  readonly labels: Tensor;
  readonly predictions: Tensor;
  /** Which places count: bool [batch, time]. Means and accuracies heed it; metrics of counts do not, as in Keras. */
  readonly mask?: Tensor | undefined;
}

/** A metric that knows the shapes it will see. */
export interface BoundMetric {
  readonly name: string;
  /** Whether more is better; callbacks with mode "auto" ask. */
  readonly direction: "max" | "min";
  /** Shapes of its state; all zeros at first. Counts are i32, so that they stay exact. */
  readonly state: Readonly<Record<string, { readonly shape: Shape; readonly dtype: "i32" | "f32" }>>;
  update(state: MetricState, outcome: Outcome): MetricState;
  /** Numbers by name: one, or one for each class. */
  result(values: MetricValues): Readonly<Record<string, number>>;
}

/** Shapes with the batch axis, so that `accuracy` can choose. */
export interface BindContext {
  readonly labels: Shape;
  readonly predictions: Shape;
}

export interface Metric {
  readonly name: string;
  readonly config: MetricConfig;
  bind(context: BindContext): BoundMetric;
}

/** Keras's metric name in camelCase and its options. */
export interface MetricConfig {
  readonly kind: string;
  readonly options: Readonly<Record<string, ConfigValue>>;
}

export const metricNames = [
  "accuracy",
  "acc",
  "binaryAccuracy",
  "categoricalAccuracy",
  "sparseCategoricalAccuracy",
  "precision",
  "recall",
  "f1Score",
  "auc",
  "confusionMatrix",
  "topKCategoricalAccuracy",
  "sparseTopKCategoricalAccuracy",
  "specificity",
  "specificityAtSensitivity",
  "matthewsCorrelation",
  "cohenKappa",
  "logLoss",
  "meanAbsoluteError",
  "meanSquaredError",
  "rootMeanSquaredError",
  "r2Score",
] as const;

export type MetricName = (typeof metricNames)[number];

/**
 * Keras's metrics by name: `metrics.auc({ numThresholds: 200 })`.
 * @source Keras 3, metrics
 */
export const metrics: {
  readonly accuracy: (options?: MetricOptions) => Metric;
  readonly acc: (options?: MetricOptions) => Metric;
  readonly binaryAccuracy: (options?: MetricOptions & { readonly threshold?: number }) => Metric;
  readonly categoricalAccuracy: (options?: MetricOptions) => Metric;
  readonly sparseCategoricalAccuracy: (options?: MetricOptions) => Metric;
  readonly precision: (options?: ThresholdOptions) => Metric;
  readonly recall: (options?: ThresholdOptions) => Metric;
  readonly f1Score: (options?: F1ScoreOptions) => Metric;
  readonly auc: (options?: AucOptions) => Metric;
  readonly confusionMatrix: (options?: MetricOptions) => Metric;
  readonly topKCategoricalAccuracy: (options?: TopKOptions) => Metric;
  readonly sparseTopKCategoricalAccuracy: (options?: TopKOptions) => Metric;
  readonly specificity: (options?: ThresholdOptions) => Metric;
  readonly specificityAtSensitivity: (options: SpecificityAtSensitivityOptions) => Metric;
  readonly matthewsCorrelation: (options?: AgreementOptions) => Metric;
  readonly cohenKappa: (options?: CohenKappaOptions) => Metric;
  readonly logLoss: (options?: MetricOptions) => Metric;
  readonly meanAbsoluteError: (options?: MetricOptions) => Metric;
  readonly meanSquaredError: (options?: MetricOptions) => Metric;
  readonly rootMeanSquaredError: (options?: MetricOptions) => Metric;
  readonly r2Score: (options?: R2ScoreOptions) => Metric;
} = {
  accuracy: (options) => accuracy("accuracy", options),
  acc: (options) => accuracy("acc", options),
  binaryAccuracy: (options) => accuracy("binaryAccuracy", options),
  categoricalAccuracy: (options) => accuracy("categoricalAccuracy", options),
  sparseCategoricalAccuracy: (options) => accuracy("sparseCategoricalAccuracy", options),
  precision,
  recall,
  f1Score,
  auc,
  confusionMatrix,
  topKCategoricalAccuracy: (options) => topKAccuracy("topKCategoricalAccuracy", options),
  sparseTopKCategoricalAccuracy: (options) => topKAccuracy("sparseTopKCategoricalAccuracy", options),
  specificity,
  specificityAtSensitivity,
  matthewsCorrelation,
  cohenKappa,
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  rootMeanSquaredError,
  r2Score,
};

/** A metric from its name or itself. @throws option naming the right one */
export function checkMetric(value: MetricName | Metric): Metric {
  return typeof value === "string" ? metricFromConfig({ kind: value, options: {} }) : value;
}

/** The metric that a configuration describes; it checks every option. @throws option */
export function metricFromConfig({ kind, options }: MetricConfig): Metric {
  const name = choice("compile", "metric", kind, metricNames);
  const makers: Readonly<Record<MetricName, { make(options: object): Metric }>> = {
    accuracy: { make: metrics.accuracy },
    acc: { make: metrics.acc },
    binaryAccuracy: { make: metrics.binaryAccuracy },
    categoricalAccuracy: { make: metrics.categoricalAccuracy },
    sparseCategoricalAccuracy: { make: metrics.sparseCategoricalAccuracy },
    precision: { make: metrics.precision },
    recall: { make: metrics.recall },
    f1Score: { make: metrics.f1Score },
    auc: { make: metrics.auc },
    confusionMatrix: { make: metrics.confusionMatrix },
    topKCategoricalAccuracy: { make: metrics.topKCategoricalAccuracy },
    sparseTopKCategoricalAccuracy: { make: metrics.sparseTopKCategoricalAccuracy },
    specificity: { make: metrics.specificity },
    specificityAtSensitivity: { make: metrics.specificityAtSensitivity },
    matthewsCorrelation: { make: metrics.matthewsCorrelation },
    cohenKappa: { make: metrics.cohenKappa },
    logLoss: { make: metrics.logLoss },
    meanAbsoluteError: { make: metrics.meanAbsoluteError },
    meanSquaredError: { make: metrics.meanSquaredError },
    rootMeanSquaredError: { make: metrics.rootMeanSquaredError },
    r2Score: { make: metrics.r2Score },
  };
  return makers[name].make(options);
}

/** Fails when two metrics write under one name. @throws option */
export function checkMetricNames(list: readonly Metric[]): void {
  const seen = new Set(["loss"]);
  for (const { name } of list) {
    if (seen.has(name)) {
      throw new SinterError("option", `compile: two metrics are named "${name}". Give one a name: { name }.`, { name });
    }
    seen.add(name);
  }
}
