import type { Hdf5Group } from "../hdf5/read.js";
import type { Described } from "../model-json.js";
import type { StoredTensor } from "../safetensors.js";
export interface TrainedWeight {
  readonly path: string;
  readonly shape: readonly number[];
}
export interface ReadState {
  readonly iterations: number;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}
export declare function readState(root: Hdf5Group, optimizer: Described, weights: readonly TrainedWeight[]): ReadState;
export declare function readOldState(
  root: Hdf5Group,
  optimizer: Described,
  weights: readonly TrainedWeight[],
): ReadState;
export declare function writeState(
  optimizer: Described,
  iterations: number,
  weights: readonly TrainedWeight[],
  state: ReadonlyMap<string, StoredTensor>,
): StoredTensor[];
