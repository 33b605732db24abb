import { type Word2VecConfig } from "./config.js";
import { type Corpus } from "./examples.js";
import { type LearnedTables } from "./save-word2vec.js";
import { type WordVocabulary } from "./vocabulary.js";
import { type Analogy, type MostSimilarOptions, type SimilarWord, WordVectors } from "./word-vectors.js";
export interface Word2VecOptions extends Partial<Word2VecConfig> {
  readonly sentences: Iterable<readonly string[]>;
}
export interface Word2VecTrainOptions {
  readonly onEpochEnd?: (epoch: number, loss: number) => void;
  readonly signal?: AbortSignal;
}
export declare function word2Vec(options: Word2VecOptions): Word2Vec;
export interface Word2VecParts {
  readonly config: Word2VecConfig;
  readonly vocabulary: WordVocabulary;
  readonly corpus?: Corpus;
  readonly learned?: LearnedTables;
}
export declare class Word2Vec {
  #private;
  readonly config: Word2VecConfig;
  readonly vocabulary: WordVocabulary;
  constructor({ config, vocabulary, corpus, learned }: Word2VecParts);
  train(options?: Word2VecTrainOptions): Promise<readonly number[]>;
  get wordVectors(): WordVectors;
  learned(): LearnedTables;
  mostSimilar(asked: string | Analogy, options?: MostSimilarOptions): SimilarWord[];
  similarity(one: string, other: string): number;
  save(folder: string): Promise<void>;
  vector(word: string): Float32Array;
}
export declare function loadWord2Vec(folder: string): Promise<Word2Vec>;
