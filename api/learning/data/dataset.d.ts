import type { DType, HostArray } from "../../engine/base/dtype.js";
import type { AugmentOptions } from "./augment.js";
export interface HostTensor {
  readonly data: HostArray;
  readonly shape: readonly number[];
  readonly dtype: DType;
}
export interface Batch {
  readonly x: HostTensor;
  readonly inputs?: readonly HostTensor[];
  readonly y?: HostTensor;
  readonly targets?: readonly HostTensor[];
  readonly sampleWeight?: HostTensor;
  readonly sampleWeights?: readonly HostTensor[];
  readonly indices: readonly number[];
  readonly draws?: readonly number[];
  readonly step?: number;
}
export type LabelMode = "binary" | "categorical" | "sparse" | "none" | "values";
export type Rescale =
  | number
  | {
      readonly scale: number;
      readonly offset: number;
    };
export interface BatchOptions {
  readonly shuffle?: boolean;
  readonly startStep?: number;
  readonly isTraining?: boolean;
  readonly signal?: AbortSignal;
}
export interface BrokenSample {
  readonly file: string;
  readonly reason: string;
}
export interface Dataset {
  readonly numSamples: number;
  readonly batchSize: number;
  readonly numBatches: number;
  readonly classNames?: readonly string[];
  readonly files?: readonly string[];
  readonly labels?: Int32Array;
  readonly elementShape: readonly number[];
  readonly elementShapes?: readonly (readonly number[])[];
  readonly inputNames?: readonly string[];
  readonly targetNames?: readonly string[];
  readonly dtype: DType;
  readonly labelMode: LabelMode;
  readonly rescale?: Rescale;
  readonly augment?: AugmentOptions;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly broken?: readonly BrokenSample[];
  batches(epoch: number, options?: BatchOptions): AsyncIterable<Batch>;
}
export declare function scaleAndOffset(rescale: Rescale | undefined): {
  readonly scale: number;
  readonly offset: number;
};
