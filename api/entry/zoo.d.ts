export type { Word2VecConfig } from "../learning/zoo/word2vec/config.js";
export {
  loadWord2Vec,
  word2Vec,
  type Word2Vec,
  type Word2VecOptions,
  type Word2VecTrainOptions,
} from "../learning/zoo/word2vec/word2vec.js";
export type { LearnedTables } from "../learning/zoo/word2vec/save-word2vec.js";
export type { WordVocabulary } from "../learning/zoo/word2vec/vocabulary.js";
export {
  WordVectors,
  type Analogy,
  type MostSimilarOptions,
  type SimilarWord,
} from "../learning/zoo/word2vec/word-vectors.js";
