// What fit, evaluate and predict ask of data: numbered samples in batches, in an order that (seed, epoch) decides. Never
// touches a device; pixels travel as bytes.

import type { DType, HostArray } from "#engine/base/dtype.ts";
import type { AugmentOptions } from "#learning/data/augment.ts";

/** Values in host memory, row-major; f16 and bf16 as their bits. */
export interface HostTensor {
  readonly data: HostArray;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** One step's samples: `x` is [n, ...elementShape]; `indices` says which samples they are. */
export interface Batch {
  readonly x: HostTensor;
  /** Of several inputs all of them, `x` first. */
  readonly inputs?: readonly HostTensor[];
  /** binary: f32 [n, 1]; categorical: f32 [n, classes]; sparse: i32 [n]; values: [n, ...] as given. */
  readonly y?: HostTensor;
  /** Of several targets all of them, `y` first. */
  readonly targets?: readonly HostTensor[];
  /** What the loss of each sample, f32 [n], or place, f32 [n, time], is multiplied with. Metrics count all alike. */
  readonly sampleWeight?: HostTensor;
  /** Such weights for each of several targets, in place of `sampleWeight`. */
  readonly sampleWeights?: readonly HostTensor[];
  readonly indices: readonly number[];
  /** Where a sample may come twice in an epoch: what augmentation draws by in place of `indices`, so that each differs. */
  readonly draws?: readonly number[];
  /** Its number in the epoch, from 0, where batches may be left out. */
  readonly step?: number;
}

/** How targets are laid out, see `Batch.y`; "values" are targets given as arrays. */
export type LabelMode = "binary" | "categorical" | "sparse" | "none" | "values";

/** value · scale + offset, done by the model's first kernel and saved with the model. */
export type Rescale = number | { readonly scale: number; readonly offset: number };

export interface BatchOptions {
  /** Overrides the data set's own choice. */
  readonly shuffle?: boolean;
  /** Batches to leave out at the front: a resumed epoch goes on where it stopped. */
  readonly startStep?: number;
  /** Whether the pictures will be changed by `augment`: boxes and masks then move with them. */
  readonly isTraining?: boolean;
  readonly signal?: AbortSignal;
}

/** A sample that could not be read, and why. */
export interface BrokenSample {
  readonly file: string;
  readonly reason: string;
}

/** Samples in batches. `imageFolder`, `fromArrays` and others make them; own ones may implement it. */
export interface Dataset {
  readonly numSamples: number;
  readonly batchSize: number;
  /** Of an epoch as it is trained; the last batch may be smaller. */
  readonly numBatches: number;
  /** One for each number in `labels`, in that order. */
  readonly classNames?: readonly string[];
  /** One path a sample, in file order. */
  readonly files?: readonly string[];
  /** The class of each sample. */
  readonly labels?: Int32Array;
  /** Shape of one sample, without the batch axis. */
  readonly elementShape: readonly number[];
  /** Of several inputs the shape of each, the first of them `elementShape`. */
  readonly elementShapes?: readonly (readonly number[])[];
  /** Names of the inputs, where they have some: the model takes them by the names of its own. */
  readonly inputNames?: readonly string[];
  /** Names of the targets, where they have some: those of the outputs that they belong to. */
  readonly targetNames?: readonly string[];
  readonly dtype: DType;
  readonly labelMode: LabelMode;
  readonly rescale?: Rescale;
  /** Applied on the device, see `augmentBatch`. */
  readonly augment?: AugmentOptions;
  /** Whether `batches` shuffles unless told otherwise; evaluate and predict tell it not to. */
  readonly shuffle: boolean;
  readonly seed: number;
  /** Samples left out because they could not be read, found so far. */
  readonly broken?: readonly BrokenSample[];
  /**
   * The batches of one epoch. The order is a pure function of (seed, epoch). Reads ahead; stops on the signal.
   * @throws aborted when the signal fires; data or file for a sample that cannot be read
   */
  batches(epoch: number, options?: BatchOptions): AsyncIterable<Batch>;
}

/** The scale and offset that a `Rescale` stands for. */
export function scaleAndOffset(rescale: Rescale | undefined): { readonly scale: number; readonly offset: number } {
  if (rescale === undefined) return { scale: 1, offset: 0 };
  return typeof rescale === "number" ? { scale: rescale, offset: 0 } : rescale;
}
