import { type DType } from "../../engine/base/dtype.js";
import type { AugmentOptions } from "./augment.js";
import { type Oversample } from "./balance.js";
import type { Batch, BatchOptions, BrokenSample, Dataset, LabelMode, Rescale } from "./dataset.js";
import type { DiskCacheReport } from "./disk-cache.js";
import { type SampleSource } from "./source.js";
import { type SampleRows } from "./sample-rows.js";
export interface ViewOptions {
  readonly batchSize?: number;
  readonly shuffle?: boolean;
  readonly seed?: number;
  readonly rescale?: Rescale | undefined;
  readonly augment?: AugmentOptions | undefined;
  readonly oversample?: Oversample | undefined;
}
export interface EncodedSamples {
  read(index: number): Promise<Uint8Array>;
  numBytes(index: number): Promise<number>;
}
export interface SampleDatasetParts extends SampleRows {
  readonly source: SampleSource;
  readonly labelMode: LabelMode;
  readonly labels?: Int32Array | undefined;
  readonly classNames?: readonly string[] | undefined;
  readonly files?: readonly string[] | undefined;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly rescale?: Rescale | undefined;
  readonly augment?: AugmentOptions | undefined;
  readonly oversample?: Oversample | undefined;
  readonly chosen?: Int32Array | undefined;
  readonly broken?: readonly BrokenSample[] | undefined;
  readonly diskCache?: DiskCacheReport | undefined;
  readonly encoded?: EncodedSamples | undefined;
  readonly leaveOut?: ((samples: readonly BrokenSample[]) => void) | undefined;
  readonly name: string;
}
export declare class SampleDataset implements Dataset {
  #private;
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
  readonly broken: readonly BrokenSample[];
  readonly diskCache?: DiskCacheReport;
  constructor(parts: SampleDatasetParts);
  take(numSamples: number, options?: ViewOptions): SampleDataset;
  skip(numSamples: number, options?: ViewOptions): SampleDataset;
  subset(indices: ArrayLike<number>, options?: ViewOptions): SampleDataset;
  with(options: ViewOptions): SampleDataset;
  oversampled(): SampleDataset;
  cache(maxBytes?: number): SampleDataset;
  withValues(source: SampleSource): SampleDataset;
  sourceIndex(position: number): number;
  numBytes(position: number): Promise<number | undefined>;
  hash(position: number): Promise<string | undefined>;
  leaveOut(samples: readonly BrokenSample[]): void;
  batches(epoch: number, options?: BatchOptions): AsyncGenerator<Batch, void, undefined>;
}
