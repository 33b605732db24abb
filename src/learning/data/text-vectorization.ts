// Texts to rows of numbers: Keras's TextVectorization. Standardizes, splits, makes n-grams and looks them up.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, integer } from "#engine/base/options.ts";
import type { LookupMode } from "#engine/base/vocabulary.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { stringLookup, type StringLookup } from "#learning/data/string-lookup.ts";

/** How a text is changed before it is split: only letters A to Z become small, only ASCII punctuation goes. */
export type Standardize = "lowerAndStripPunctuation" | "lower" | "stripPunctuation";

/** Where a text is cut: at ASCII white space, or after every character. */
export type SplitText = "whitespace" | "character";

export interface TextVectorizationOptions {
  /** How many indices there may be, padding and unknown ones counted. */
  readonly maxTokens?: number | null | undefined;
  /** "lowerAndStripPunctuation" by default; null changes nothing. */
  readonly standardize?: Standardize | ((text: string) => string) | null | undefined;
  /** "whitespace" by default; null takes each text as one token. */
  readonly split?: SplitText | ((text: string) => readonly string[]) | null | undefined;
  /** Rows of so many tokens become tokens too: n for 1 to n, or a list of numbers, whose order the tokens have. */
  readonly ngrams?: number | readonly number[] | null | undefined;
  /** "int" by default. */
  readonly outputMode?: LookupMode | undefined;
  /** Of mode "int": rows are cut or padded to it; else padded to the longest. */
  readonly outputSequenceLength?: number | null | undefined;
  /** Whether rows of other modes have maxTokens columns, however many tokens there are. */
  readonly padToMaxTokens?: boolean | undefined;
  /** Else `adapt` finds it. */
  readonly vocabulary?: readonly string[] | undefined;
  readonly idfWeights?: readonly number[] | undefined;
}

export interface TextVectorization {
  /** Learns the vocabulary from texts. @throws state after a vocabulary was given */
  adapt(texts: Iterable<string>): void;
  /**
   * i32 [texts, length] in mode "int", 0 padding, 1 unknown; f32 [texts, vocabulary] in the others.
   * @throws state without a vocabulary
   */
  call(texts: readonly string[]): Tensor;
  /** The tokens of a text, in the order in which they are looked up. */
  tokensOf(text: string): string[];
  /** Place i holds the token with index i. */
  getVocabulary(options?: { readonly includeSpecialTokens?: boolean }): string[];
  vocabularySize(): number;
  setVocabulary(vocabulary: readonly string[], idfWeights?: readonly number[]): void;
  /** JSON from which `textVectorization` makes the same, what it learned included. @throws state for functions */
  getConfig(): TextVectorizationOptions;
}

const kind = "textVectorization";

/**
 * Texts as rows of indices, of zeros and ones, of counts or of weights.
 * @throws option
 * @source Keras 3.15, layers.TextVectorization
 * @example
 * const vectorize = textVectorization({ outputSequenceLength: 4 });
 * vectorize.adapt(["the cat sat", "the dog"]);
 * console.log(vectorize.getVocabulary(), await vectorize.call(["the cat ran"]).data());
 */
export function textVectorization(options: TextVectorizationOptions = {}): TextVectorization {
  const rule = checkText(options);
  const { maxTokens, padToMaxTokens, vocabulary, idfWeights } = options;
  const { outputMode } = rule;
  const lookup = stringLookup({ maskToken: "", maxTokens, padToMaxTokens, vocabulary, idfWeights, outputMode });
  const tokensOf = (text: string): string[] => {
    const words = splitText(standardizeText(text, rule.standardize), rule.split);
    return rule.ngrams === null ? words : rule.ngrams.flatMap((width) => ngramsOf(words, width));
  };
  return {
    adapt: (texts) => lookup.adapt(tokenLists(texts, tokensOf)),
    call: (texts) => {
      const lists = texts.map(tokensOf);
      return outputMode === "int" ? padded(lists, lookup, rule.outputSequenceLength) : rowsOf(lists, lookup);
    },
    tokensOf,
    getVocabulary: (which) => lookup.getVocabulary(which),
    vocabularySize: () => lookup.vocabularySize(),
    setVocabulary: (tokens, weights) => lookup.setVocabulary(tokens, weights),
    getConfig: () => configOf(rule, lookup),
  };
}

function* tokenLists(texts: Iterable<string>, tokensOf: (text: string) => string[]): Generator<string[]> {
  for (const text of texts) yield tokensOf(text);
}

