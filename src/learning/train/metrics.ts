// Metrics that are streamed over batches: a state on the device, updated inside the step; its numbers are computed on the
// host when someone looks. Exact ones over all scores are in evaluation.ts.

import type { HostArray } from "#engine/base/dtype.ts";
import { BugError, SinterError } from "#engine/base/error.ts";
import { choice, type ConfigValue } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { accuracy, topKAccuracy, type TopKOptions } from "./accuracy.ts";
import { cohenKappa, matthewsCorrelation } from "./agreement-metrics.ts";
import { auc } from "./auc.ts";
import {
  precisionAtRecall,
  recallAtPrecision,
  sensitivityAtSpecificity,
  specificityAtSensitivity,
} from "./constrained-metrics.ts";
import { concordanceCorrelation, pearsonCorrelation } from "./correlation-metrics.ts";
import { confusionMatrix, f1Score, fBetaScore, type MetricOptions } from "./counting-metrics.ts";
import {
  cosineSimilarity,
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  r2Score,
  rootMeanSquaredError,
} from "./error-metrics.ts";
import { binaryIoU, iou, meanIoU, oneHotIoU, oneHotMeanIoU } from "./iou-metrics.ts";
import {
  lossMetric,
  mean,
  meanMetricWrapper,
  sum,
  type CrossentropyMetricOptions,
  type SparseCrossentropyMetricOptions,
} from "./loss-metrics.ts";
import {
  falseNegatives,
  falsePositives,
  precision,
  recall,
  specificity,
  trueNegatives,
  truePositives,
} from "./threshold-metrics.ts";

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
  /** Of a weighted metric: what each sample, f32 [n], or place, f32 [n, time], counts. Counts are then f32. */
  readonly weights?: Tensor | undefined;
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

/**
 * Keras's metrics by name: `metrics.auc({ numThresholds: 200 })`; and some of scikit-learn's.
 * @source Keras 3, metrics
 */
