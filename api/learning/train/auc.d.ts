import { type MetricOptions } from "./counting-metrics.js";
import type { Metric } from "./metrics.js";
export interface AucOptions extends MetricOptions {
  readonly numThresholds?: number;
  readonly curve?: "ROC" | "PR" | "PRGAIN";
  readonly summationMethod?: "interpolation" | "minoring" | "majoring";
  readonly thresholds?: readonly number[] | null;
  readonly multiLabel?: boolean;
  readonly numLabels?: number | null;
  readonly labelWeights?: readonly number[] | null;
  readonly fromLogits?: boolean;
}
export declare function auc(options?: AucOptions): Metric;
