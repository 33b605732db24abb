import type { DType, HostArray } from "../../engine/base/dtype.js";
import { type NumberRules } from "./stored-values.js";
export interface StoredTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: HostArray;
}
export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}
export declare function encodeSafetensors(
  tensors: Iterable<readonly [name: string, tensor: StoredTensor]>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer>;
export declare function decodeSafetensors(bytes: Uint8Array, rules?: NumberRules): SafetensorsFile;
