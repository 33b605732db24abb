import type { Tokenizer as Engine } from "@huggingface/tokenizers";
import { type TokenizerJson } from "./tokenizer-json.js";
export interface IntegerTensor {
  readonly data: Int32Array<ArrayBuffer>;
  readonly shape: readonly number[];
  readonly dtype: "i32";
}
export interface EncodedText {
  readonly ids: IntegerTensor;
  readonly attentionMask: IntegerTensor;
}
export interface EncodeOptions {
  readonly maxLength?: number;
  readonly padding?: boolean | "longest" | "maxLength";
  readonly truncation?: boolean;
  readonly addSpecialTokens?: boolean;
}
export interface DecodeOptions {
  readonly skipSpecialTokens?: boolean;
}
export interface TokenizerOptions {
  readonly padToken?: string;
  readonly paddingSide?: "left" | "right";
}
export declare function tokenizer(json: object | string, options?: TokenizerOptions): Promise<Tokenizer>;
export declare class Tokenizer {
  #private;
  readonly vocabularySize: number;
  readonly specialTokens: Readonly<Record<string, number>>;
  readonly padId: number | undefined;
  readonly paddingSide: "left" | "right";
  readonly json: TokenizerJson;
  constructor(engine: Engine, json: TokenizerJson, options: TokenizerOptions);
  encode(text: string | readonly string[], options?: EncodeOptions): EncodedText;
  decode(ids: ArrayLike<number>, { skipSpecialTokens }?: DecodeOptions): string;
  idOf(token: string): number | undefined;
  tokenOf(id: number): string | undefined;
}
