import { type MetricOptions } from "./counting-metrics.js";
import type { Metric } from "./metrics.js";
export declare function meanAbsoluteError(options?: MetricOptions): Metric;
export declare function meanSquaredError(options?: MetricOptions): Metric;
export declare function rootMeanSquaredError(options?: MetricOptions): Metric;
export declare function logLoss(options?: MetricOptions): Metric;
export interface R2ScoreOptions extends MetricOptions {
  readonly classAggregation?: "uniformAverage" | "varianceWeightedAverage" | null;
}
export declare function r2Score(options?: R2ScoreOptions): Metric;
