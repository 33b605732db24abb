import { type MetricOptions } from "./counting-metrics.js";
import type { Metric } from "./metrics.js";
type AccuracyKind = "accuracy" | "acc" | "binaryAccuracy" | "categoricalAccuracy" | "sparseCategoricalAccuracy";
interface AccuracyOptions {
  readonly name?: string;
  readonly threshold?: number;
}
export declare function accuracy(kind: AccuracyKind, options?: AccuracyOptions): Metric;
export interface TopKOptions extends MetricOptions {
  readonly k?: number;
}
export declare function topKAccuracy(
  kind: "topKCategoricalAccuracy" | "sparseTopKCategoricalAccuracy",
  options?: TopKOptions,
): Metric;
export {};
