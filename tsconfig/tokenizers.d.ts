// What is used of @huggingface/tokenizers. Its own types do not resolve under nodenext: they import without endings.

declare module "@huggingface/tokenizers" {
  export class Tokenizer {
    constructor(json: object, config: object);
    readonly post_processor: {
      post_process(tokens: string[], pair: null, addSpecialTokens: boolean): { readonly tokens: string[] };
    } | null;
    encode(text: string, options?: { readonly add_special_tokens?: boolean }): { readonly ids: number[] };
    decode(ids: number[], options?: { readonly skip_special_tokens?: boolean }): string;
    token_to_id(token: string): number | undefined;
    id_to_token(id: number): string | undefined;
    get_vocab(): Map<string, number>;
  }
}
