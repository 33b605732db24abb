import type { Tensor } from "../../engine/tensor/tensor.js";
import { type AugmentOptions } from "./augment.js";
import type { HostTensor } from "./dataset.js";
export interface BatchChanges<Values> {
  readonly matrices: Values;
  readonly colours: Values;
  readonly operations?: Values;
  readonly erasing?: Values;
  readonly noise?: Values;
  readonly mixing?: Values;
}
export interface BatchPlace {
  readonly seed: number;
  readonly epoch: number;
  readonly indices: readonly number[];
}
export declare function drawBatchAugmentation(
  options: AugmentOptions,
  place: BatchPlace,
  height: number,
  width: number,
): BatchChanges<HostTensor>;
export declare function mapChanges<From, To>(
  changes: BatchChanges<From>,
  convert: (values: From) => To,
): BatchChanges<To>;
export declare function augmentBatch(images: Tensor, changes: BatchChanges<Tensor>, options: AugmentOptions): Tensor;
