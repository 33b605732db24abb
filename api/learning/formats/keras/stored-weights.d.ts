import type { Hdf5Dataset, Hdf5Group } from "../hdf5/read.js";
import type { Described } from "../model-json.js";
import type { StoredTensor } from "../safetensors.js";
export interface WeightPlan {
  readonly layers: readonly Described[];
  readonly isSequential: boolean;
  readonly custom?: ReadonlySet<string>;
}
export declare function find(group: Hdf5Group, path: string): Hdf5Group | Hdf5Dataset | undefined;
export declare function tensorOf(dataset: Hdf5Dataset): StoredTensor;
export declare function attributeTexts(group: Hdf5Group, name: string): string[];
export declare function isOldLayout(root: Hdf5Group): boolean;
export declare function readWeights(root: Hdf5Group, plan: WeightPlan, byName: boolean): Map<string, StoredTensor>;
