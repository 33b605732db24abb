// Words as vectors: what lies near what. Plain arrays in host memory.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer, nearest } from "#engine/base/options.ts";
import { vocabularyOf, type WordVocabulary } from "#learning/zoo/word2vec/vocabulary.ts";

/** A word, and the cosine of the angle between it and what was asked for. */
export interface SimilarWord {
  readonly word: string;
  readonly similarity: number;
}

export interface MostSimilarOptions {
  /** Words at most. Default 10. */
  readonly topN?: number;
}

/** Words to add and to subtract: king - man + woman is { positive: ["king", "woman"], negative: ["man"] }. */
export interface Analogy {
  readonly positive?: readonly string[];
  readonly negative?: readonly string[];
}

/** Vectors of words, and the questions that they answer. */
export class WordVectors {
  readonly vocabulary: WordVocabulary;
  readonly size: number;
  /** One row a word, [words, size]. */
  readonly vectors: Float32Array;
  readonly #units: Float32Array;

  constructor(vocabulary: WordVocabulary, vectors: Float32Array) {
    this.vocabulary = vocabulary;
    this.vectors = vectors;
    this.size = vectors.length / Math.max(vocabulary.words.length, 1);
    this.#units = unitRows(vectors, this.size);
  }

  /**
   * Vectors that others have learnt.
   * @param words each once
   * @param vectors one row a word, [words, size]
   * @throws shape where the numbers make no equal rows, one a word; value for a word that comes twice
   */
  static of(words: readonly string[], vectors: Float32Array): WordVectors {
    if (words.length === 0 || vectors.length === 0 || vectors.length % words.length !== 0) {
      const came = `${vectors.length} numbers for ${words.length} words`;
      throw new SinterError("shape", `wordVectors: ${came} make no rows. Give one row of equal length a word.`);
    }
    const vocabulary = vocabularyOf(
      words,
      words.map(() => 1),
    );
    if (vocabulary.numbers.size === words.length) return new WordVectors(vocabulary, vectors);
    throw new SinterError("value", "wordVectors: a word comes twice. Give each word once.");
  }

  has(word: string): boolean {
    return this.vocabulary.numbers.has(word);
  }

  /** A copy of a word's vector. @throws value for a word that is not in the vocabulary */
  vector(word: string): Float32Array {
    return rowOf(this.vectors, this.#numberOf(word), this.size).slice();
  }

  /** The cosine of the angle between two words' vectors. @throws value */
  similarity(one: string, other: string): number {
    return dot(this.#unit(one), this.#unit(other));
  }

  /**
   * The words nearest to a word, or to a sum of words, by the cosine; the words asked for are left out.
   * @throws value for a word that is not in the vocabulary
   * @source Mikolov et al., Linguistic regularities in continuous space word representations (2013), section 4
   * @example
   * vectors.mostSimilar({ positive: ["king", "woman"], negative: ["man"] }, { topN: 3 });
   */
  mostSimilar(asked: string | Analogy, options: MostSimilarOptions = {}): SimilarWord[] {
    checkOptions("mostSimilar", options, ["topN"]);
    const topN = integer("mostSimilar", "topN", options.topN ?? 10);
    const { positive = [], negative = [] } = typeof asked === "string" ? { positive: [asked] } : asked;
    if (positive.length + negative.length === 0) {
      throw new SinterError("value", "mostSimilar: no words were given. Give one, or positive and negative ones.");
    }
    const sum = new Float32Array(this.size);
    for (const word of positive) addTo(sum, this.#unit(word), 1);
    for (const word of negative) addTo(sum, this.#unit(word), -1);
    const wanted = unitRows(sum, this.size);
    const left = new Set([...positive, ...negative]);
    return this.vocabulary.words
      .map((word, number) => ({ word, similarity: dot(wanted, rowOf(this.#units, number, this.size)) }))
      .filter(({ word }) => !left.has(word))
      .toSorted((a, b) => b.similarity - a.similarity)
      .slice(0, topN);
  }

  #unit(word: string): Float32Array {
    return rowOf(this.#units, this.#numberOf(word), this.size);
  }

  #numberOf(word: string): number {
    const number = this.vocabulary.numbers.get(word);
    if (number !== undefined) return number;
    const near = nearest(word, this.vocabulary.words);
    const advice = near === undefined ? "Ask has(word) first." : `Nearest by letters is "${near}".`;
    throw new SinterError("value", `wordVectors: "${word}" is not in the vocabulary. ${advice}`, { word });
  }
}

function rowOf(rows: Float32Array, number: number, size: number): Float32Array {
  return rows.subarray(number * size, (number + 1) * size);
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index += 1) sum += (one[index] ?? 0) * (other[index] ?? 0);
  return sum;
}

function addTo(sum: Float32Array, row: Float32Array, weight: number): void {
  for (let index = 0; index < sum.length; index += 1) sum[index] = (sum[index] ?? 0) + weight * (row[index] ?? 0);
}

/** Rows divided by their lengths; rows of zeros stay. */
function unitRows(rows: Float32Array, size: number): Float32Array {
  const units = rows.slice();
  for (let start = 0; start < units.length; start += size) {
    const row = units.subarray(start, start + size);
    const length = Math.sqrt(dot(row, row));
    if (length > 0) for (let index = 0; index < size; index += 1) row[index] = (row[index] ?? 0) / length;
  }
  return units;
}
