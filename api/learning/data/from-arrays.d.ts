import type { HostArray } from "../../engine/base/dtype.js";
import type { AugmentOptions } from "./augment.js";
import { type AugmentPreset } from "./augment-options.js";
import type { HostTensor, Rescale } from "./dataset.js";
import { SampleDataset } from "./sample-dataset.js";
export type NestedNumbers = readonly number[] | readonly NestedNumbers[];
export type ArrayInput = HostTensor | HostArray | NestedNumbers;
export interface FromArraysOptions {
  readonly batchSize?: number;
  readonly shuffle?: boolean;
  readonly seed?: number;
  readonly rescale?: Rescale;
  readonly sampleWeight?: ArrayInput;
  readonly augment?: AugmentOptions | AugmentPreset;
  readonly classNames?: readonly string[];
}
export declare function fromArrays(x: ArrayInput, y?: ArrayInput, options?: FromArraysOptions): SampleDataset;
export declare function hostTensor(values: ArrayInput, name: string): HostTensor;
