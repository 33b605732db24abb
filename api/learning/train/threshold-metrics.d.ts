import type { Tensor } from "../../engine/tensor/tensor.js";
import { type MetricOptions } from "./counting-metrics.js";
import type { Metric } from "./metrics.js";
export interface ThresholdOptions extends MetricOptions {
  readonly thresholds?: number | readonly number[] | null;
}
export interface RankedOptions extends ThresholdOptions {
  readonly topK?: number | null;
  readonly classId?: number | null;
}
export declare function precision(options?: RankedOptions): Metric;
export declare function recall(options?: RankedOptions): Metric;
export declare function specificity(options?: RankedOptions): Metric;
export declare function truePositives(options?: ThresholdOptions): Metric;
export declare function falsePositives(options?: ThresholdOptions): Metric;
export declare function trueNegatives(options?: ThresholdOptions): Metric;
export declare function falseNegatives(options?: ThresholdOptions): Metric;
export declare function outputOf(values: Tensor, index: number): Tensor;
