// Strings to indices of a vocabulary, and back: Keras's StringLookup. It holds its vocabulary and no tensor.

import { SinterError } from "#engine/base/error.ts";
import { hashBucket } from "#engine/base/hash-text.ts";
import { checkOptions, choice, integer, numberWithin } from "#engine/base/options.ts";
import {
  addDocument,
  emptyCounts,
  learnVocabulary,
  lookupModes,
  placeVocabulary,
  specialTokens,
  type LookupMode,
  type TokenCounts,
  type Vocabulary,
  type VocabularyRule,
} from "#engine/base/vocabulary.ts";
import { tensor } from "#engine/tensor/create.ts";
import { encodeIndices } from "#engine/tensor/encode-indices.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

/** Strings, nested to any depth, every list as long as its neighbours. */
export type NestedStrings = string | readonly NestedStrings[];

export interface StringLookupOptions {
  /** How many indices there may be, mask and unknown ones counted. */
  readonly maxTokens?: number | null | undefined;
  /** Indices for strings that the vocabulary lacks, told apart by their hash; 1 by default. With 0 they are refused. */
  readonly numOovIndices?: number | undefined;
  /** In mode "int" the string with index 0; in others one that counts nowhere. None by default. */
  readonly maskToken?: string | null | undefined;
  /** What an unknown string is called; "[UNK]" by default. */
  readonly oovToken?: string | undefined;
  /** The strings that have an index, with mask and unknown ones first or without; else `adapt` finds them. */
  readonly vocabulary?: readonly string[] | undefined;
  /** Weights of mode "tfIdf", one for each string of the vocabulary. */
  readonly idfWeights?: readonly number[] | undefined;
  /** "int" by default. */
  readonly outputMode?: LookupMode | undefined;
  /** Whether rows have maxTokens columns, however many strings there are. */
  readonly padToMaxTokens?: boolean | undefined;
  /** Two numbers, or one for both: another hash of unknown strings for each. */
  readonly salt?: number | readonly [number, number] | undefined;
}

/** What `getConfig` gives: JSON from which `stringLookup` makes the same lookup, what it learned included. */
export interface StringLookupConfig extends StringLookupOptions {
  readonly outputMode: LookupMode;
}

export interface StringLookup {
  /**
   * Learns the vocabulary: the most frequent strings, of equal ones the larger first.
   * @param data strings, or documents as lists of strings
   * @throws state after a vocabulary was given
   */
  adapt(data: Iterable<string | readonly string[]>): void;
  /**
   * Indices in mode "int": i32, shaped as the strings. Rows otherwise: f32 [..., vocabulary], of each string in mode
   * "oneHot", of each innermost list in the others.
   * @throws state without a vocabulary; data for an unknown string when numOovIndices is 0
   */
  call(strings: NestedStrings): Tensor;
  /** The index of one string; -1 for the mask token in other modes than "int". */
  indexOf(text: string): number;
  /** The strings of indices; the unknown token for those that have none. Keras's `invert: true`. */
  invert(indices: Iterable<number>): string[];
  /** Place i holds the string with index i. */
  getVocabulary(options?: { readonly includeSpecialTokens?: boolean }): string[];
  vocabularySize(): number;
  /** Weights of mode "tfIdf", one an index. */
  getIdfWeights(): readonly number[] | undefined;
  setVocabulary(vocabulary: readonly string[], idfWeights?: readonly number[]): void;
  getConfig(): StringLookupConfig;
}

const kind = "stringLookup";

/**
 * A table from strings to indices: mask, unknown ones, then the vocabulary in its order.
 * @throws option
 * @source Keras 3.15, layers.StringLookup
 * @example
 * const lookup = stringLookup({ vocabulary: ["a", "b"] });
 * console.log(lookup.indexOf("b"));
 */
export function stringLookup(options: StringLookupOptions = {}): StringLookup {
  const rule = checkRule(options);
  const salt = checkSalt(options.salt);
  const isFixed = options.vocabulary !== undefined;
  let held: Held | undefined =
    options.vocabulary === undefined ? undefined : hold(rule, options.vocabulary, options.idfWeights);
  const current = (): Held => {
    if (held !== undefined) return held;
    throw new SinterError("state", `${kind}: it has no vocabulary yet. Call adapt or setVocabulary, or give one.`);
  };
  const indexOf = (text: string): number => indexIn(current(), text, rule, salt);
  return {
    adapt: (data) => {
      if (isFixed)
        throw new SinterError("state", `${kind}: adapt after a vocabulary was given. Leave one of both out.`);
      const { vocabulary, idfWeights } = learnVocabulary(rule, countTokens(data));
      held = hold(rule, vocabulary, idfWeights);
    },
    indexOf,
    call: (strings) => {
      const { flat, shape } = flattened(strings);
      return encode(tensor(Int32Array.from(flat, indexOf), { shape }), current().placed, rule);
    },
    invert: (indices) => Array.from(indices, (index) => stringAt(current().placed, index, rule)),
    getVocabulary: ({ includeSpecialTokens = true } = {}) =>
      includeSpecialTokens ? [...specialTokens(rule), ...current().placed.tokens] : [...current().placed.tokens],
    vocabularySize: () => current().placed.tokenStart + current().placed.tokens.length,
    getIdfWeights: () => current().placed.idfWeights,
    setVocabulary: (vocabulary, idfWeights) => {
      held = hold(rule, vocabulary, idfWeights);
    },
    getConfig: () => configOf(rule, options.salt, held),
  };
}