export const metrics: {
  readonly accuracy: (options?: MetricOptions) => Metric;
  readonly acc: (options?: MetricOptions) => Metric;
  readonly binaryAccuracy: (options?: MetricOptions & { readonly threshold?: number }) => Metric;
  readonly categoricalAccuracy: (options?: MetricOptions) => Metric;
  readonly sparseCategoricalAccuracy: (options?: MetricOptions) => Metric;
  readonly topKCategoricalAccuracy: (options?: TopKOptions) => Metric;
  readonly sparseTopKCategoricalAccuracy: (options?: TopKOptions) => Metric;
  readonly precision: typeof precision;
  readonly recall: typeof recall;
  readonly specificity: typeof specificity;
  readonly truePositives: typeof truePositives;
  readonly falsePositives: typeof falsePositives;
  readonly trueNegatives: typeof trueNegatives;
  readonly falseNegatives: typeof falseNegatives;
  readonly specificityAtSensitivity: typeof specificityAtSensitivity;
  readonly sensitivityAtSpecificity: typeof sensitivityAtSpecificity;
  readonly precisionAtRecall: typeof precisionAtRecall;
  readonly recallAtPrecision: typeof recallAtPrecision;
  readonly f1Score: typeof f1Score;
  readonly fBetaScore: typeof fBetaScore;
  readonly auc: typeof auc;
  readonly confusionMatrix: typeof confusionMatrix;
  readonly matthewsCorrelation: typeof matthewsCorrelation;
  readonly cohenKappa: typeof cohenKappa;
  readonly iou: typeof iou;
  readonly meanIoU: typeof meanIoU;
  readonly oneHotIoU: typeof oneHotIoU;
  readonly oneHotMeanIoU: typeof oneHotMeanIoU;
  readonly binaryIoU: typeof binaryIoU;
  readonly logLoss: typeof logLoss;
  readonly binaryCrossentropy: (options?: CrossentropyMetricOptions) => Metric;
  readonly categoricalCrossentropy: (options?: CrossentropyMetricOptions) => Metric;
  readonly sparseCategoricalCrossentropy: (options?: SparseCrossentropyMetricOptions) => Metric;
  readonly klDivergence: (options?: MetricOptions) => Metric;
  readonly poisson: (options?: MetricOptions) => Metric;
  readonly hinge: (options?: MetricOptions) => Metric;
  readonly squaredHinge: (options?: MetricOptions) => Metric;
  readonly categoricalHinge: (options?: MetricOptions) => Metric;
  readonly meanAbsoluteError: typeof meanAbsoluteError;
  readonly meanSquaredError: typeof meanSquaredError;
  readonly rootMeanSquaredError: typeof rootMeanSquaredError;
  readonly meanAbsolutePercentageError: (options?: MetricOptions) => Metric;
  readonly meanSquaredLogarithmicError: (options?: MetricOptions) => Metric;
  readonly logCoshError: (options?: MetricOptions) => Metric;
  readonly cosineSimilarity: typeof cosineSimilarity;
  readonly pearsonCorrelation: typeof pearsonCorrelation;
  readonly concordanceCorrelation: typeof concordanceCorrelation;
  readonly r2Score: typeof r2Score;
  readonly mean: typeof mean;
  readonly sum: typeof sum;
  readonly meanMetricWrapper: typeof meanMetricWrapper;
} = {
  accuracy: (options) => accuracy("accuracy", options),
  acc: (options) => accuracy("acc", options),
  binaryAccuracy: (options) => accuracy("binaryAccuracy", options),
  categoricalAccuracy: (options) => accuracy("categoricalAccuracy", options),
  sparseCategoricalAccuracy: (options) => accuracy("sparseCategoricalAccuracy", options),
  topKCategoricalAccuracy: (options) => topKAccuracy("topKCategoricalAccuracy", options),
  sparseTopKCategoricalAccuracy: (options) => topKAccuracy("sparseTopKCategoricalAccuracy", options),
  precision,
  recall,
  specificity,
  truePositives,
  falsePositives,
  trueNegatives,
  falseNegatives,
  specificityAtSensitivity,
  sensitivityAtSpecificity,
  precisionAtRecall,
  recallAtPrecision,
  f1Score,
  fBetaScore,
  auc,
  confusionMatrix,
  matthewsCorrelation,
  cohenKappa,
  iou,
  meanIoU,
  oneHotIoU,
  oneHotMeanIoU,
  binaryIoU,
  logLoss,
  binaryCrossentropy: (options) => lossMetric("binaryCrossentropy", options),
  categoricalCrossentropy: (options) => lossMetric("categoricalCrossentropy", options),
  sparseCategoricalCrossentropy: (options) => lossMetric("sparseCategoricalCrossentropy", options),
  klDivergence: (options) => lossMetric("klDivergence", options),
  poisson: (options) => lossMetric("poisson", options),
  hinge: (options) => lossMetric("hinge", options),
  squaredHinge: (options) => lossMetric("squaredHinge", options),
  categoricalHinge: (options) => lossMetric("categoricalHinge", options),
  meanAbsoluteError,
  meanSquaredError,
  rootMeanSquaredError,
  meanAbsolutePercentageError: (options) => lossMetric("meanAbsolutePercentageError", options),
  meanSquaredLogarithmicError: (options) => lossMetric("meanSquaredLogarithmicError", options),
  logCoshError: (options) => lossMetric("logCoshError", options),
  cosineSimilarity,
  pearsonCorrelation,
  concordanceCorrelation,
  r2Score,
  mean,
  sum,
  meanMetricWrapper,
};

export type MetricName = keyof typeof metrics;

/** Every metric's name. */
export const metricNames: readonly string[] = Object.keys(metrics);

/** A metric from its name or itself. @throws option naming the right one */
export function checkMetric(value: MetricName | Metric): Metric {
  return typeof value === "string" ? metricFromConfig({ kind: value, options: {} }) : value;
}

interface MetricMaker {
  // A method, so that a metric's own options type is accepted: every maker checks what it is given.
  make(options: object): Metric;
}

const makers: ReadonlyMap<string, MetricMaker> = new Map<string, MetricMaker>(
  Object.entries(metrics).map(([kind, make]) => [kind, { make }]),
);

/** The metric that a configuration describes; it checks every option. @throws option */
export function metricFromConfig({ kind, options }: MetricConfig): Metric {
  const maker = makers.get(choice("compile", "metric", kind, metricNames));
  if (maker === undefined) throw new BugError(`The metric ${kind} has a name and no maker.`);
  return maker.make(options);
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
