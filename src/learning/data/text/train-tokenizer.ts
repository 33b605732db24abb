// Trains tokenizers from texts: byte-pair encoding over bytes or characters, and WordPiece. The result is the object of
// a Hugging Face tokenizer.json; nothing is read or written.

import { checkOptions, choice, integer } from "#engine/base/options.ts";
import { type CountedWord, learnMerges, Vocabulary } from "#learning/data/text/merges.ts";
import { byteCharacters, cleanBert, splitBert, splitGpt2, visibleBytes } from "#learning/data/text/pre-tokenize.ts";
import {
  specialTokens,
  type AddedToken,
  type TokenizerJson,
  type TokenizerStep,
} from "#learning/data/text/tokenizer-json.ts";

interface TrainTokenizerOptions {
  /** Tokens at most, special ones and the alphabet included. Default 30,000. */
  readonly vocabularySize?: number;
  /** How often a pair must occur to become a token. */
  readonly minFrequency?: number;
  /** Tokens that stand for no text, in the order of their numbers from 0. */
  readonly specialTokens?: readonly string[];
}

export interface TrainBytePairOptions extends TrainTokenizerOptions {
  /**
   * What a token is made of. "byte", the default: bytes, as GPT-2; every text can be written and comes back as it was.
   * "character": the characters of the texts; a word's last one carries `</w>`, other characters become `<unk>`.
   */
  readonly unit?: "byte" | "character";
}

export interface TrainWordPieceOptions extends TrainTokenizerOptions {
  /** Small letters without accents, as BERT's uncased models. Default true. */
  readonly lowercase?: boolean;
  /** Characters at most, the most frequent. Default 1000. */
  readonly limitAlphabet?: number;
}

const defaultSize = 30_000;
const wordEnd = "</w>";
const continuing = "##";

/**
 * A byte-pair tokenizer learned from texts. `minFrequency` is 0 by default; `specialTokens` are none for bytes and
 * ["<unk>"] for characters.
 * @returns the object of a tokenizer.json, for `tokenizer` or `JSON.stringify`
 * @throws option
 * @source Sennrich et al. (2016), section 3.2; bytes as Radford et al. (2019), section 2.2
 * @example
 * const json = trainBytePair(["the cat sat on the mat", "the dog sat"], { vocabularySize: 300 });
 */
export function trainBytePair(texts: Iterable<string>, options: TrainBytePairOptions = {}): TokenizerJson {
  const where = "trainBytePair";
  checkOptions(where, options, ["vocabularySize", "minFrequency", "specialTokens", "unit"]);
  const unit = choice(where, "unit", options.unit ?? "byte", ["byte", "character"]);
  const isByte = unit === "byte";
  const special = options.specialTokens ?? (isByte ? [] : ["<unk>"]);
  const words = isByte ? countWords(texts, (text) => splitGpt2(text).map(visibleBytes)) : countWords(texts, splitBert);
  const alphabet = isByte ? byteCharacters.toSorted() : alphabetOf(words, Number.POSITIVE_INFINITY);
  const vocabulary = startVocabulary(special, alphabet);
  const suffix = isByte ? "" : wordEnd;
  const merges = learnMerges(symbolsOf(words, vocabulary, { prefix: "", suffix }), vocabulary, {
    vocabularySize: integer(where, "vocabularySize", options.vocabularySize ?? defaultSize),
    minFrequency: integer(where, "minFrequency", options.minFrequency ?? 0, 0),
    prefix: "",
  });
  const unknown = isByte ? null : (special.find((token) => token === "<unk>" || token === "[UNK]") ?? null);
  const model = {
    type: "BPE",
    dropout: null,
    unk_token: unknown,
    continuing_subword_prefix: null,
    end_of_word_suffix: isByte ? null : suffix,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    vocab: numbered(vocabulary.tokens),
    merges,
  };
  return assemble(
    specialTokens(special),
    model,
    isByte ? byteSteps : { pre_tokenizer: bertSplit, decoder: { type: "BPEDecoder", suffix } },
  );
}

/**
 * A WordPiece tokenizer learned from texts, as BERT's: `minFrequency` is 2 by default, `specialTokens` are [PAD], [UNK],
 * [CLS], [SEP], [MASK]. Encoding puts [CLS] before a text and [SEP] after it, where both are there.
 * @returns the object of a tokenizer.json, for `tokenizer` or `JSON.stringify`
 * @throws option
 * @source Hugging Face tokenizers, WordPieceTrainer: byte-pair merges over characters, of which all but a word's first
 * carry ##
 * @example
 * const json = trainWordPiece(["the cat sat on the mat", "the dog sat"], { vocabularySize: 100 });
 */
