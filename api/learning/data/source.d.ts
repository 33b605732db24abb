import { type DType, type HostArray } from "../../engine/base/dtype.js";
export interface SampleSource {
  readonly numSamples: number;
  readonly elementShape: readonly number[];
  readonly dtype: DType;
  read(index: number, signal?: AbortSignal): Promise<HostArray | undefined> | HostArray | undefined;
}
export declare function cachedSource(source: SampleSource, cacheBytes: number): SampleSource;
export declare function arraySource(data: HostArray, shape: readonly number[], dtype: DType): SampleSource;
