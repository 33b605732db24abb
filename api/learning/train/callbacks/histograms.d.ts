import type { Callback } from "./callback.js";
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly num: number;
  readonly sum: number;
  readonly sumSquares: number;
  readonly bucketLimits: readonly number[];
  readonly buckets: readonly number[];
  readonly numNonFinite: number;
}
export interface HistogramRecord {
  readonly epoch: number;
  readonly weights: Readonly<Record<string, Histogram>>;
  readonly gradients: Readonly<Record<string, Histogram>>;
}
export interface HistogramsOptions {
  readonly filename?: string | undefined;
  readonly onRecord?: ((record: HistogramRecord) => void | Promise<void>) | undefined;
  readonly everyEpochs?: number;
  readonly numBuckets?: number;
}
export declare function histograms(options: HistogramsOptions): Callback;
export declare function histogramOf(values: ArrayLike<number>, numBuckets: number): Histogram;
