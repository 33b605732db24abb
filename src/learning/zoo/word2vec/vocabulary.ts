// The words that a Word2Vec learns, and how often each is kept and drawn as noise. Pure functions of counts.

import { SinterError } from "#engine/base/error.ts";

/** Words by number, the most frequent first. */
export interface WordVocabulary {
  readonly words: readonly string[];
  readonly counts: readonly number[];
  readonly numbers: ReadonlyMap<string, number>;
  /** Occurrences of all words here together. */
  readonly total: number;
}

/** A vocabulary of words in the order given. */
export function vocabularyOf(words: readonly string[], counts: readonly number[]): WordVocabulary {
  const numbers = new Map(words.map((word, number) => [word, number]));
  return { words, counts, numbers, total: counts.reduce((sum, count) => sum + count, 0) };
}

/**
 * The words that occur at least `minCount` times.
 * @throws data when there are none
 */
export function countVocabulary(sentences: Iterable<readonly string[]>, minCount: number): WordVocabulary {
  const found = new Map<string, number>();
  for (const sentence of sentences) for (const word of sentence) found.set(word, (found.get(word) ?? 0) + 1);
  const kept = [...found].filter(([, count]) => count >= minCount);
  if (kept.length === 0) {
    throw new SinterError(
      "data",
      `word2Vec: no word of ${found.size} occurs ${minCount} times. Give more text, or a smaller minCount.`,
      { numWords: found.size, minCount },
    );
  }
  kept.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return vocabularyOf(
    kept.map(([word]) => word),
    kept.map(([, count]) => count),
  );
}

/**
 * How likely each occurrence of a word is kept: min(1, (√(f / t) + 1) · t / f) for a word's share f of the text.
 * @param sample t; 0 keeps all
 * @source Mikolov's word2vec.c, and gensim 4; Mikolov et al., Distributed representations (2013), section 2.3, has √(t / f)
 */
export function keepProbabilities({ counts, total }: WordVocabulary, sample: number): Float64Array<ArrayBuffer> {
  return Float64Array.from(counts, (count) => {
    if (sample <= 0) return 1;
    const ratio = count / (sample * total);
    return Math.min(1, (Math.sqrt(ratio) + 1) / ratio);
  });
}

/** A distribution that is drawn from in two steps: a slot evenly, then the slot's own number or its alias. */
export interface AliasTable {
  /** How likely a slot's own number is taken, f32 [slots]. */
  readonly own: Float32Array<ArrayBuffer>;
  readonly alias: Int32Array<ArrayBuffer>;
}

/**
 * Draws words as noise with probabilities proportional to count ^ exponent.
 * @source Mikolov et al. (2013), section 2.2, exponent 3/4; Vose, A linear algorithm for generating random numbers with a
 * given distribution (1991)
 */
export function noiseTable({ counts }: WordVocabulary, exponent: number): AliasTable {
  const size = counts.length;
  const left = sharesOf(counts.map((count) => count ** exponent)).map((share) => share * size);
  const own = new Float32Array(size).fill(1);
  const alias = Int32Array.from({ length: size }, (_, slot) => slot);
  const small: number[] = [];
  const large: number[] = [];
  left.forEach((height, slot) => (height < 1 ? small : large).push(slot));
  for (;;) {
    const [low, high] = [small.pop(), large.pop()];
    if (low === undefined || high === undefined) break;
    const height = left[low] ?? 1;
    own[low] = height;
    alias[low] = high;
    left[high] = (left[high] ?? 1) - (1 - height);
    ((left[high] ?? 1) < 1 ? small : large).push(high);
  }
  return { own, alias };
}

/** Examples of a step at least and at most. */
const batchLimits = [16, 2048] as const;
/** What the learning rates of all changes of one row in one step sum to at most: beyond 2 or so it overshoots. */
const mostChange = 1;

/** How examples are made, as far as it says how often a word is in one. */
export interface BatchOptions {
  readonly mode: "cbow" | "skipGram";
  readonly window: number;
  readonly negative: number;
  readonly nsExponent: number;
  readonly alpha: number;
}

/**
 * Examples that one step may learn from. All of a step see the vectors of before it, where one after another would each
 * see the last, so that the changes of the word that comes most often must not add up to too much.
 */
export function batchSizeOf({ counts }: WordVocabulary, keep: Float64Array, options: BatchOptions): number {
  const { mode, window, negative, nsExponent, alpha } = options;
  const kept = sharesOf(counts.map((count, word) => count * (keep[word] ?? 1)));
  const noise = sharesOf(counts.map((count) => count ** nsExponent));
  const asContext = mode === "cbow" ? window + 1 : 1;
  const changes = kept.map((share, word) => Math.max(share * asContext, share + negative * (noise[word] ?? 0)));
  const most = changes.reduce((larger, one) => Math.max(larger, one), 0);
  const size = Math.floor(mostChange / Math.max(alpha * most, 1e-9) / 16) * 16;
  return Math.min(batchLimits[1], Math.max(batchLimits[0], size));
}

function sharesOf(parts: readonly number[]): number[] {
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
}
