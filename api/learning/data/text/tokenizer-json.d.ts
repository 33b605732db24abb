export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
  readonly special: boolean;
}
export interface TokenizerStep {
  readonly type: string;
  readonly [option: string]: unknown;
}
export interface TokenizerJson {
  readonly version: string;
  readonly truncation: unknown;
  readonly padding: unknown;
  readonly added_tokens: readonly AddedToken[];
  readonly normalizer: TokenizerStep | null;
  readonly pre_tokenizer: TokenizerStep | null;
  readonly post_processor: TokenizerStep | null;
  readonly decoder: TokenizerStep | null;
  readonly model: TokenizerStep;
}
export declare function specialTokens(contents: readonly string[], ids?: readonly number[]): AddedToken[];
export declare function readTokenizerJson(json: unknown): TokenizerJson;
