import { type ArrayInput, type SeveralArrays } from "./array-values.js";
import type { AugmentOptions } from "./augment.js";
import { type AugmentPreset } from "./augment-options.js";
import type { Rescale } from "./dataset.js";
import { SampleDataset } from "./sample-dataset.js";
export interface FromArraysOptions {
  readonly batchSize?: number;
  readonly shuffle?: boolean;
  readonly seed?: number;
  readonly rescale?: Rescale;
  readonly sampleWeight?: ArrayInput | SeveralArrays;
  readonly augment?: AugmentOptions | AugmentPreset;
  readonly classNames?: readonly string[];
}
export declare function fromArrays(
  x: ArrayInput | SeveralArrays,
  y?: ArrayInput | SeveralArrays,
  options?: FromArraysOptions,
): SampleDataset;
