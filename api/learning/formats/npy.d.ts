import { type ArchiveLimits } from "./archive.js";
import type { StoredTensor } from "./safetensors.js";
import { type NumberRules } from "./stored-values.js";
export interface NpyTexts {
  readonly shape: readonly number[];
  readonly texts: readonly string[];
}
export interface NpzFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly texts: ReadonlyMap<string, NpyTexts>;
}
export declare function decodeNpy(bytes: Uint8Array, rules?: NumberRules): StoredTensor;
export declare function decodeNpz(bytes: Uint8Array, rules?: NumberRules & ArchiveLimits): NpzFile;
export declare function readNpz(path: string, rules?: NumberRules & ArchiveLimits): Promise<NpzFile>;
export declare function readNpy(path: string, rules?: NumberRules): Promise<StoredTensor>;
export declare function encodeNpy(tensor: StoredTensor): Uint8Array<ArrayBuffer>;
export declare function encodeNpz(
  tensors: Iterable<readonly [name: string, tensor: StoredTensor]>,
  {
    compress,
  }?: {
    readonly compress?: boolean;
  },
): Uint8Array<ArrayBuffer>;
