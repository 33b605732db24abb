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
export declare function chooseByClass(
  labels: ArrayLike<number>,
  groups: readonly (string | undefined)[],
  share: number,
  seed: number,
): number[];
