import type { HostArray } from "../../engine/base/dtype.js";
import { type ConfigValue } from "../../engine/base/options.js";
import type { Shape } from "../../engine/base/shape.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
import { type AgreementOptions, type CohenKappaOptions } from "./agreement-metrics.js";
import { type AucOptions } from "./auc.js";
import { type F1ScoreOptions, type MetricOptions, type ThresholdOptions } from "./counting-metrics.js";
import { type TopKOptions } from "./accuracy.js";
import { type R2ScoreOptions } from "./error-metrics.js";
import { type SpecificityAtSensitivityOptions } from "./specificity.js";
export type MetricState = Readonly<Record<string, Tensor>>;
export type MetricValues = Readonly<Record<string, HostArray>>;
export interface Outcome {
  readonly labels: Tensor;
  readonly predictions: Tensor;
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
export declare const metricNames: readonly [
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
];
export type MetricName = (typeof metricNames)[number];
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
};
export declare function checkMetric(value: MetricName | Metric): Metric;
export declare function metricFromConfig({ kind, options }: MetricConfig): Metric;
export declare function checkMetricNames(list: readonly Metric[]): void;
