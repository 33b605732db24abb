import { type ByteSource } from "./byte-source.js";
import { type GgufHeader, type GgufValue } from "./gguf-header.js";
import { type QuantizedTensor } from "./quantized-tensor.js";
import type { StoredTensor } from "./safetensors.js";
import { type NumberRules } from "./stored-values.js";
export interface GgufFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly quantized: ReadonlyMap<string, QuantizedTensor>;
  readonly metadata: ReadonlyMap<string, GgufValue>;
}
export interface ReadGgufOptions extends NumberRules {
  readonly isWanted?: (name: string) => boolean;
  readonly keepQuantized?: boolean;
}
export declare function decodeGguf(bytes: Uint8Array, options?: ReadGgufOptions): GgufFile;
export declare function readGguf(path: string, options?: ReadGgufOptions): Promise<GgufFile>;
export declare function readGgufHeader(source: ByteSource): Promise<GgufHeader>;
