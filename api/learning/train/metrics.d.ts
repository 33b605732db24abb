import type { HostArray } from "../../engine/base/dtype.js";
import { type ConfigValue } from "../../engine/base/options.js";
import type { Shape } from "../../engine/base/shape.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
import { type TopKOptions } from "./accuracy.js";
import { cohenKappa, matthewsCorrelation } from "./agreement-metrics.js";
import { auc } from "./auc.js";
import {
  precisionAtRecall,
  recallAtPrecision,
  sensitivityAtSpecificity,
  specificityAtSensitivity,
} from "./constrained-metrics.js";
import { concordanceCorrelation, pearsonCorrelation } from "./correlation-metrics.js";
import { confusionMatrix, f1Score, fBetaScore, type MetricOptions } from "./counting-metrics.js";
import {
  cosineSimilarity,
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  r2Score,
  rootMeanSquaredError,
} from "./error-metrics.js";
import { binaryIoU, iou, meanIoU, oneHotIoU, oneHotMeanIoU } from "./iou-metrics.js";
import {
  mean,
  meanMetricWrapper,
  sum,
  type CrossentropyMetricOptions,
  type SparseCrossentropyMetricOptions,
} from "./loss-metrics.js";
import {
  falseNegatives,
  falsePositives,
  precision,
  recall,
  specificity,
  trueNegatives,
  truePositives,
} from "./threshold-metrics.js";
export type MetricState = Readonly<Record<string, Tensor>>;
export type MetricValues = Readonly<Record<string, HostArray>>;
export interface Outcome {
  readonly labels: Tensor;
  readonly predictions: Tensor;
  readonly mask?: Tensor | undefined;
  readonly weights?: Tensor | undefined;
}
export interface BoundMetric {
  readonly name: string;
  readonly direction: "max" | "min";
  readonly state: Readonly<
    Record<
      string,
      {
        readonly shape: Shape;
        readonly dtype: "i32" | "f32";
      }
    >
  >;
  update(state: MetricState, outcome: Outcome): MetricState;
  result(values: MetricValues): Readonly<Record<string, number>>;
}
export interface BindContext {
  readonly labels: Shape;
  readonly predictions: Shape;
}
export interface Metric {
  readonly name: string;
  readonly config: MetricConfig;
  bind(context: BindContext): BoundMetric;
}
export interface MetricConfig {
  readonly kind: string;
  readonly options: Readonly<Record<string, ConfigValue>>;
}
export declare const metrics: {
  readonly accuracy: (options?: MetricOptions) => Metric;
  readonly acc: (options?: MetricOptions) => Metric;
  readonly binaryAccuracy: (
    options?: MetricOptions & {
      readonly threshold?: number;
    },
  ) => Metric;
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
};
export type MetricName = keyof typeof metrics;
export declare const metricNames: readonly string[];
export declare function checkMetric(value: MetricName | Metric): Metric;
export declare function metricFromConfig({ kind, options }: MetricConfig): Metric;
export declare function checkMetricNames(list: readonly Metric[]): void;
