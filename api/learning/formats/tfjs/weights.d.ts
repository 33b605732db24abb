import type { StoredTensor } from "../safetensors.js";
import { type WeightGroup } from "./manifest.js";
export interface StoredTexts {
  readonly shape: readonly number[];
  readonly values: readonly Uint8Array[];
}
export interface TfjsWeights {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly texts: ReadonlyMap<string, StoredTexts>;
}
export declare function decodeTfjsWeights(manifest: Uint8Array, shards: ReadonlyMap<string, Uint8Array>): TfjsWeights;
export declare function decodeGroups(
  groups: readonly WeightGroup[],
  shards: ReadonlyMap<string, Uint8Array>,
): {
  readonly tensors: Map<string, StoredTensor>;
  readonly texts: Map<string, StoredTexts>;
};
export declare function checkBytes(group: WeightGroup, available: number): void;