export function trainWordPiece(texts: Iterable<string>, options: TrainWordPieceOptions = {}): TokenizerJson {
  const where = "trainWordPiece";
  const known = ["vocabularySize", "minFrequency", "specialTokens", "lowercase", "limitAlphabet"];
  checkOptions(where, options, known);
  const special = options.specialTokens ?? bertSpecial;
  const lowercase = options.lowercase ?? true;
  const words = countWords(texts, (text) => splitBert(cleanBert(text, { lowercase })));
  const limit = integer(where, "limitAlphabet", options.limitAlphabet ?? 1000);
  const vocabulary = startVocabulary(special, alphabetOf(words, limit));
  learnMerges(symbolsOf(words, vocabulary, { prefix: continuing, suffix: "" }), vocabulary, {
    vocabularySize: integer(where, "vocabularySize", options.vocabularySize ?? defaultSize),
    minFrequency: integer(where, "minFrequency", options.minFrequency ?? 2, 0),
    prefix: continuing,
  });
  return wordPiece(special, vocabulary.tokens, lowercase);
}

/** BERT's names of what stands for no text. */
const bertSpecial: readonly string[] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

/** BERT's tokenizer with these tokens, numbered from 0. */
export function wordPieceJson(tokens: readonly string[], lowercase: boolean): TokenizerJson {
  const special = bertSpecial.filter((token) => tokens.includes(token));
  return wordPiece(special, tokens, lowercase);
}

function wordPiece(special: readonly string[], tokens: readonly string[], lowercase: boolean): TokenizerJson {
  const model = {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: continuing,
    max_input_chars_per_word: 100,
    vocab: numbered(tokens),
  };
  const idOf = (token: string): number => tokens.indexOf(token);
  return assemble(specialTokens(special, special.map(idOf)), model, {
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase,
    },
    pre_tokenizer: bertSplit,
    post_processor: bertFrame(idOf),
    decoder: { type: "WordPiece", prefix: continuing, cleanup: true },
  });
}

const bertSplit: TokenizerStep = { type: "BertPreTokenizer" };
const byteLevel: TokenizerStep = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
const byteSteps: Partial<TokenizerJson> = { pre_tokenizer: byteLevel, post_processor: byteLevel, decoder: byteLevel };

/** [CLS] text [SEP], where the tokenizer has both. */
function bertFrame(idOf: (token: string) => number): TokenizerStep | null {
  const [start, end] = [idOf("[CLS]"), idOf("[SEP]")];
  return start < 0 || end < 0 ? null : { type: "BertProcessing", sep: ["[SEP]", end], cls: ["[CLS]", start] };
}

function assemble(special: readonly AddedToken[], model: TokenizerStep, steps: Partial<TokenizerJson>): TokenizerJson {
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special,
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    ...steps,
    model,
  };
}

/** How often each word occurs, in the order in which words come. */
function countWords(texts: Iterable<string>, split: (text: string) => readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of split(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** The characters of the words in code point order; the most frequent, where there are more than `limit`. */
function alphabetOf(words: ReadonlyMap<string, number>, limit: number): string[] {
  const counts = new Map<string, number>();
  for (const [word, count] of words) for (const letter of word) counts.set(letter, (counts.get(letter) ?? 0) + count);
  const codeOf = (letter: string): number => letter.codePointAt(0) ?? 0;
  const byCount = [...counts].toSorted(([a, m], [b, n]) => n - m || codeOf(a) - codeOf(b));
  const kept = byCount.slice(0, Math.min(limit, byCount.length)).map(([letter]) => letter);
  return kept.toSorted((a, b) => codeOf(a) - codeOf(b));
}

function startVocabulary(special: readonly string[], alphabet: readonly string[]): Vocabulary {
  const vocabulary = new Vocabulary();
  for (const token of [...special, ...alphabet]) vocabulary.add(token);
  return vocabulary;
}

/** Words as the numbers of their characters; characters outside of the alphabet are left out. */
function symbolsOf(
  words: ReadonlyMap<string, number>,
  vocabulary: Vocabulary,
  { prefix, suffix }: { readonly prefix: string; readonly suffix: string },
): CountedWord[] {
  return Array.from(words, ([word, count]) => {
    const letters = Array.from(word);
    const symbols = letters.flatMap((letter, index) => {
      if (vocabulary.idOf(letter) === undefined) return [];
      return vocabulary.add((index > 0 ? prefix : "") + letter + (index === letters.length - 1 ? suffix : ""));
    });
    return { symbols, count };
  });
}

function numbered(tokens: readonly string[]): Record<string, number> {
  return Object.fromEntries(tokens.map((token, id) => [token, id]));
}
