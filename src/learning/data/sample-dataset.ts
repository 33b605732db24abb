// The data set that every factory here gives: a source of samples, targets, and a choice of samples. Reads ahead while a
// batch is in use; holds no position, so that any number of epochs may run at once.

import { type DType, hostArray } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { platform } from "#engine/platform/api.ts";
import type { AugmentOptions } from "#learning/data/augment.ts";
import { balancedOrder, balancedSize, type EpochOrder, type Oversample } from "#learning/data/balance.ts";
import type {
  Batch,
  BatchOptions,
  BrokenSample,
  Dataset,
  HostTensor,
  LabelMode,
  Rescale,
} from "#learning/data/dataset.ts";
import type { DiskCacheReport } from "#learning/data/disk-cache.ts";
import { checkSeed, permutation } from "#learning/data/order.ts";
import { cachedSource, type SampleSource } from "#learning/data/source.ts";
import { gatherRows, type SampleRows } from "#learning/data/sample-rows.ts";

/** Batches being read while one is in use: enough to cover an uneven read, few enough to hold little memory. */
const numReadAhead = 2;

/** What a data set may be told anew when it is cut from another. */
export interface ViewOptions {
  readonly batchSize?: number;
  readonly shuffle?: boolean;
  readonly seed?: number;
  readonly rescale?: Rescale | undefined;
  /** `undefined` turns augmentation off. */
  readonly augment?: AugmentOptions | undefined;
  /** `undefined` lets every sample come once. */
  readonly oversample?: Oversample | undefined;
}

/** Samples as the files that they come from. */
export interface EncodedSamples {
  read(index: number): Promise<Uint8Array>;
  numBytes(index: number): Promise<number>;
}

/** Everything a `SampleDataset` is made of; labels and files are for all samples of the source. */
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
  /** Of training, where it shuffles. */
  readonly oversample?: Oversample | undefined;
  /** Samples of the source that belong to the data set, in file order; all when left out. */
  readonly chosen?: Int32Array | undefined;
  /** Samples found broken so far; the source adds to it. */
  readonly broken?: readonly BrokenSample[] | undefined;
  readonly diskCache?: DiskCacheReport | undefined;
  /** The encoded samples of the source, where there are any. */
  readonly encoded?: EncodedSamples | undefined;
  /** Makes the source count files as broken. */
  readonly leaveOut?: ((samples: readonly BrokenSample[]) => void) | undefined;
  /** The function that errors name. */
  readonly name: string;
}

/** A data set over numbered samples. Cutting one (`take`, `skip`, `subset`) copies no sample and shares its cache. */
export class SampleDataset implements Dataset {
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
  /** Samples that could not be read and were left out, found so far. */
  readonly broken: readonly BrokenSample[];
  /** What its cache on disk has done so far. */
  readonly diskCache?: DiskCacheReport;
  readonly #parts: SampleDatasetParts;
  readonly #chosen: Int32Array;
  /** Samples of an epoch of training. */
  readonly #trainedSize: number;

