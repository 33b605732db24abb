import { type Word2VecConfig } from "./config.js";
import { type WordVocabulary } from "./vocabulary.js";
export interface LearnedTables {
  readonly vectors: Float32Array;
  readonly outputs: Float32Array;
}
export interface StoredWord2Vec {
  readonly config: Word2VecConfig;
  readonly vocabulary: WordVocabulary;
  readonly learned: LearnedTables;
}
export declare function writeWord2Vec({ config, vocabulary, learned }: StoredWord2Vec, folder: string): Promise<void>;
export declare function readWord2Vec(folder: string): Promise<StoredWord2Vec>;
