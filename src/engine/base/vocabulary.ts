// Vocabularies as Keras keeps them: which index means which token, how one is learned, what its terms weigh. Tokens are
// strings or integers; nothing here knows a tensor.

import { SinterError } from "./error.ts";

/** What a lookup gives: indices, or a row over the vocabulary for each token or sample. */
export const lookupModes = ["int", "oneHot", "multiHot", "count", "tfIdf"] as const;
export type LookupMode = (typeof lookupModes)[number];

/** How the indices are laid out: mask (0, mode "int" only), unknown tokens, then the vocabulary. */
export interface VocabularyRule<Token> {
  /** Of the whole, mask and unknown ones counted. */
  readonly maxTokens: number | null;
  readonly numOovIndices: number;
  readonly maskToken: Token | null;
  readonly oovToken: Token;
  readonly outputMode: LookupMode;
  readonly padToMaxTokens: boolean;
  readonly invert: boolean;
}

/** A vocabulary in its place. */
export interface Vocabulary<Token> {
  /** Without mask and unknown ones. */
  readonly tokens: readonly Token[];
  /** Index of the first unknown token. */
  readonly oovStart: number;
  /** Index of `tokens[0]`. */
  readonly tokenStart: number;
  /** Length of a row: all indices, or maxTokens where rows are padded. */
  readonly depth: number;
  /** Of each index, in mode "tfIdf". */
  readonly idfWeights: readonly number[] | undefined;
}

/** Index of the first unknown token. */
function oovStartOf<Token>({ maskToken, outputMode }: VocabularyRule<Token>): number {
  return maskToken !== null && outputMode === "int" ? 1 : 0;
}

/** Index of the vocabulary's first token. */
export function tokenStartOf<Token>(rule: VocabularyRule<Token>): number {
  return oovStartOf(rule) + rule.numOovIndices;
}

/** The tokens before the vocabulary: as many masks and unknown ones as there are indices for them. */
export function specialTokens<Token>(rule: VocabularyRule<Token>): Token[] {
  const { maskToken, oovToken, numOovIndices } = rule;
  const masks = maskToken === null || oovStartOf(rule) === 0 ? [] : [maskToken];
  return [...masks, ...Array.from({ length: numOovIndices }, () => oovToken)];
}

/**
 * A vocabulary that was given, with its mask and unknown tokens at the start or without.
 * @throws option for one that is empty, repeats a token, holds a reserved one or is too large; for missing idfWeights
 * @source Keras 3.15, IndexLookup.set_vocabulary
 */
export function placeVocabulary<Token>(
  where: string,
  rule: VocabularyRule<Token>,
  vocabulary: readonly Token[],
  idfWeights: readonly number[] | undefined,
): Vocabulary<Token> {
  const special = specialTokens(rule);
  const isWhole = special.length <= vocabulary.length && special.every((token, index) => token === vocabulary[index]);
  const tokens = isWhole ? vocabulary.slice(special.length) : [...vocabulary];
  checkTokens(where, rule, tokens);
  const tokenStart = special.length;
  const size = tokenStart + tokens.length;
  const { maxTokens, padToMaxTokens } = rule;
  if (maxTokens !== null && size > maxTokens) {
    throw new SinterError(
      "option",
      `${where}: ${size} indices are more than maxTokens ${maxTokens}. Give at most ${maxTokens - tokenStart} tokens.`,
      { size, maxTokens },
    );
  }
  const depth = padToMaxTokens && maxTokens !== null ? maxTokens : size;
  const weights = placeWeights(where, rule, { count: vocabulary.length, isWhole, depth }, idfWeights);
  return { tokens, oovStart: oovStartOf(rule), tokenStart, depth, idfWeights: weights };
}

function checkTokens<Token>(where: string, rule: VocabularyRule<Token>, tokens: readonly Token[]): void {
  const fail = (message: string): never => {
    throw new SinterError("option", `${where}: ${message}`);
  };
  if (tokens.length === 0) fail("the vocabulary is empty. Give tokens, or adapt to data that has some.");
  const seen = new Set<Token>();
  const repeated = tokens.find((token) => seen.has(token) || !seen.add(token));
  if (repeated !== undefined) fail(`the vocabulary has ${JSON.stringify(repeated)} twice. Leave one out.`);
  const { maskToken, oovToken, invert } = rule;
  const reserved = [...(maskToken === null ? [] : [maskToken]), ...(invert ? [oovToken] : [])];
  const found = reserved.find((token) => tokens.includes(token));
  if (found !== undefined) {
    fail(
      `the vocabulary holds the reserved token ${JSON.stringify(found)}. Leave mask and unknown tokens out, or begin with all of them.`,
    );
  }
}

