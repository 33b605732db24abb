import { type ChatMessage } from "../../learning/data/text/chat-template.js";
import { type SampleOptions } from "../../learning/data/text/sampling.js";
import { type Tokenizer } from "../../learning/data/text/tokenizer.js";
import type { Model } from "../../learning/train/model.js";
import { type DecoderFiles } from "./decoder-files.js";
export interface GenerateTextOptions extends SampleOptions {
  readonly maxNewTokens?: number;
  readonly stop?: string | readonly string[];
  readonly signal?: AbortSignal;
}
export declare class TextGenerator {
  #private;
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  readonly contextLength: number;
  constructor(files: DecoderFiles, words: Tokenizer);
  stream(prompt: string, options?: GenerateTextOptions): AsyncGenerator<string, void, undefined>;
  generate(prompt: string, options?: GenerateTextOptions): Promise<string>;
  chat(messages: readonly ChatMessage[], options?: GenerateTextOptions): AsyncGenerator<string, void, undefined>;
}
export declare const textGenerator: {
  load(path: string): Promise<TextGenerator>;
};
