// Cuts sentences into training examples: a word and a word near it, or a word and all words near it. Which occurrences
// are kept and how wide each window is are pure functions of (seed, epoch, position).

import { philox } from "#engine/base/philox.ts";
import type { WordVocabulary } from "#learning/zoo/word2vec/vocabulary.ts";

/** The text as word numbers; words outside of the vocabulary are left out. */
export interface Corpus {
  readonly tokens: Int32Array;
  /** Where each sentence begins, and the end of the last. */
  readonly starts: readonly number[];
}

/** The sentences in numbers. */
export function encodeCorpus(sentences: Iterable<readonly string[]>, { numbers }: WordVocabulary): Corpus {
  const tokens: number[] = [];
  const starts = [0];
  for (const sentence of sentences) {
    for (const word of sentence) {
      const number = numbers.get(word);
      if (number !== undefined) tokens.push(number);
    }
    starts.push(tokens.length);
  }
  return { tokens: Int32Array.from(tokens), starts };
}

export interface ExampleOptions {
  readonly window: number;
  /** How likely an occurrence of each word is kept. */
  readonly keep: Float64Array;
  readonly seed: number;
  readonly epoch: number;
}

/** Examples that one step learns from, and how far into the text they reach. */
export interface ExampleBatch {
  /** Words to predict, [size]; -1 where there is none. */
  readonly centers: Int32Array<ArrayBuffer>;
  /** Words to predict them from, [size] or [size, 2 · window]; -1 where there is none. */
  readonly contexts: Int32Array<ArrayBuffer>;
  /** Examples that there are. */
  readonly count: number;
  /** The share of the text that lies before the end of the batch. */
  readonly progress: number;
}

/** Fourth counter word of every draw here ("w2v"). */
const domain = 0x773276;

/** A sentence after occurrences were left out. */
interface Kept {
  readonly words: readonly number[];
  /** How far each word looks, 1 to window. */
  readonly reach: readonly number[];
  /** The share of the text that lies before each word. */
  readonly progress: readonly number[];
}

function* keptSentences({ tokens, starts }: Corpus, { window, keep, seed, epoch }: ExampleOptions): Generator<Kept> {
  const key = [seed | 0, Math.floor(seed / 2 ** 32) | 0] as const;
  for (let sentence = 0; sentence + 1 < starts.length; sentence += 1) {
    const words: number[] = [];
    const reach: number[] = [];
    const progress: number[] = [];
    const end = starts[sentence + 1] ?? 0;
    for (let position = starts[sentence] ?? 0; position < end; position += 1) {
      const word = tokens[position] ?? 0;
      const [chance, width] = philox([position, epoch, 0, domain], key);
      if ((chance >>> 0) / 2 ** 32 >= (keep[word] ?? 1)) continue;
      words.push(word);
      reach.push(1 + ((width >>> 0) % window));
      progress.push(position / tokens.length);
    }
    yield { words, reach, progress };
  }
}

/** A word and those near it. */
interface Bag {
  readonly center: number;
  readonly near: readonly number[];
  readonly progress: number;
}

function* bags(corpus: Corpus, options: ExampleOptions): Generator<Bag> {
  for (const { words, reach, progress } of keptSentences(corpus, options)) {
    for (const [place, center] of words.entries()) {
      const width = reach[place] ?? 1;
      const before = words.slice(Math.max(0, place - width), place);
      const near = [...before, ...words.slice(place + 1, place + 1 + width)];
      if (near.length > 0) yield { center, near, progress: progress[place] ?? 1 };
    }
  }
}

/**
 * Pairs of a word and one near it, `size` a batch: each word in turn with every word at most its reach away.
 * @source Mikolov et al., Efficient estimation of word representations in vector space (2013), section 3.2
 */
export function* pairBatches(corpus: Corpus, size: number, options: ExampleOptions): Generator<ExampleBatch> {
  let batch = emptyBatch(size, 1);
  let filled = 0;
  for (const { center, near, progress } of bags(corpus, options)) {
    for (const context of near) {
      batch.centers[filled] = center;
      batch.contexts[filled] = context;
      filled += 1;
      if (filled < size) continue;
      yield { ...batch, count: filled, progress };
      [batch, filled] = [emptyBatch(size, 1), 0];
    }
  }
  if (filled > 0) yield { ...batch, count: filled, progress: 1 };
}

/**
 * Words with all words at most their reach away, `size` a batch.
 * @source Mikolov et al. (2013), section 3.1
 */
export function* bagBatches(corpus: Corpus, size: number, options: ExampleOptions): Generator<ExampleBatch> {
  const numContexts = 2 * options.window;
  let batch = emptyBatch(size, numContexts);
  let filled = 0;
  for (const { center, near, progress } of bags(corpus, options)) {
    batch.centers[filled] = center;
    batch.contexts.set(near, filled * numContexts);
    filled += 1;
    if (filled < size) continue;
    yield { ...batch, count: filled, progress };
    [batch, filled] = [emptyBatch(size, numContexts), 0];
  }
  if (filled > 0) yield { ...batch, count: filled, progress: 1 };
}

function emptyBatch(size: number, numContexts: number): Pick<ExampleBatch, "centers" | "contexts"> {
  return { centers: new Int32Array(size).fill(-1), contexts: new Int32Array(size * numContexts).fill(-1) };
}
