// Where samples come from: one at a time, by number. Sources know nothing of batches, order or labels.

import { type DType, type HostArray, byteSize } from "#engine/base/dtype.ts";
import { sizeOf } from "#engine/base/shape.ts";

/** Numbered samples of one shape. */
export interface SampleSource {
  readonly numSamples: number;
  readonly elementShape: readonly number[];
  readonly dtype: DType;
  /** The values of a sample, never to be written to; undefined for a broken one that is left out. */
  read(index: number, signal?: AbortSignal): Promise<HostArray | undefined> | HostArray | undefined;
}

/**
 * The source with its samples kept in memory once read, as long as they fit. An epoch reads every sample once, so
 * keeping the first that come and evicting none saves most reads.
 * @param cacheBytes bytes kept at most; 0 keeps nothing
 */
export function cachedSource(source: SampleSource, cacheBytes: number): SampleSource {
  const sampleBytes = sizeOf(source.elementShape) * byteSize(source.dtype);
  const maxKept = sampleBytes === 0 ? 0 : Math.floor(cacheBytes / sampleBytes);
  if (maxKept === 0) return source;
  const kept = new Map<number, HostArray>();
  return {
    ...source,
    read(index, signal) {
      const known = kept.get(index);
      if (known !== undefined) return known;
      const keep = (sample: HostArray | undefined): HostArray | undefined => {
        if (sample !== undefined && kept.size < maxKept) kept.set(index, sample);
        return sample;
      };
      const sample = source.read(index, signal);
      return sample instanceof Promise ? sample.then(keep) : keep(sample);
    },
  };
}

/** Samples that lie one after another in an array. @param shape [n, ...elementShape] */
export function arraySource(data: HostArray, shape: readonly number[], dtype: DType): SampleSource {
  const elementShape = shape.slice(1);
  const size = sizeOf(elementShape);
  return {
    numSamples: shape[0] ?? 0,
    elementShape,
    dtype,
    read: (index) => data.subarray(index * size, (index + 1) * size),
  };
}
