export interface WordVocabulary {
  readonly words: readonly string[];
  readonly counts: readonly number[];
  readonly numbers: ReadonlyMap<string, number>;
  readonly total: number;
}
export declare function vocabularyOf(words: readonly string[], counts: readonly number[]): WordVocabulary;
export declare function countVocabulary(sentences: Iterable<readonly string[]>, minCount: number): WordVocabulary;
export declare function keepProbabilities({ counts, total }: WordVocabulary, sample: number): Float64Array<ArrayBuffer>;
export interface AliasTable {
  readonly own: Float32Array<ArrayBuffer>;
  readonly alias: Int32Array<ArrayBuffer>;
}
export declare function noiseTable({ counts }: WordVocabulary, exponent: number): AliasTable;
export interface BatchOptions {
  readonly mode: "cbow" | "skipGram";
  readonly window: number;
  readonly negative: number;
  readonly nsExponent: number;
  readonly alpha: number;
}
export declare function batchSizeOf({ counts }: WordVocabulary, keep: Float64Array, options: BatchOptions): number;
