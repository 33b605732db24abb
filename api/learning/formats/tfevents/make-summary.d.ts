import type { HistogramSummary, PrCurveSummary } from "./event.js";
export declare function histogramSummary(tag: string, values: ArrayLike<number>, numBuckets?: number): HistogramSummary;
export interface PrCurveOptions {
  readonly numThresholds?: number;
  readonly weights?: ArrayLike<number>;
}
export declare function prCurveSummary(
  tag: string,
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  { numThresholds, weights }?: PrCurveOptions,
): PrCurveSummary;
