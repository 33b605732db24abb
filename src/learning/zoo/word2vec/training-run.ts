// A Word2Vec while it learns: its tables on the device, and the walk over the text.

import { SinterError } from "#engine/base/error.ts";
import { tensor, zeros } from "#engine/tensor/create.ts";
import { key, uniform } from "#engine/tensor/random.ts";
import { jit } from "#engine/tensor/transforms.ts";
import type { Word2VecConfig } from "#learning/zoo/word2vec/config.ts";
import { bagBatches, type Corpus, type ExampleBatch, pairBatches } from "#learning/zoo/word2vec/examples.ts";
import type { LearnedTables } from "#learning/zoo/word2vec/save-word2vec.ts";
import { type Noise, type Tables, trainStep } from "#learning/zoo/word2vec/step.ts";
import { batchSizeOf, keepProbabilities, noiseTable, type WordVocabulary } from "#learning/zoo/word2vec/vocabulary.ts";

/** Steps that may wait for the device. */
const stepsAhead = 64;

/** What a run begins from. */
export interface RunStart {
  readonly config: Word2VecConfig;
  readonly vocabulary: WordVocabulary;
  readonly learned: LearnedTables | undefined;
}

/** The tables on the device, from the first step to the last. */
export class TrainingRun {
  readonly #corpus: Corpus;
  readonly #config: Word2VecConfig;
  readonly #keep: Float64Array;
  readonly #noise: Noise;
  readonly #update = jit(trainStep, { donate: [0] });
  readonly #batchSize: number;
  #tables: Tables;
  #numSteps = 0;

  constructor(corpus: Corpus, { config, vocabulary, learned }: RunStart) {
    this.#corpus = corpus;
    this.#config = config;
    this.#keep = keepProbabilities(vocabulary, config.sample);
    this.#batchSize = batchSizeOf(vocabulary, this.#keep, config);
    const { own, alias } = noiseTable(vocabulary, config.nsExponent);
    const shape = [vocabulary.words.length, config.vectorSize];
    this.#noise = { own: tensor(own), alias: tensor(alias), key: key(config.seed) };
    const reach = 1 / config.vectorSize;
    this.#tables = {
      vectors:
        learned === undefined
          ? uniform(key(config.seed), shape, { low: -reach, high: reach })
          : tensor(learned.vectors, { shape }),
      outputs: learned === undefined ? zeros(shape) : tensor(learned.outputs, { shape }),
      loss: zeros([]),
    };
  }

  /** One walk over the text; gives the mean loss. */
  async epoch(epoch: number, signal: AbortSignal | undefined): Promise<number> {
    const { mode, window, seed, epochs } = this.#config;
    const batches = mode === "cbow" ? bagBatches : pairBatches;
    let numExamples = 0;
    this.#tables = { ...this.#tables, loss: zeros([]) };
    for (const batch of batches(this.#corpus, this.#batchSize, { window, seed, epoch, keep: this.#keep })) {
      numExamples += batch.count;
      this.#step(batch, (epoch + batch.progress) / epochs);
      if (this.#numSteps % stepsAhead !== 0) continue;
      if (signal?.aborted === true) throw new SinterError("aborted", "word2Vec: was aborted.", {}, signal.reason);
      // oxlint-disable-next-line no-await-in-loop -- waits for the device, so that batches do not pile up
      await this.#tables.loss.data();
    }
    return (await this.#tables.loss.item()) / Math.max(numExamples, 1);
  }

  #step({ centers, contexts }: ExampleBatch, progress: number): void {
    const { alpha, minAlpha, negative } = this.#config;
    const rate = Math.max(minAlpha, alpha - (alpha - minAlpha) * progress);
    const numContexts = contexts.length / centers.length;
    const examples = {
      centers: tensor(centers),
      contexts: numContexts === 1 ? tensor(contexts) : tensor(contexts, { shape: [centers.length, numContexts] }),
      step: tensor(Int32Array.of(this.#numSteps), { shape: [] }),
      learningRate: tensor(Float32Array.of(rate), { shape: [] }),
    };
    this.#tables = this.#update(this.#tables, this.#noise, examples, negative);
    this.#numSteps += 1;
  }

  async read(): Promise<LearnedTables> {
    const [vectors, outputs] = await Promise.all([this.#tables.vectors.data(), this.#tables.outputs.data()]);
    return { vectors: Float32Array.from(vectors), outputs: Float32Array.from(outputs) };
  }
}
