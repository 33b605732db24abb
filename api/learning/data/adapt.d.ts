import { type LookupMode } from "../../engine/base/vocabulary.js";
import { type Dataset } from "./dataset.js";
export type AdaptData = Dataset | Iterable<number>;
export interface BinBoundariesOptions {
  readonly numBins: number;
  readonly epsilon?: number;
  readonly signal?: AbortSignal;
}
export declare function binBoundariesOf(
  data: AdaptData,
  { numBins, epsilon, signal }: BinBoundariesOptions,
): Promise<{
  readonly binBoundaries: readonly number[];
}>;
export interface VocabularyOptions {
  readonly maxTokens?: number | null;
  readonly numOovIndices?: number;
  readonly maskToken?: number | null;
  readonly oovToken?: number;
  readonly outputMode?: LookupMode;
  readonly signal?: AbortSignal;
}
export interface IntegerVocabulary extends Omit<VocabularyOptions, "signal"> {
  readonly vocabulary: readonly number[];
  readonly idfWeights?: readonly number[];
}
export declare function vocabularyOf(data: AdaptData, options?: VocabularyOptions): Promise<IntegerVocabulary>;
