// Texts as vectors, by a BERT that was trained for it: tokens, the network, the mean of the tokens. Reads a folder, never writes.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, integer } from "#engine/base/options.ts";
import { platform } from "#engine/platform/api.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit } from "#engine/tensor/transforms.ts";
import { loadTokenizer } from "#learning/data/text/load-tokenizer.ts";
import type { Tokenizer } from "#learning/data/text/tokenizer.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { applyNetwork, type Network } from "#learning/nn/network.ts";
import { checkAborted } from "#learning/train/evaluate.ts";
import { StepWindow } from "#learning/train/step-window.ts";
import { bertNetwork } from "#learning/zoo/bert.ts";
import { bertConfigOf, readBertWeights } from "#learning/zoo/bert-weights.ts";
import { readTransformersConfig } from "#learning/zoo/transformers-folder.ts";
import { readSentenceRule, type SentenceRule } from "./sentence-folder.ts";

/** What stands in place of what the folder says. */
export interface LoadEmbedderOptions {
  /** "mean" of a text's tokens, or its first token ("cls"). */
  readonly pooling?: SentenceRule["pooling"];
  /** Whether vectors are divided by their length, so that products are cosines. */
  readonly normalize?: boolean;
  /** Tokens of a text at most, special ones counted; longer texts are cut. */
  readonly maxLength?: number;
}

export interface EmbedOptions {
  /** Texts a step; 32. */
  readonly batchSize?: number;
  /** Called after each step with the number of texts that are done. */
  readonly onProgress?: (numDone: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** What an embedder is made of. */
export interface TextEmbedderParts {
  readonly tokenizer: Tokenizer;
  readonly weights: Weights;
  /** The network for texts of so many tokens. */
  readonly networkOf: (length: number) => Network;
  readonly maxLength: number;
  readonly rule: SentenceRule;
}

/** A text's tokens and its place among the texts asked for. */
interface Row {
  readonly place: number;
  readonly ids: Int32Array;
}

/** A loaded encoder of texts; `textEmbedder.load` makes it. */
export class TextEmbedder {
  readonly tokenizer: Tokenizer;
  /** Features of a vector. */
  readonly dimension: number;
  /** Tokens of a text at most: longer texts are cut. */
  readonly maxLength: number;
  readonly #weights: Weights;
  readonly #run: (weights: Weights, ids: Tensor) => Tensor;

  /** @internal */
  constructor({ tokenizer, weights, networkOf, maxLength, rule }: TextEmbedderParts) {
    this.tokenizer = tokenizer;
    this.maxLength = maxLength;
    this.dimension = networkOf(1).output.shape[0] ?? 0;
    this.#weights = weights;
    this.#run = jit(
      (own: Weights, ids: Tensor) => {
        const { output } = applyNetwork(networkOf(ids.shape[1] ?? 1), own, ids, { training: false });
        return rule.normalize ? divided(output) : output;
      },
      { constant: [0] },
    );
  }

  /**
   * The vector of each text, in order. Texts of about the same length are computed together, padded to one of few lengths, for
   * each of which the network is compiled once.
   * @returns f32 [texts, dimension]
   * @throws option; aborted when the signal fires
   */
  async embed(texts: readonly string[], options: EmbedOptions = {}): Promise<Tensor> {
    checkOptions("embed", options, ["batchSize", "onProgress", "signal"]);
    const batchSize = integer("embed", "batchSize", options.batchSize ?? 32);
    const { signal, onProgress } = options;
    const rows = await this.#rows(texts, signal);
    const vectors = new Float32Array(texts.length * this.dimension);
    const window = new StepWindow();
    let numDone = 0;
    for (let start = 0; start < rows.length; start += batchSize) {
      checkAborted(signal, "embed");
      const batch = rows.slice(start, start + batchSize);
      const done = this.#embedBatch(batch, Math.min(batchSize, powerOver(batch.length)), vectors).then(() => {
        numDone += batch.length;
        onProgress?.(numDone);
      });
      // oxlint-disable-next-line no-await-in-loop -- at most two steps are under way
      await window.add(done);
    }
    await window.drain();
    return tensor(vectors, { shape: [texts.length, this.dimension] });
  }

  /** Texts as tokens, the longest first. */
  async #rows(texts: readonly string[], signal: AbortSignal | undefined): Promise<Row[]> {
    const rows: Row[] = [];
    for (const [place, text] of texts.entries()) {
      // oxlint-disable-next-line no-await-in-loop -- a page stays alive
      if (place % 256 === 255) await platform().yield();
      checkAborted(signal, "embed");
      rows.push({ place, ids: this.tokenizer.encode(text, { maxLength: this.maxLength }).ids.data });
    }
    return rows.toSorted((a, b) => b.ids.length - a.ids.length);
  }

  async #embedBatch(batch: readonly Row[], numRows: number, vectors: Float32Array): Promise<void> {
    const length = lengthFor(batch[0]?.ids.length ?? 1, this.maxLength);
    const ids = new Int32Array(numRows * length);
    batch.forEach((row, at) => ids.set(row.ids, at * length));
    const input = tensor(ids, { shape: [numRows, length] });
    const output = this.#run(this.#weights, input);
    const values = await output.data();
    input.dispose();
    output.dispose();
    const { dimension } = this;
    batch.forEach(({ place }, at) =>
      vectors.set(values.subarray(at * dimension, (at + 1) * dimension), place * dimension),
    );
  }
}

