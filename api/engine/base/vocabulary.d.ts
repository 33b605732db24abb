export declare const lookupModes: readonly ["int", "oneHot", "multiHot", "count", "tfIdf"];
export type LookupMode = (typeof lookupModes)[number];
export interface VocabularyRule<Token> {
  readonly maxTokens: number | null;
  readonly numOovIndices: number;
  readonly maskToken: Token | null;
  readonly oovToken: Token;
  readonly outputMode: LookupMode;
  readonly padToMaxTokens: boolean;
  readonly invert: boolean;
}
export interface Vocabulary<Token> {
  readonly tokens: readonly Token[];
  readonly oovStart: number;
  readonly tokenStart: number;
  readonly depth: number;
  readonly idfWeights: readonly number[] | undefined;
}
export declare function tokenStartOf<Token>(rule: VocabularyRule<Token>): number;
export declare function specialTokens<Token>(rule: VocabularyRule<Token>): Token[];
export declare function placeVocabulary<Token>(
  where: string,
  rule: VocabularyRule<Token>,
  vocabulary: readonly Token[],
  idfWeights: readonly number[] | undefined,
): Vocabulary<Token>;
export interface TokenCounts<Token> {
  readonly counts: Map<Token, number>;
  readonly documents: Map<Token, number>;
  numDocuments: number;
}
export declare function emptyCounts<Token>(): TokenCounts<Token>;
export declare function addDocument<Token>(total: TokenCounts<Token>, tokens: Iterable<Token>): void;
export interface LearnedVocabulary<Token> {
  readonly vocabulary: readonly Token[];
  readonly idfWeights?: readonly number[];
}
export declare function learnVocabulary<Token extends string | number>(
  rule: VocabularyRule<Token>,
  { counts, documents, numDocuments }: TokenCounts<Token>,
): LearnedVocabulary<Token>;
