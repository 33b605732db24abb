import { type MetricOptions } from "./counting-metrics.js";
import type { Metric } from "./metrics.js";
interface ConstrainedOptions extends MetricOptions {
  readonly numThresholds?: number;
  readonly classId?: number | null;
}
export interface SpecificityAtSensitivityOptions extends ConstrainedOptions {
  readonly sensitivity: number;
}
export interface SensitivityAtSpecificityOptions extends ConstrainedOptions {
  readonly specificity: number;
}
export interface PrecisionAtRecallOptions extends ConstrainedOptions {
  readonly recall: number;
}
export interface RecallAtPrecisionOptions extends ConstrainedOptions {
  readonly precision: number;
}
export declare function specificityAtSensitivity(options: SpecificityAtSensitivityOptions): Metric;
export declare function sensitivityAtSpecificity(options: SensitivityAtSpecificityOptions): Metric;
export declare function precisionAtRecall(options: PrecisionAtRecallOptions): Metric;
export declare function recallAtPrecision(options: RecallAtPrecisionOptions): Metric;
export {};
