// The package as far as src/learning/data/text/tokenizer.ts says what it uses. Its own types do not resolve under nodenext:
// they import without endings.

declare module "@huggingface/tokenizers" {
  export const Tokenizer: new (json: object, config: object) => never;
}
