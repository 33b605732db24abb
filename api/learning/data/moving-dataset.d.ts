import type { DType } from "../../engine/base/dtype.js";
import type { AffineMatrix } from "./affine.js";
import { type AugmentOptions } from "./augment.js";
import type { Batch, BatchOptions, BrokenSample, Dataset, LabelMode, Rescale } from "./dataset.js";
import type { SampleDataset, ViewOptions } from "./sample-dataset.js";
export interface MovedSample {
  readonly index: number;
  readonly matrix: AffineMatrix | undefined;
}
export interface MovingTargets {
  collect(samples: readonly MovedSample[], x: Batch["x"]): Promise<Partial<Batch>> | Partial<Batch>;
  readonly elementShapes?: readonly (readonly number[])[];
  readonly inputNames?: readonly string[];
  readonly classNames: readonly string[];
}
export declare class MovingDataset<Targets extends MovingTargets> implements Dataset {
  #private;
  readonly pictures: SampleDataset;
  readonly classNames: readonly string[];
  readonly labelMode: LabelMode;
  readonly elementShapes?: readonly (readonly number[])[];
  readonly inputNames?: readonly string[];
  readonly rescale?: Rescale;
  readonly augment?: AugmentOptions;
  readonly targets: Targets;
  constructor(pictures: SampleDataset, targets: Targets, name: string);
  get numSamples(): number;
  get batchSize(): number;
  get numBatches(): number;
  get files(): readonly string[];
  get elementShape(): readonly number[];
  get dtype(): DType;
  get shuffle(): boolean;
  get seed(): number;
  get broken(): readonly BrokenSample[];
  take(numSamples: number, options?: ViewOptions): MovingDataset<Targets>;
  skip(numSamples: number, options?: ViewOptions): MovingDataset<Targets>;
  subset(indices: ArrayLike<number>, options?: ViewOptions): MovingDataset<Targets>;
  with(options: ViewOptions): MovingDataset<Targets>;
  batches(epoch: number, options?: BatchOptions): AsyncGenerator<Batch, void, undefined>;
}
