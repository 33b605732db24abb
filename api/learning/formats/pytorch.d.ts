import { type ArchiveLimits } from "./archive.js";
import type { StoredTensor } from "./safetensors.js";
import { type NumberRules } from "./stored-values.js";
export interface PyTorchFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly values: ReadonlyMap<string, number | bigint | string | boolean | null>;
}
export declare function decodePyTorch(bytes: Uint8Array, rules?: NumberRules & ArchiveLimits): PyTorchFile;
export declare function readPyTorch(path: string, rules?: NumberRules & ArchiveLimits): Promise<PyTorchFile>;
