import { type MetricOptions } from "./counting-metrics.js";
import { type Loss, type LossName } from "./losses.js";
import type { Metric } from "./metrics.js";
export type LossMetricKind =
  | "binaryCrossentropy"
  | "categoricalCrossentropy"
  | "sparseCategoricalCrossentropy"
  | "klDivergence"
  | "poisson"
  | "hinge"
  | "squaredHinge"
  | "categoricalHinge"
  | "logCoshError"
  | "meanAbsolutePercentageError"
  | "meanSquaredLogarithmicError";
export interface CrossentropyMetricOptions extends MetricOptions {
  readonly fromLogits?: boolean;
  readonly labelSmoothing?: number;
}
export interface SparseCrossentropyMetricOptions extends MetricOptions {
  readonly fromLogits?: boolean;
  readonly ignoreClass?: number | null;
}
export declare function lossMetric(kind: LossMetricKind, options?: MetricOptions & object): Metric;
export interface MeanMetricWrapperOptions extends MetricOptions {
  readonly fn: Loss | LossName;
}
export declare function meanMetricWrapper(options: MeanMetricWrapperOptions): Metric;
export declare function mean(options?: MetricOptions): Metric;
export declare function sum(options?: MetricOptions): Metric;
