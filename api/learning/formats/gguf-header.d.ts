import { type BlockFormat } from "./gguf-blocks.js";
import { type StoredType } from "./stored-values.js";
export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];
export interface GgufEntry {
  readonly name: string;
  readonly format:
    | {
        readonly kind: "plain";
        readonly type: StoredType;
      }
    | {
        readonly kind: "blocks";
        readonly blocks: BlockFormat;
      };
  readonly stored: string;
  readonly shape: readonly number[];
  readonly count: number;
  readonly begin: number;
  readonly end: number;
}
export interface GgufHeader {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly entries: readonly GgufEntry[];
}
export declare function looksLikeGguf(bytes: Uint8Array): boolean;
export declare function parseGgufHeader(bytes: Uint8Array, size: number): GgufHeader | undefined;
