// A text generator in use: a decoder, its tokenizer and its chat template. Writes on from a prompt, piece by piece.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer } from "#engine/base/options.ts";
import { applyChatTemplate, type ChatMessage } from "#learning/data/text/chat-template.ts";
import { generateTokens } from "#learning/data/text/generate.ts";
import { checkSampleOptions, sampleOptionNames, type SampleOptions } from "#learning/data/text/sampling.ts";
import { stopWords, textPieces } from "#learning/data/text/text-pieces.ts";
import { tokenizer, type Tokenizer } from "#learning/data/text/tokenizer.ts";
import type { Model } from "#learning/train/model.ts";
import { contextLengthOf, nextLogits } from "#learning/train/next-logits.ts";
import { readDecoderFiles, type DecoderFiles } from "./decoder-files.ts";

/** How a text is written. */
export interface GenerateTextOptions extends SampleOptions {
  /** Tokens to write at most; 128. The text also ends where the model's context does. */
  readonly maxNewTokens?: number;
  /** The text ends before any of these. */
  readonly stop?: string | readonly string[];
  readonly signal?: AbortSignal;
}

const optionNames = ["maxNewTokens", "stop", "signal", ...sampleOptionNames];

/** A loaded text generator; `textGenerator.load` makes it. */
export class TextGenerator {
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  /** Tokens that prompt and answer may have together. */
  readonly contextLength: number;
  readonly #files: DecoderFiles;
  readonly #step: ReturnType<typeof nextLogits>;

  /** @internal */
  constructor(files: DecoderFiles, words: Tokenizer) {
    this.#files = files;
    this.model = files.model;
    this.tokenizer = words;
    this.contextLength = contextLengthOf(files.model);
    this.#step = nextLogits(files.model);
  }

  /**
   * What the model writes on from a prompt, piece by piece: the same seed gives the same text.
   * @throws option for a prompt that is empty or fills the context; aborted when the signal fires
   * @example
   * for await (const piece of writer.stream("Once upon a time", { temperature: 0.8, seed: 1 })) process.stdout.write(piece);
   */
  stream(prompt: string, options: GenerateTextOptions = {}): AsyncGenerator<string, void, undefined> {
    checkTextOptions(options);
    return this.#write(this.tokenizer.encode(prompt).ids.data, options);
  }

  /** All that the model writes on from a prompt. @throws as `stream` */
  async generate(prompt: string, options: GenerateTextOptions = {}): Promise<string> {
    let text = "";
    for await (const piece of this.stream(prompt, options)) text += piece;
    return text;
  }

  /**
   * The next turn of a conversation, piece by piece, by the model's chat template.
   * @throws option for a model without one; else as `stream`
   * @example
   * for await (const piece of writer.chat([{ role: "user", content: "Who are you?" }])) process.stdout.write(piece);
   */
  async *chat(
    messages: readonly ChatMessage[],
    options: GenerateTextOptions = {},
  ): AsyncGenerator<string, void, undefined> {
    checkTextOptions(options);
    const { chatTemplate, tokens } = this.#files;
    if (chatTemplate === undefined) {
      throw new SinterError("option", "chat: the model comes without a chat template. Give it a prompt: stream.");
    }
    const text = await applyChatTemplate(chatTemplate, messages, { tokens });
    const { ids } = this.tokenizer.encode(text, { addSpecialTokens: false });
    yield* this.#write(ids.data, options);
  }

  #write(ids: Int32Array, options: GenerateTextOptions): AsyncGenerator<string, void, undefined> {
    const { maxNewTokens = 128, stop = [], ...others } = options;
    const room = this.contextLength - ids.length;
    if (ids.length === 0) {
      throw new SinterError("option", "generate: the prompt is empty. Give a text to go on from.");
    }
    if (room < 1) {
      throw new SinterError(
        "option",
        `generate: the prompt has ${ids.length} tokens, the model's context ${this.contextLength}. Shorten the prompt.`,
        { length: ids.length, contextLength: this.contextLength },
      );
    }
    const most = Math.min(maxNewTokens, room);
    const tokens = generateTokens(this.#step, ids, { ...others, maxNewTokens: most, endId: this.#files.endIds });
    return textPieces(tokens, this.tokenizer, { before: ids, stop });
  }
}

/** @throws option */
function checkTextOptions(options: GenerateTextOptions): void {
  const { maxNewTokens = 128, stop = [], signal: _, ...sample } = options;
  checkOptions("generate", options, optionNames);
  integer("generate", "maxNewTokens", maxNewTokens, 0);
  checkSampleOptions(sample);
  stopWords(stop);
}

/** Text generators. */
export const textGenerator: {
  /**
   * Loads a folder of transformers (GPT-2, Llama, Mistral, Qwen2: config.json, model.safetensors, tokenizer.json), a GGUF
   * file of a Llama, or an .npz file of glassllm.
   * @throws file when something is not there; format when it is of another kind
   * @example
   * const writer = await textGenerator.load("gpt2");
   * console.log(await writer.generate("Once upon a time", { maxNewTokens: 40, temperature: 0 }));
   */
  load(path: string): Promise<TextGenerator>;
} = {
  load: async (path) => {
    const files = await readDecoderFiles(path);
    return new TextGenerator(files, await tokenizer(files.tokenizer));
  },
};