/** Encoders of texts in folders that sentence-transformers or transformers wrote. */
export const textEmbedder: {
  /**
   * Loads config.json, model.safetensors (or pytorch_model.bin) and the tokenizer of a BERT. modules.json says how tokens are
   * pooled; without it: their mean, divided by its length.
   * @throws file when something is not there; format when it is damaged or another architecture
   * @source Reimers and Gurevych 2019, Sentence-BERT; sentence-transformers
   * @example
   * const embedder = await textEmbedder.load("all-MiniLM-L6-v2");
   * const vectors = await embedder.embed(["A cat sat.", "It rains."]); // [2, 384]
   */
  load(folder: string, options?: LoadEmbedderOptions): Promise<TextEmbedder>;
} = {
  load: async (folder, options = {}) => {
    checkOptions("textEmbedder.load", options, ["pooling", "normalize", "maxLength"]);
    const config = bertConfigOf(await readTransformersConfig(folder));
    const rule = { ...(await readSentenceRule(folder)), ...options };
    const pooling = choice("textEmbedder.load", "pooling", rule.pooling, ["mean", "cls"]);
    const most = Math.min(rule.maxLength ?? config.maxPositions, config.maxPositions);
    const maxLength = integer("textEmbedder.load", "maxLength", most);
    const tokenizer = await loadTokenizer(folder);
    checkVocabulary(tokenizer, config.vocabSize, folder);
    const networkOf = cachedBy((length) => bertNetwork({ ...config, pooling, sequenceLength: length }));
    const weights = await readBertWeights(folder, networkOf(1));
    return new TextEmbedder({ tokenizer, weights, networkOf, maxLength, rule });
  },
};

function checkVocabulary({ vocabularySize, padId }: Tokenizer, vocabSize: number, folder: string): void {
  if (vocabularySize <= vocabSize && (padId === undefined || padId === 0)) return;
  throw new SinterError(
    "format",
    `"${folder}": the tokenizer has ${vocabularySize} tokens and pads with ${padId ?? "none"}, but the model has ${vocabSize} ` +
      "and passes over 0. Give the tokenizer that belongs to the model.",
    { folder },
  );
}

function cachedBy<Value>(make: (key: number) => Value): (key: number) => Value {
  const known = new Map<number, Value>();
  return (key) => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
}

/** x / max(√Σx², 1e-12), row by row. */
function divided(x: Tensor): Tensor {
  return x.div(x.square().sum([-1], { keepDims: true }).maximum(1e-24).sqrt());
}

/** The least power of two that is no less. */
function powerOver(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}

/** The least length to pad to: 8, 12, 16, 24, 32, 48, … or all places. */
function lengthFor(numTokens: number, maxLength: number): number {
  const power = Math.max(8, powerOver(numTokens));
  return Math.min(maxLength, numTokens <= (3 * power) / 4 ? (3 * power) / 4 : power);
}
