import type { StoredTensor } from "../safetensors.js";
export declare const quantizations: readonly ["float16", "uint8", "uint16"];
export type TfjsQuantization = (typeof quantizations)[number];
export interface EncodedWeights {
  readonly manifest: readonly object[];
  readonly shards: ReadonlyMap<string, Uint8Array>;
}
export declare function encodeTfjsWeights(
  weights: Iterable<readonly [name: string, tensor: StoredTensor]>,
  quantization?: TfjsQuantization,
): EncodedWeights;
