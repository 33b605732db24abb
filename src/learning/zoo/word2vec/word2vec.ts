// Word2Vec: word vectors from sentences, by skip-gram or bag of words with negative sampling. Learns in batches on the
// device; the same seed gives the same bits.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions } from "#engine/base/options.ts";
import { checkConfig, type Word2VecConfig } from "#learning/zoo/word2vec/config.ts";
import { type Corpus, encodeCorpus } from "#learning/zoo/word2vec/examples.ts";
import { type LearnedTables, readWord2Vec, writeWord2Vec } from "#learning/zoo/word2vec/save-word2vec.ts";
import { TrainingRun } from "#learning/zoo/word2vec/training-run.ts";
import { countVocabulary, type WordVocabulary } from "#learning/zoo/word2vec/vocabulary.ts";
import {
  type Analogy,
  type MostSimilarOptions,
  type SimilarWord,
  WordVectors,
} from "#learning/zoo/word2vec/word-vectors.ts";

export interface Word2VecOptions extends Partial<Word2VecConfig> {
  /** Each a list of words; windows do not cross their borders. */
  readonly sentences: Iterable<readonly string[]>;
}

export interface Word2VecTrainOptions {
  /** Called after each epoch with the mean loss of its examples. */
  readonly onEpochEnd?: (epoch: number, loss: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Word vectors to be learned from sentences.
 * @throws data when no word occurs often enough; option
 * @source Mikolov et al., Efficient estimation of word representations in vector space (2013), and Distributed
 * representations of words and phrases (2013)
 * @example
 * const model = word2Vec({ sentences, vectorSize: 100, mode: "skipGram" });
 * await model.train();
 * console.log(model.mostSimilar("sister", { topN: 5 }));
 */
export function word2Vec(options: Word2VecOptions): Word2Vec {
  const { sentences: given, ...rest } = options;
  const sentences = [...given];
  const config = checkConfig(rest);
  const vocabulary = countVocabulary(sentences, config.minCount);
  return new Word2Vec({ config, vocabulary, corpus: encodeCorpus(sentences, vocabulary) });
}

/** What a Word2Vec is made of. */
export interface Word2VecParts {
  readonly config: Word2VecConfig;
  readonly vocabulary: WordVocabulary;
  /** The text to learn from; none for one that was loaded. */
  readonly corpus?: Corpus;
  /** What was learned before, each [words, vectorSize]. */
  readonly learned?: LearnedTables;
}

/** Word vectors and the way to learn them; `word2Vec` makes it. */
export class Word2Vec {
  readonly config: Word2VecConfig;
  readonly vocabulary: WordVocabulary;
  readonly #corpus: Corpus | undefined;
  #learned: LearnedTables | undefined;
  #words: WordVectors | undefined;

  /** @internal */
  constructor({ config, vocabulary, corpus, learned }: Word2VecParts) {
    this.config = config;
    this.vocabulary = vocabulary;
    this.#corpus = corpus;
    this.#learned = learned;
  }

  /**
   * Learns for `epochs`, from new vectors or from those learned before.
   * @returns the mean loss of each epoch's examples
   * @throws aborted when the signal fires, and nothing is changed; state for a model that was loaded
   */
  async train(options: Word2VecTrainOptions = {}): Promise<readonly number[]> {
    checkOptions("train", options, ["onEpochEnd", "signal"]);
    const corpus = this.#corpus;
    if (corpus === undefined) {
      throw new SinterError("state", "word2Vec: a loaded model has no text to learn from. Make one from sentences.");
    }
    const { config } = this;
    const run = new TrainingRun(corpus, { config, vocabulary: this.vocabulary, learned: this.#learned });
    const losses: number[] = [];
    for (let epoch = 0; epoch < config.epochs; epoch += 1) {
      // oxlint-disable-next-line no-await-in-loop -- an epoch goes on from the one before
      const loss = await run.epoch(epoch, options.signal);
      losses.push(loss);
      options.onEpochEnd?.(epoch, loss);
    }
    this.#learned = await run.read();
    this.#words = undefined;
    return losses;
  }

  /** The vectors. @throws state before they were trained */
  get wordVectors(): WordVectors {
    this.#words ??= new WordVectors(this.vocabulary, this.learned().vectors);
    return this.#words;
  }

  /** What was learned. @throws state before that */
  learned(): LearnedTables {
    if (this.#learned !== undefined) return this.#learned;
    throw new SinterError("state", "word2Vec: nothing was learned yet. Call await model.train() first.");
  }

  /** See `WordVectors.mostSimilar`. */
  mostSimilar(asked: string | Analogy, options: MostSimilarOptions = {}): SimilarWord[] {
    return this.wordVectors.mostSimilar(asked, options);
  }

  /** See `WordVectors.similarity`. */
  similarity(one: string, other: string): number {
    return this.wordVectors.similarity(one, other);
  }

  /**
   * Writes a folder: word2vec.json with options and words, and word2vec.safetensors with `vectors` and `outputs`, f32
   * [words, vectorSize].
   * @throws state before the model was trained; file
   */
  async save(folder: string): Promise<void> {
    await writeWord2Vec({ config: this.config, vocabulary: this.vocabulary, learned: this.learned() }, folder);
  }

  /** A copy of a word's vector. @throws value for a word that is not in the vocabulary */
  vector(word: string): Float32Array {
    return this.wordVectors.vector(word);
  }
}

/**
 * A Word2Vec that was saved, to be asked; it has no text to learn from.
 * @throws file when the folder is not there; format when it is damaged
 */
export async function loadWord2Vec(folder: string): Promise<Word2Vec> {
  return new Word2Vec(await readWord2Vec(folder));
}