/** A vocabulary, and where its strings are. */
interface Held {
  readonly placed: Vocabulary<string>;
  readonly indices: ReadonlyMap<string, number>;
}

function hold(
  rule: VocabularyRule<string>,
  vocabulary: readonly string[],
  idfWeights: readonly number[] | undefined,
): Held {
  const placed = placeVocabulary(kind, rule, vocabulary, idfWeights);
  return { placed, indices: new Map(placed.tokens.map((token, index) => [token, index + placed.tokenStart])) };
}

function checkRule(options: StringLookupOptions): VocabularyRule<string> {
  checkOptions(kind, options, known);
  const { maxTokens = null, maskToken = null, oovToken = "[UNK]", padToMaxTokens = false } = options;
  if (padToMaxTokens && maxTokens === null) {
    throw new SinterError("option", `${kind}: padToMaxTokens without maxTokens. Give both.`);
  }
  options.idfWeights?.forEach((weight) => numberWithin(kind, "idfWeights", weight));
  return {
    maxTokens: maxTokens === null ? null : integer(kind, "maxTokens", maxTokens, 2),
    numOovIndices: integer(kind, "numOovIndices", options.numOovIndices ?? 1, 0),
    maskToken,
    oovToken,
    outputMode: choice(kind, "outputMode", options.outputMode ?? "int", lookupModes),
    padToMaxTokens,
    invert: false,
  };
}

const known: readonly string[] = [
  "maxTokens",
  "numOovIndices",
  "maskToken",
  "oovToken",
  "vocabulary",
  "idfWeights",
  "outputMode",
  "padToMaxTokens",
  "salt",
] satisfies (keyof StringLookupOptions)[];

type Salt = readonly [number, number] | undefined;

function checkSalt(salt: StringLookupOptions["salt"]): Salt {
  if (salt === undefined) return undefined;
  const [first, second] = typeof salt === "number" ? [salt, salt] : salt;
  return [integer(kind, "salt", first, 0), integer(kind, "salt", second, 0)];
}

function countTokens(data: Iterable<string | readonly string[]>): TokenCounts<string> {
  const total = emptyCounts<string>();
  for (const document of data) addDocument(total, typeof document === "string" ? [document] : document);
  return total;
}

function indexIn({ placed, indices }: Held, text: string, rule: VocabularyRule<string>, salt: Salt): number {
  if (text === rule.maskToken) return rule.outputMode === "int" ? 0 : -1;
  const found = indices.get(text);
  if (found !== undefined) return found;
  if (rule.numOovIndices === 0) {
    throw new SinterError(
      "data",
      `${kind}: ${JSON.stringify(text)} is not in the vocabulary. Set numOovIndices to 1.`,
      {
        text,
      },
    );
  }
  const bucket = rule.numOovIndices === 1 ? 0 : hashBucket(text, rule.numOovIndices, salt);
  return placed.oovStart + bucket;
}

function stringAt({ tokens, tokenStart }: Vocabulary<string>, index: number, rule: VocabularyRule<string>): string {
  if (index === 0 && rule.maskToken !== null) return rule.maskToken;
  return tokens[index - tokenStart] ?? rule.oovToken;
}

/** Indices as the mode has them. @param indices i32 */
function encode(indices: Tensor, { depth, idfWeights }: Vocabulary<string>, rule: VocabularyRule<string>): Tensor {
  const { outputMode } = rule;
  if (outputMode === "int") return indices;
  const rows = encodeIndices(indices, outputMode === "tfIdf" ? "count" : outputMode, depth);
  return idfWeights === undefined ? rows : rows.mul(tensor(Float32Array.from(idfWeights)));
}

interface Flattened {
  readonly flat: readonly string[];
  readonly shape: readonly number[];
}

/** @throws shape for lists of unequal length */
function flattened(strings: NestedStrings): Flattened {
  if (typeof strings === "string") return { flat: [strings], shape: [] };
  const parts = strings.map(flattened);
  const [first] = parts;
  const inner = first?.shape ?? [];
  if (parts.every(({ shape }) => shape.length === inner.length && shape.every((extent, at) => extent === inner[at]))) {
    return { flat: parts.flatMap(({ flat }) => flat), shape: [strings.length, ...inner] };
  }
  throw new SinterError("shape", `${kind}: lists of unequal length. Fill the shorter ones with the mask token.`);
}

function configOf(
  rule: VocabularyRule<string>,
  salt: StringLookupOptions["salt"],
  held: Held | undefined,
): StringLookupConfig {
  const { maxTokens, numOovIndices, maskToken, oovToken, outputMode, padToMaxTokens } = rule;
  const config = { maxTokens, numOovIndices, maskToken, oovToken, outputMode, padToMaxTokens };
  const salted = salt === undefined ? config : { ...config, salt };
  if (held === undefined) return salted;
  const { tokens, idfWeights } = held.placed;
  const vocabulary = [...specialTokens(rule), ...tokens];
  return idfWeights === undefined
    ? { ...salted, vocabulary }
    : { ...salted, vocabulary, idfWeights: idfWeights.slice(0, vocabulary.length) };
}
