import { type MetricOptions } from "./counting-metrics.js";
import type { Metric } from "./metrics.js";
export interface AucOptions extends MetricOptions {
  readonly numThresholds?: number;
  readonly curve?: "ROC" | "PR";
  readonly summationMethod?: "interpolation" | "minoring" | "majoring";
  readonly fromLogits?: boolean;
}
export declare function auc(options?: AucOptions): Metric;
