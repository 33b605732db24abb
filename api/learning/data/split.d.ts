import type { SampleDataset } from "./sample-dataset.js";
export interface SplitOptions {
  readonly seed?: number;
  readonly signal?: AbortSignal;
}
export interface SplitDataset {
  readonly train: SampleDataset;
  readonly validation: SampleDataset;
}
export declare function splitByClass(
  dataset: SampleDataset,
  share: number,
  options?: SplitOptions,
): Promise<SplitDataset>;
export interface FoldOptions extends SplitOptions {
  readonly folds: number;
}
export declare function kFold(dataset: SampleDataset, options: FoldOptions): Promise<SplitDataset[]>;
export declare function assignFolds(
  labels: ArrayLike<number>,
  groups: readonly (string | undefined)[],
  folds: number,
  seed: number,
): Int32Array;
export declare function chooseByClass(
  labels: ArrayLike<number>,
  groups: readonly (string | undefined)[],
  share: number,
  seed: number,
): number[];