  constructor(parts: SampleDatasetParts) {
    const { source, batchSize, seed, name, chosen, files, labels } = parts;
    checkBatchSize(batchSize, name);
    checkSeed(seed, name);
    checkOversample(parts);
    this.#parts = parts;
    this.#chosen = chosen ?? Int32Array.from({ length: source.numSamples }, (_, index) => index);
    this.numSamples = this.#chosen.length;
    this.batchSize = batchSize;
    this.elementShape = source.elementShape;
    this.dtype = source.dtype;
    this.labelMode = parts.labelMode;
    this.shuffle = parts.shuffle;
    this.seed = seed;
    this.broken = parts.broken ?? [];
    const { furtherInputs = [], inputNames, targetNames } = parts;
    const shapes = [source.elementShape, ...furtherInputs.map(({ rowShape }) => rowShape)];
    if (shapes.length > 1) this.elementShapes = shapes;
    if (inputNames !== undefined) this.inputNames = inputNames;
    if (targetNames !== undefined) this.targetNames = targetNames;
    if (parts.classNames !== undefined) this.classNames = parts.classNames;
    if (files !== undefined) this.files = Array.from(this.#chosen, (index) => files[index] ?? "");
    if (labels !== undefined) this.labels = this.#chosen.map((index) => labels[index] ?? 0);
    this.#trainedSize =
      parts.oversample === undefined || this.labels === undefined ? this.numSamples : balancedSize(this.labels);
    this.numBatches = Math.ceil((parts.shuffle ? this.#trainedSize : this.numSamples) / batchSize);
    if (parts.rescale !== undefined) this.rescale = parts.rescale;
    if (parts.diskCache !== undefined) this.diskCache = parts.diskCache;
    if (parts.augment !== undefined) this.augment = parts.augment;
  }

  /** The first `numSamples` samples, in file order. */
  take(numSamples: number, options: ViewOptions = {}): SampleDataset {
    return this.#cut({ ...options, chosen: this.#chosen.slice(0, numSamples) });
  }

  /** All but the first `numSamples` samples. */
  skip(numSamples: number, options: ViewOptions = {}): SampleDataset {
    return this.#cut({ ...options, chosen: this.#chosen.slice(numSamples) });
  }

  /** The samples at these positions. @throws value for a position outside */
  subset(indices: ArrayLike<number>, options: ViewOptions = {}): SampleDataset {
    const chosen = Int32Array.from(indices, (position) => {
      const index = this.#chosen[position];
      if (index !== undefined) return index;
      throw new SinterError("value", `subset: sample ${position} of ${this.numSamples}. Use 0 to n - 1.`, { position });
    });
    return this.#cut({ ...options, chosen });
  }

  /** The same samples in other batches, order or colours. */
  with(options: ViewOptions): SampleDataset {
    return this.#cut({ ...options, chosen: this.#chosen });
  }

  /**
   * The same data set, of which training sees every class as often as the largest: samples of the others come again in
   * an epoch, each time changed anew by augmentation. evaluate and predict see every sample once.
   * @throws option for a data set without labels
   */
  oversampled(): SampleDataset {
    return this.#cut({ chosen: this.#chosen, oversample: "balanced" });
  }

  /** The same data set with samples kept in memory once read. @param maxBytes bytes kept at most */
  cache(maxBytes: number = 2 ** 30): SampleDataset {
    return this.#cut({ source: cachedSource(this.#parts.source, maxBytes) });
  }

  /** The same samples with other values, numbered as those of the uncut data set: features in place of pictures. */
  withValues(source: SampleSource): SampleDataset {
    return this.#cut({ source, chosen: this.#chosen, rescale: undefined, augment: undefined });
  }

  /** The number that a sample has in the source: what `files` and `labels` of the uncut data set are numbered by. */
  sourceIndex(position: number): number {
    return this.#chosen[position] ?? position;
  }

  /** Bytes that a sample's file has; undefined for samples that are no files. @throws file */
  async numBytes(position: number): Promise<number | undefined> {
    return await this.#parts.encoded?.numBytes(this.sourceIndex(position));
  }

  /** SHA-256 of a sample's file; undefined for samples that are no files. @throws file */
  async hash(position: number): Promise<string | undefined> {
    const bytes = await this.#parts.encoded?.read(this.sourceIndex(position));
    return bytes === undefined ? undefined : await platform().sha256(bytes);
  }

  /** Leaves files out as broken ones, as an earlier process of a run that goes on did. */
  leaveOut(samples: readonly BrokenSample[]): void {
    this.#parts.leaveOut?.(samples);
  }

  async *batches(epoch: number, options: BatchOptions = {}): AsyncGenerator<Batch, void, undefined> {
    const { shuffle = this.shuffle, startStep = 0, signal } = options;
    const order = shuffle ? this.#orderOf(epoch) : undefined;
    const numBatches = Math.ceil((shuffle ? this.#trainedSize : this.numSamples) / this.batchSize);
    const reading: Promise<Batch | undefined>[] = [];
    let next = startStep;
    const readAhead = (): void => {
      while (next < numBatches && reading.length <= numReadAhead) {
        const batch = this.#readBatch(next, order, signal);
        // A batch that is never asked for must not end the process when it fails.
        batch.catch(() => undefined);
        reading.push(batch);
        next += 1;
      }
    };
    readAhead();
    while (reading.length > 0) {
      checkAborted(signal, this.#parts.name);
      const batch = await reading.shift();
      readAhead();
      checkAborted(signal, this.#parts.name);
      if (batch !== undefined) yield batch;
    }
  }

  #orderOf(epoch: number): EpochOrder {
    const { labels, seed } = this;
    return this.#parts.oversample === undefined || labels === undefined
      ? { positions: permutation(this.numSamples, seed, epoch) }
      : balancedOrder(labels, seed, epoch);
  }

  /** A batch; undefined when every sample of it is broken. */
  async #readBatch(step: number, order: EpochOrder | undefined, signal?: AbortSignal): Promise<Batch | undefined> {
    const start = step * this.batchSize;
    const end = Math.min(start + this.batchSize, order?.positions.length ?? this.numSamples);
    const places = Array.from({ length: end - start }, (_, row) => start + row);
    const { source } = this.#parts;
    const samples = await Promise.all(
      places.map(async (place) => {
        const sample = await this.#read(order?.positions[place] ?? place, order !== undefined, signal);
        return sample === undefined ? undefined : { ...sample, repeat: order?.repeats?.[place] ?? 0 };
      }),
    );
    const found = samples.filter((sample) => sample !== undefined);
    if (found.length === 0) return undefined;
    const size = sizeOf(source.elementShape);
    const data = hostArray(source.dtype, found.length * size);
    found.forEach((sample, row) => data.set(sample.values, row * size));
    const x: HostTensor = { data, shape: [found.length, ...source.elementShape], dtype: source.dtype };
    const indices = found.map(({ position }) => position);
    const draws = found.map(({ position, repeat }) => position + repeat * this.numSamples);
    const chosen = indices.map((position) => this.sourceIndex(position));
    return {
      ...gatherRows(x, this.#parts, chosen),
      indices,
      step,
      ...(order?.repeats === undefined ? {} : { draws }),
    };
  }

  /** A sample, or, when training, the one that takes the place of a broken one so that batches keep their size. */
  async #read(
    position: number,
    isTraining: boolean,
    signal?: AbortSignal,
  ): Promise<{ readonly position: number; readonly values: ArrayLike<number> } | undefined> {
    for (let numTried = 0; numTried < this.numSamples; numTried += 1) {
      const tried = numTried === 0 ? position : this.#substitute(position, numTried);
      if (tried === undefined) return undefined;
      const values = await this.#parts.source.read(this.sourceIndex(tried), signal);
      if (values !== undefined) return { position: tried, values };
      if (!isTraining) return undefined;
    }
    return undefined;
  }

  /** The `numTried`-th sample of the same class after this one, going round. */
  #substitute(position: number, numTried: number): number | undefined {
    const { labels } = this;
    let left = numTried;
    for (let step = 1; step < this.numSamples; step += 1) {
      const other = (position + step) % this.numSamples;
      if (labels !== undefined && labels[other] !== labels[position]) continue;
      left -= 1;
      if (left === 0) return other;
    }
    return undefined;
  }

  #cut(changes: Partial<SampleDatasetParts>): SampleDataset {
    return new SampleDataset({ ...this.#parts, ...changes });
  }
}

function checkBatchSize(batchSize: number, name: string): void {
  if (Number.isInteger(batchSize) && batchSize > 0) return;
  throw new SinterError("option", `${name}: batchSize ${batchSize}, expected a whole number above 0.`, { batchSize });
}

function checkOversample({ oversample, labels, name }: SampleDatasetParts): void {
  if (oversample === undefined || (oversample === "balanced" && labels !== undefined)) return;
  const problem =
    oversample === "balanced"
      ? "needs the class of every sample, and there are no labels. Leave it out."
      : `is ${JSON.stringify(oversample)}, expected "balanced".`;
  throw new SinterError("option", `${name}: oversample ${problem}`, { oversample });
}

function checkAborted(signal: AbortSignal | undefined, name: string): void {
  if (signal?.aborted === true) throw new SinterError("aborted", `${name}: reading was aborted.`, {}, signal.reason);
}
