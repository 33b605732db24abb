import { type TokenizerJson } from "./tokenizer-json.js";
interface Engine {
  readonly post_processor: {
    post_process(
      tokens: string[],
      pair: null,
      addSpecialTokens: boolean,
    ): {
      readonly tokens: string[];
    };
  } | null;
  encode(
    text: string,
    options: {
      readonly add_special_tokens: boolean;
    },
  ): {
    readonly ids: number[];
  };
  decode(
    ids: number[],
    options: {
      readonly skip_special_tokens: boolean;
    },
  ): string;
  token_to_id(token: string): number | undefined;
  id_to_token(id: number): string | undefined;
  get_vocab(): Map<string, number>;
}
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
export {};
