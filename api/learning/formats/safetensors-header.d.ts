import { type StoredType } from "./stored-values.js";
export interface SafetensorsEntry {
  readonly name: string;
  readonly type: StoredType;
  readonly stored: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}
export interface SafetensorsHeader {
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}
export declare function valuesStart(first: Uint8Array, size: number): number;
export declare function parseHeader(json: Uint8Array, available: number): SafetensorsHeader;
