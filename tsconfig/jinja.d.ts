// The package as far as src/learning/data/text/chat-template.ts says what it uses. Its own types do not resolve under nodenext:
// they import without endings.

declare module "@huggingface/jinja" {
  export const tokenize: never;
  export const parse: never;
  export const Environment: never;
  export const Interpreter: never;
}
