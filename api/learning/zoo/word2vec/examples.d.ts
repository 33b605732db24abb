import type { WordVocabulary } from "./vocabulary.js";
export interface Corpus {
  readonly tokens: Int32Array;
  readonly starts: readonly number[];
}
export declare function encodeCorpus(sentences: Iterable<readonly string[]>, { numbers }: WordVocabulary): Corpus;
export interface ExampleOptions {
  readonly window: number;
  readonly keep: Float64Array;
  readonly seed: number;
  readonly epoch: number;
}
export interface ExampleBatch {
  readonly centers: Int32Array<ArrayBuffer>;
  readonly contexts: Int32Array<ArrayBuffer>;
  readonly count: number;
  readonly progress: number;
}
export declare function pairBatches(corpus: Corpus, size: number, options: ExampleOptions): Generator<ExampleBatch>;
export declare function bagBatches(corpus: Corpus, size: number, options: ExampleOptions): Generator<ExampleBatch>;
