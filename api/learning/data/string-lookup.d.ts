import { type LookupMode } from "../../engine/base/vocabulary.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
export type NestedStrings = string | readonly NestedStrings[];
export interface StringLookupOptions {
  readonly maxTokens?: number | null | undefined;
  readonly numOovIndices?: number | undefined;
  readonly maskToken?: string | null | undefined;
  readonly oovToken?: string | undefined;
  readonly vocabulary?: readonly string[] | undefined;
  readonly idfWeights?: readonly number[] | undefined;
  readonly outputMode?: LookupMode | undefined;
  readonly padToMaxTokens?: boolean | undefined;
  readonly salt?: number | readonly [number, number] | undefined;
}
export interface StringLookupConfig extends StringLookupOptions {
  readonly outputMode: LookupMode;
}
export interface StringLookup {
  adapt(data: Iterable<string | readonly string[]>): void;
  call(strings: NestedStrings): Tensor;
  indexOf(text: string): number;
  invert(indices: Iterable<number>): string[];
  getVocabulary(options?: { readonly includeSpecialTokens?: boolean }): string[];
  vocabularySize(): number;
  getIdfWeights(): readonly number[] | undefined;
  setVocabulary(vocabulary: readonly string[], idfWeights?: readonly number[]): void;
  getConfig(): StringLookupConfig;
}
export declare function stringLookup(options?: StringLookupOptions): StringLookup;
