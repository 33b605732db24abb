import { type Dataset } from "./dataset.js";
export interface StatisticsOptions {
  readonly axis?: number | readonly number[] | null;
  readonly signal?: AbortSignal;
}
export interface Statistics {
  readonly axis: number | readonly number[] | null;
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}
export declare function statisticsOf(dataset: Dataset, options?: StatisticsOptions): Promise<Statistics>;
