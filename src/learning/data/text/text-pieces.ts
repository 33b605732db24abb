// Tokens as they are made become pieces of text: no half characters, and nothing that may turn out to be a stop word.

import { SinterError } from "#engine/base/error.ts";

/** What is used of a tokenizer. */
export interface Decoder {
  decode(ids: ArrayLike<number>): string;
}

export interface TextPiecesOptions {
  /** The tokens before: whether a word begins with a blank may depend on them. None by default. */
  readonly before?: ArrayLike<number>;
  /** The text ends before any of these; they are not part of it. */
  readonly stop?: string | readonly string[];
}

/** What a byte of an unfinished character decodes to. */
const unfinished = "\uFFFD";

/** Tokens before the new ones that are decoded with them: a character has four bytes at most. */
const numContext = 5;

/**
 * The text of tokens, piece by piece, each as soon as it is certain.
 * @param tokens such as `generateTokens` gives
 * @param words the tokenizer
 * @throws option for a stop word without letters
 * @example
 * for await (const piece of textPieces(generateTokens(step, ids, { maxNewTokens: 50 }), words, { before: ids, stop: "\n" })) write(piece);
 */
export async function* textPieces(
  tokens: AsyncIterable<number>,
  words: Decoder,
  { before = [], stop = [] }: TextPiecesOptions = {},
): AsyncGenerator<string, void, undefined> {
  const stops = stopWords(stop);
  const text = new GrowingText(words, Array.from(before));
  let waiting = "";
  for await (const id of tokens) {
    waiting += text.add(id);
    const end = firstStop(waiting, stops);
    if (end >= 0) {
      if (end > 0) yield waiting.slice(0, end);
      return;
    }
    const sure = waiting.length - possibleStop(waiting, stops);
    if (sure === 0) continue;
    yield waiting.slice(0, sure);
    waiting = waiting.slice(sure);
  }
  waiting += text.rest();
  const end = firstStop(waiting, stops);
  const last = end < 0 ? waiting : waiting.slice(0, end);
  if (last !== "") yield last;
}

/** @throws option */
export function stopWords(stop: string | readonly string[]): readonly string[] {
  const stops = typeof stop === "string" ? [stop] : stop;
  if (stops.every((word) => typeof word === "string" && word !== "")) return stops;
  throw new SinterError("option", "generate: a stop word is empty. Leave it out.", { stop });
}

/** The text of tokens, where only a few of the last are decoded again. */
class GrowingText {
  readonly #words: Decoder;
  readonly #ids: number[];
  /** What is decoded again begins here; what was given ends at `#read`. */
  #start: number;
  #read: number;

  constructor(words: Decoder, before: readonly number[]) {
    this.#words = words;
    this.#ids = before.slice(-numContext);
    this.#start = 0;
    this.#read = this.#ids.length;
  }

  /** What one more token adds that is certain: nothing while a character is not whole. */
  add(id: number): string {
    this.#ids.push(id);
    const { known, all } = this.#texts();
    if (all.endsWith(unfinished) || all.length <= known.length) return "";
    this.#start = this.#read;
    this.#read = this.#ids.length;
    return all.slice(known.length);
  }

  /** What is left when no more tokens come. */
  rest(): string {
    const { known, all } = this.#texts();
    return all.slice(known.length);
  }

  #texts(): { readonly known: string; readonly all: string } {
    return {
      known: this.#words.decode(this.#ids.slice(this.#start, this.#read)),
      all: this.#words.decode(this.#ids.slice(this.#start)),
    };
  }
}

/** Where the first stop word begins; -1 where there is none. */
function firstStop(text: string, stops: readonly string[]): number {
  const places = stops.map((stop) => text.indexOf(stop)).filter((place) => place >= 0);
  return places.length === 0 ? -1 : Math.min(...places);
}

/** How many of the last letters may begin a stop word. */
function possibleStop(text: string, stops: readonly string[]): number {
  const longest = stops.reduce((most, { length }) => Math.max(most, length - 1), 0);
  for (let count = Math.min(longest, text.length); count > 0; count -= 1) {
    if (stops.some((stop) => stop.startsWith(text.slice(-count)))) return count;
  }
  return 0;
}
