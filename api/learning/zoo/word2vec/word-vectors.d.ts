import { type WordVocabulary } from "./vocabulary.js";
export interface SimilarWord {
  readonly word: string;
  readonly similarity: number;
}
export interface MostSimilarOptions {
  readonly topN?: number;
}
export interface Analogy {
  readonly positive?: readonly string[];
  readonly negative?: readonly string[];
}
export declare class WordVectors {
  #private;
  readonly vocabulary: WordVocabulary;
  readonly size: number;
  readonly vectors: Float32Array;
  constructor(vocabulary: WordVocabulary, vectors: Float32Array);
  static of(words: readonly string[], vectors: Float32Array): WordVectors;
  has(word: string): boolean;
  vector(word: string): Float32Array;
  similarity(one: string, other: string): number;
  mostSimilar(asked: string | Analogy, options?: MostSimilarOptions): SimilarWord[];
}
