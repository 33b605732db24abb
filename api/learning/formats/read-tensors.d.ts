import { SinterError } from "../../engine/base/error.js";
import { type FileFormat } from "./recognize.js";
import type { StoredTensor } from "./safetensors.js";
import type { NumberRules } from "./stored-values.js";
export interface TensorFile {
  readonly format: FileFormat;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}
export declare const tensorFormats: readonly string[];
export declare function readTensors(path: string, rules?: NumberRules): Promise<TensorFile>;
export declare function withoutTensors(path: string, format: FileFormat): Promise<SinterError>;
