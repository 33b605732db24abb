// Learns byte-pair merges: the most frequent pair of neighbouring symbols becomes one symbol, again and again. Knows
// words as symbol numbers only; texts, alphabets and files are others' work.

/** The vocabulary so far: tokens and their numbers. */
export class Vocabulary {
  readonly tokens: string[] = [];
  readonly #ids = new Map<string, number>();

  /** The number of a token, which is added when it is new. */
  add(token: string): number {
    const known = this.#ids.get(token);
    if (known !== undefined) return known;
    this.tokens.push(token);
    this.#ids.set(token, this.tokens.length - 1);
    return this.tokens.length - 1;
  }

  idOf(token: string): number | undefined {
    return this.#ids.get(token);
  }

  get size(): number {
    return this.tokens.length;
  }
}

/** A word as symbol numbers, and how often it occurs. */
export interface CountedWord {
  symbols: number[];
  readonly count: number;
}

export interface MergeOptions {
  /** Merging ends when the vocabulary has this many tokens. */
  readonly vocabularySize: number;
  /** Pairs that occur less often are not merged. */
  readonly minFrequency: number;
  /** What tokens inside a word begin with; the merged token has it once. */
  readonly prefix: string;
}

/** A pair of symbols as one number, ordered as the pairs are. */
type Pair = number;
const pairBase = 2 ** 26;

interface Candidate {
  readonly pair: Pair;
  readonly count: number;
  /** Words in which it may be found. */
  readonly words: ReadonlySet<number>;
}

/**
 * Merges in the order in which they were learned; adds their tokens to the vocabulary and rewrites the words. Of pairs
 * that occur equally often, the one with the lower numbers comes first.
 * @source Sennrich et al., Neural machine translation of rare words with subword units (2016), algorithm 1; order and
 * ties as Hugging Face tokenizers, BpeTrainer
 */
export function learnMerges(
  words: readonly CountedWord[],
  vocabulary: Vocabulary,
  { vocabularySize, minFrequency, prefix }: MergeOptions,
): (readonly [left: string, right: string])[] {
  const counts = new Map<Pair, number>();
  const queue = new CandidateQueue();
  pushAll(queue, counts, countPairs(words, counts));
  // A pair may be merged twice, where two ways lead to one token; its last place counts.
  const merges = new Map<Pair, readonly [string, string]>();
  while (vocabulary.size < vocabularySize) {
    const top = queue.pop();
    if (top === undefined) break;
    const count = counts.get(top.pair) ?? 0;
    if (top.count !== count) {
      queue.push({ ...top, count });
      continue;
    }
    if (count < Math.max(minFrequency, 1)) break;
    const [left, right] = [Math.floor(top.pair / pairBase), top.pair % pairBase];
    const parts = [vocabulary.tokens[left] ?? "", vocabulary.tokens[right] ?? ""] as const;
    const tail = prefix !== "" && parts[1].startsWith(prefix) ? parts[1].slice(prefix.length) : parts[1];
    const merged = vocabulary.add(parts[0] + tail);
    merges.delete(top.pair);
    merges.set(top.pair, parts);
    pushAll(queue, counts, mergeInWords(words, top, { left, right, merged, counts }));
  }
  return [...merges.values()];
}

/** Counts all neighbours; gives the words that hold each pair. */
function countPairs(words: readonly CountedWord[], counts: Map<Pair, number>): Map<Pair, Set<number>> {
  const places = new Map<Pair, Set<number>>();
  words.forEach(({ symbols, count }, number) => {
    for (let index = 0; index + 1 < symbols.length; index += 1) {
      const pair = pairOf(symbols[index], symbols[index + 1]);
      counts.set(pair, (counts.get(pair) ?? 0) + count);
      addTo(places, pair, number);
    }
  });
  return places;
}

function pushAll(
  queue: CandidateQueue,
  counts: ReadonlyMap<Pair, number>,
  places: ReadonlyMap<Pair, ReadonlySet<number>>,
): void {
  for (const [pair, words] of places) {
    const count = counts.get(pair) ?? 0;
    if (count > 0) queue.push({ pair, count, words });
  }
}

interface Merge {
  readonly left: number;
  readonly right: number;
  readonly merged: number;
  readonly counts: Map<Pair, number>;
}

/** Rewrites the words of a pair; gives the words that hold each pair that came to be. */
function mergeInWords(
  words: readonly CountedWord[],
  { words: numbers }: Candidate,
  { left, right, merged, counts }: Merge,
): Map<Pair, Set<number>> {
  const places = new Map<Pair, Set<number>>();
  for (const number of numbers) {
    const word = words[number];
    if (word === undefined) continue;
    const change = (pair: Pair, sign: number): void => {
      counts.set(pair, (counts.get(pair) ?? 0) + sign * word.count);
      if (sign > 0) addTo(places, pair, number);
    };
    const next: number[] = [];
    for (let index = 0; index < word.symbols.length; index += 1) {
      if (word.symbols[index] !== left || word.symbols[index + 1] !== right) {
        next.push(word.symbols[index] ?? 0);
        continue;
      }
      const before = next[next.length - 1];
      const after = word.symbols[index + 2];
      if (before !== undefined) {
        change(pairOf(before, left), -1);
        change(pairOf(before, merged), 1);
      }
      if (after !== undefined) {
        change(pairOf(right, after), -1);
        change(pairOf(merged, after), 1);
      }
      next.push(merged);
      index += 1;
    }
    word.symbols = next;
  }
  return places;
}

function pairOf(left = 0, right = 0): Pair {
  return left * pairBase + right;
}

function addTo(places: Map<Pair, Set<number>>, pair: Pair, word: number): void {
  const known = places.get(pair);
  if (known === undefined) places.set(pair, new Set([word]));
  else known.add(word);
}

/** A heap: the most frequent first, then the lowest pair. */
class CandidateQueue {
  readonly #heap: Candidate[] = [];

  push(candidate: Candidate): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(candidate);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(candidate, parent)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = candidate;
  }

  pop(): Candidate | undefined {
    const heap = this.#heap;
    const [top] = heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return top;
    let place = 0;
    for (;;) {
      let below = place * 2 + 1;
      const [first, second] = [heap[below], heap[below + 1]];
      if (first !== undefined && second !== undefined && isBefore(second, first)) below += 1;
      const child = heap[below];
      if (child === undefined || !isBefore(child, last)) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = last;
    return top;
  }
}

function isBefore(one: Candidate, other: Candidate): boolean {
  return one.count === other.count ? one.pair < other.pair : one.count > other.count;
}
