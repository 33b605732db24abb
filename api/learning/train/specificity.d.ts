import { type MetricOptions, type ThresholdOptions } from "./counting-metrics.js";
import type { Metric } from "./metrics.js";
export declare function specificity(options?: ThresholdOptions): Metric;
export interface SpecificityAtSensitivityOptions extends MetricOptions {
  readonly sensitivity: number;
  readonly numThresholds?: number;
}
export declare function specificityAtSensitivity(options: SpecificityAtSensitivityOptions): Metric;
