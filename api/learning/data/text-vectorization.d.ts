import type { LookupMode } from "../../engine/base/vocabulary.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
export type Standardize = "lowerAndStripPunctuation" | "lower" | "stripPunctuation";
export type SplitText = "whitespace" | "character";
export interface TextVectorizationOptions {
  readonly maxTokens?: number | null | undefined;
  readonly standardize?: Standardize | ((text: string) => string) | null | undefined;
  readonly split?: SplitText | ((text: string) => readonly string[]) | null | undefined;
  readonly ngrams?: number | readonly number[] | null | undefined;
  readonly outputMode?: LookupMode | undefined;
  readonly outputSequenceLength?: number | null | undefined;
  readonly padToMaxTokens?: boolean | undefined;
  readonly vocabulary?: readonly string[] | undefined;
  readonly idfWeights?: readonly number[] | undefined;
}
export interface TextVectorization {
  adapt(texts: Iterable<string>): void;
  call(texts: readonly string[]): Tensor;
  tokensOf(text: string): string[];
  getVocabulary(options?: { readonly includeSpecialTokens?: boolean }): string[];
  vocabularySize(): number;
  setVocabulary(vocabulary: readonly string[], idfWeights?: readonly number[]): void;
  getConfig(): TextVectorizationOptions;
}
export declare function textVectorization(options?: TextVectorizationOptions): TextVectorization;
