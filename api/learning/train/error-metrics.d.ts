import type { Tensor } from "../../engine/tensor/tensor.js";
import { type MetricOptions } from "./counting-metrics.js";
import type { Metric, Outcome } from "./metrics.js";
export declare function meanAbsoluteError(options?: MetricOptions): Metric;
export declare function meanSquaredError(options?: MetricOptions): Metric;
export declare function rootMeanSquaredError(options?: MetricOptions): Metric;
export declare function logLoss(options?: MetricOptions): Metric;
export interface MeanParts {
  readonly known: readonly string[];
  readonly direction: "max" | "min";
  readonly finish?: (mean: number) => number;
  readonly isMasked?: boolean;
}
export declare function meanMetric(
  kind: string,
  options: MetricOptions & object,
  { known, direction, finish, isMasked }: MeanParts,
  values: (outcome: Outcome) => Tensor,
): Metric;
export interface CosineSimilarityOptions extends MetricOptions {
  readonly axis?: number;
}
export declare function cosineSimilarity(options?: CosineSimilarityOptions): Metric;
export interface R2ScoreOptions extends MetricOptions {
  readonly classAggregation?: "uniformAverage" | "varianceWeightedAverage" | null;
  readonly numRegressors?: number;
}
export declare function r2Score(options?: R2ScoreOptions): Metric;