interface WeightPlaces {
  /** Tokens that were given. */
  readonly count: number;
  /** Whether mask and unknown tokens were among them. */
  readonly isWhole: boolean;
  readonly depth: number;
}

/** Unknown tokens weigh the mean, padding nothing. */
function placeWeights<Token>(
  where: string,
  rule: VocabularyRule<Token>,
  { count, isWhole, depth }: WeightPlaces,
  idfWeights: readonly number[] | undefined,
): readonly number[] | undefined {
  if ((rule.outputMode === "tfIdf") !== (idfWeights !== undefined)) {
    const advice = idfWeights === undefined ? "Give one number a token, or adapt." : 'They are of outputMode "tfIdf".';
    throw new SinterError("option", `${where}: idfWeights with outputMode "${rule.outputMode}". ${advice}`);
  }
  if (idfWeights === undefined) return undefined;
  if (idfWeights.length !== count) {
    throw new SinterError(
      "option",
      `${where}: ${idfWeights.length} idfWeights for ${count} tokens. Give one a token.`,
      {
        count: idfWeights.length,
        expected: count,
      },
    );
  }
  const mean = idfWeights.reduce((sum, weight) => sum + weight, 0) / idfWeights.length;
  const front = isWhole ? [] : Array.from({ length: tokenStartOf(rule) }, () => mean);
  const weights = [...front, ...idfWeights];
  return [...weights, ...Array.from({ length: depth - weights.length }, () => 0)];
}

/** What was counted of data. */
export interface TokenCounts<Token> {
  /** How often each token occurs. */
  readonly counts: Map<Token, number>;
  /** In how many documents. */
  readonly documents: Map<Token, number>;
  numDocuments: number;
}

export function emptyCounts<Token>(): TokenCounts<Token> {
  return { counts: new Map(), documents: new Map(), numDocuments: 0 };
}

/** Counts the tokens of one document. */
export function addDocument<Token>(total: TokenCounts<Token>, tokens: Iterable<Token>): void {
  const found = new Set<Token>();
  for (const token of tokens) {
    total.counts.set(token, (total.counts.get(token) ?? 0) + 1);
    found.add(token);
  }
  for (const token of found) total.documents.set(token, (total.documents.get(token) ?? 0) + 1);
  total.numDocuments += 1;
}

/** A vocabulary from data; weights for mode "tfIdf", one a token. */
export interface LearnedVocabulary<Token> {
  readonly vocabulary: readonly Token[];
  readonly idfWeights?: readonly number[];
}

/**
 * The most frequent tokens, of equal ones the larger first: log(1 + documents / (1 + documents with the token)) is a
 * token's weight.
 * @source Keras 3.15, IndexLookup.finalize_state
 */
export function learnVocabulary<Token extends string | number>(
  rule: VocabularyRule<Token>,
  { counts, documents, numDocuments }: TokenCounts<Token>,
): LearnedVocabulary<Token> {
  const { maxTokens, maskToken, oovToken, outputMode } = rule;
  const sorted = [...counts]
    .filter(([token]) => token !== maskToken && token !== oovToken)
    .toSorted(([left, numLeft], [right, numRight]) => numRight - numLeft || compareTokens(right, left))
    .map(([token]) => token);
  const vocabulary = maxTokens === null ? sorted : sorted.slice(0, Math.max(0, maxTokens - tokenStartOf(rule)));
  if (outputMode !== "tfIdf") return { vocabulary };
  const idfWeights = vocabulary.map((token) =>
    Math.fround(Math.log(1 + numDocuments / (1 + (documents.get(token) ?? 0)))),
  );
  return { vocabulary, idfWeights };
}

/** By code points, as bytes of UTF-8 are sorted; integers by size. */
function compareTokens(left: string | number, right: string | number): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  const [first, second] = [Array.from(String(left)), Array.from(String(right))];
  for (let index = 0; index < Math.min(first.length, second.length); index += 1) {
    const difference = (first[index]?.codePointAt(0) ?? 0) - (second[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return first.length - second.length;
}