interface TextRule {
  readonly standardize: Standardize | ((text: string) => string) | null;
  readonly split: SplitText | ((text: string) => readonly string[]) | null;
  /** Widths in their order. */
  readonly ngrams: readonly number[] | null;
  readonly outputMode: LookupMode;
  readonly outputSequenceLength: number | null;
}

const known: readonly string[] = [
  "maxTokens",
  "standardize",
  "split",
  "ngrams",
  "outputMode",
  "outputSequenceLength",
  "padToMaxTokens",
  "vocabulary",
  "idfWeights",
] satisfies (keyof TextVectorizationOptions)[];

function checkText(options: TextVectorizationOptions): TextRule {
  checkOptions(kind, options, known);
  const { standardize = "lowerAndStripPunctuation", split = "whitespace", ngrams = null } = options;
  const { outputMode = "int", outputSequenceLength = null } = options;
  const changes = ["lowerAndStripPunctuation", "lower", "stripPunctuation"] as const;
  if (outputSequenceLength !== null && outputMode !== "int") {
    throw new SinterError("option", `${kind}: outputSequenceLength with outputMode "${outputMode}". It is of "int".`);
  }
  const width = (one: number): number => integer(kind, "ngrams", one);
  return {
    standardize:
      standardize === null || typeof standardize === "function"
        ? standardize
        : choice(kind, "standardize", standardize, changes),
    split:
      split === null || typeof split === "function" ? split : choice(kind, "split", split, ["whitespace", "character"]),
    ngrams:
      typeof ngrams === "number"
        ? Array.from({ length: width(ngrams) }, (_, index) => index + 1)
        : (ngrams?.map(width) ?? null),
    outputMode,
    outputSequenceLength:
      outputSequenceLength === null ? null : integer(kind, "outputSequenceLength", outputSequenceLength),
  };
}

/** Letters and punctuation of ASCII alone, as TensorFlow has it. */
function standardizeText(text: string, standardize: TextRule["standardize"]): string {
  if (standardize === null) return text;
  if (typeof standardize === "function") return standardize(text);
  const isLowered = standardize !== "stripPunctuation";
  const lowered = isLowered ? text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
  return standardize === "lower" ? lowered : lowered.replaceAll(/[!-/:-@[-`{-~]/g, "");
}

function splitText(text: string, split: TextRule["split"]): string[] {
  if (split === null) return [text];
  if (typeof split === "function") return [...split(text)];
  if (split === "character") return Array.from(text);
  return text.split(/[ \t\n\v\f\r]+/).filter((word) => word !== "");
}

/** Every `width` neighbours, joined by blanks. */
function ngramsOf(words: readonly string[], width: number): string[] {
  const count = Math.max(0, words.length - width + 1);
  return Array.from({ length: count }, (_, first) => words.slice(first, first + width).join(" "));
}

/** i32 [texts, length] */
function padded(lists: readonly (readonly string[])[], lookup: StringLookup, sequenceLength: number | null): Tensor {
  const length = sequenceLength ?? lists.reduce((longest, list) => Math.max(longest, list.length), 0);
  const indices = new Int32Array(lists.length * length);
  lists.forEach((list, row) => {
    list.slice(0, length).forEach((token, column) => {
      indices[row * length + column] = lookup.indexOf(token);
    });
  });
  return tensor(indices, { shape: [lists.length, length] });
}

/** f32 [texts, vocabulary]: shorter lists are filled with padding, which counts nowhere. */
function rowsOf(lists: readonly (readonly string[])[], lookup: StringLookup): Tensor {
  const longest = lists.reduce((most, list) => Math.max(most, list.length), 1);
  return lookup.call(lists.map((list) => [...list, ...Array.from({ length: longest - list.length }, () => "")]));
}

function configOf(rule: TextRule, lookup: StringLookup): TextVectorizationOptions {
  const { standardize, split, ngrams, outputMode, outputSequenceLength } = rule;
  if (typeof standardize === "function" || typeof split === "function") {
    throw new SinterError("state", `${kind}: functions are no JSON. Keep standardize and split in code.`);
  }
  const { maxTokens, padToMaxTokens, vocabulary, idfWeights } = lookup.getConfig();
  return {
    maxTokens,
    standardize,
    split,
    ngrams,
    outputMode,
    outputSequenceLength,
    padToMaxTokens,
    ...(vocabulary === undefined ? {} : { vocabulary }),
    ...(idfWeights === undefined ? {} : { idfWeights }),
  };
}
