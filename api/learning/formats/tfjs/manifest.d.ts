import { type Field } from "./json.js";
export interface Quantization {
  readonly dtype: "uint8" | "uint16" | "float16";
  readonly scale: number;
  readonly min: number;
}
export interface WeightEntry {
  readonly name: string;
  readonly dtype: "float32" | "float16" | "int32" | "uint8" | "bool" | "string";
  readonly shape: readonly number[];
  readonly size: number;
  readonly quantization: Quantization | undefined;
}
export interface WeightGroup {
  readonly paths: readonly string[];
  readonly weights: readonly WeightEntry[];
}
export declare function storedBytes({ size, dtype, quantization }: WeightEntry): number;
export declare function decodeManifest(bytes: Uint8Array, fileName: string): readonly WeightGroup[];
export declare function readManifest(root: Field): readonly WeightGroup[];
