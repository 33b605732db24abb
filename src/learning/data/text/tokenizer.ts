// Texts to token numbers and back, by the tokenizer.json of a model. The only file that knows @huggingface/tokenizers,
// which is pure JavaScript and fetches nothing.

import { messageOf, SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, integer } from "#engine/base/options.ts";
import { readTokenizerJson, type TokenizerJson } from "#learning/data/text/tokenizer-json.ts";
import { mendSteps } from "#learning/data/text/tokenizer-steps.ts";

/** What is used of the package's tokenizer; its own types would reach a user's compiler, and fail there under nodenext. */
interface Engine {
  readonly post_processor: {
    post_process(tokens: string[], pair: null, addSpecialTokens: boolean): { readonly tokens: string[] };
  } | null;
  encode(text: string, options: { readonly add_special_tokens: boolean }): { readonly ids: number[] };
  decode(ids: number[], options: { readonly skip_special_tokens: boolean }): string;
  token_to_id(token: string): number | undefined;
  id_to_token(id: number): string | undefined;
  get_vocab(): Map<string, number>;
}

/** Whole numbers, row-major. */
export interface IntegerTensor {
  readonly data: Int32Array<ArrayBuffer>;
  readonly shape: readonly number[];
  readonly dtype: "i32";
}

/** Texts as numbers: [length] for one text, [texts, length] for several. */
export interface EncodedText {
  readonly ids: IntegerTensor;
  /** 1 for a token, 0 for padding. */
  readonly attentionMask: IntegerTensor;
}

export interface EncodeOptions {
  /** Tokens of a text at most, special ones included; needed by truncation and by padding to "maxLength". */
  readonly maxLength?: number;
  /** "longest" (or true): to the longest of the texts; "maxLength": to maxLength; false, the default: not at all. */
  readonly padding?: boolean | "longest" | "maxLength";
  /** Cuts longer texts to maxLength; special tokens stay. Default: whether maxLength is given. */
  readonly truncation?: boolean;
  /** Whether the tokenizer's special tokens, such as [CLS] and [SEP], are put around a text. Default true. */
  readonly addSpecialTokens?: boolean;
}

export interface DecodeOptions {
  /** Leaves out special tokens. Default true. */
  readonly skipSpecialTokens?: boolean;
}

export interface TokenizerOptions {
  /** The token to pad with; default: the one that the file names, or its [PAD], <pad> or <|endoftext|>. */
  readonly padToken?: string;
  /** Default: as the file says, or else "right". */
  readonly paddingSide?: "left" | "right";
}

/** The file's own words for what pads. */
const padNames = ["[PAD]", "<pad>", "<|pad|>", "<|endoftext|>"];

/**
 * The tokenizer that a tokenizer.json describes: byte pairs, WordPiece or Unigram. What the file says of truncation and
 * padding is not done unless it is asked for.
 * @param json the object, the text or the bytes of the file
 * @throws format for another file; missing when the package @huggingface/tokenizers is not installed
 * @source Hugging Face tokenizers
 * @example
 * const words = await tokenizer(trainWordPiece(["the cat sat", "the dog sat"]));
 * const { ids } = words.encode(["the cat", "the dog sat"], { padding: true }); // i32 [2, 5]
 */
export async function tokenizer(json: object | string, options: TokenizerOptions = {}): Promise<Tokenizer> {
  checkOptions("tokenizer", options, ["padToken", "paddingSide"]);
  const file = readTokenizerJson(json);
  const mended = mendSteps(file);
  const Implementation = await load();
  try {
    // The package's own default would take blanks out of what it decodes.
    return new Tokenizer(new Implementation(mended, { clean_up_tokenization_spaces: false }), file, options);
  } catch (error) {
    if (error instanceof SinterError) throw error;
    throw new SinterError("format", `tokenizer: ${messageOf(error)}. Use another tokenizer.json.`, {}, error);
  }
}

async function load(): Promise<new (json: object, config: object) => Engine> {
  try {
    const { Tokenizer: Implementation } = await import("@huggingface/tokenizers");
    return Implementation;
  } catch (error) {
    throw new SinterError(
      "missing",
      "tokenizer: the package @huggingface/tokenizers is not installed. Run: npm install @huggingface/tokenizers@0.2.0",
      {},
      error,
    );
  }
}

/** Texts to token numbers and back; `tokenizer` makes it. */
export class Tokenizer {
  /** Tokens, special ones included. */
  readonly vocabularySize: number;
  /** Numbers of the special tokens. */
  readonly specialTokens: Readonly<Record<string, number>>;
  readonly padId: number | undefined;
  readonly paddingSide: "left" | "right";
  /** The object of the tokenizer.json, to be saved with a model. */
  readonly json: TokenizerJson;
  readonly #engine: Engine;
  readonly #frame: Frame;

  /** @internal */
  constructor(engine: Engine, json: TokenizerJson, options: TokenizerOptions) {
    this.#engine = engine;
    this.json = json;
    const vocabulary = engine.get_vocab();
    this.vocabularySize = vocabulary.size;
    const special = json.added_tokens.filter((token) => token.special);
    this.specialTokens = Object.fromEntries(special.map(({ content, id }) => [content, id]));
    const { padding } = json;
    const described = typeof padding === "object" && padding !== null ? Object.entries(padding) : [];
    const own = new Map<string, unknown>(described);
    this.padId = padIdOf(vocabulary, options.padToken, own.get("pad_token"));
    const side = options.paddingSide ?? (own.get("direction") === "Left" ? "left" : "right");
    this.paddingSide = choice("tokenizer", "paddingSide", side, ["left", "right"]);
    this.#frame = frameOf(engine);
  }

  /**
   * The numbers of a text's tokens, or of several texts'.
   * @returns i32 [length], of several texts [texts, length]
   * @throws shape for texts of unequal length without padding; option for a bad one
   */
  encode(text: string | readonly string[], options: EncodeOptions = {}): EncodedText {
    const { maxLength, padding } = checkEncodeOptions(options);
    const rows = (typeof text === "string" ? [text] : text).map((one) => this.#row(one, options));
    const longest = rows.reduce((most, row) => Math.max(most, row.length), 0);
    const length = padding === "maxLength" ? Math.max(longest, maxLength ?? 0) : longest;
    if (padding === "none" && rows.some((row) => row.length !== length)) {
      const lengths = [...new Set(rows.map((row) => row.length))].slice(0, 4).join(", ");
      throw new SinterError("shape", `encode: texts of ${lengths} tokens make no tensor. Use padding: true.`, {});
    }
    const isPadded = rows.some((row) => row.length < length);
    if (isPadded && this.padId === undefined) {
      const names = Object.keys(this.specialTokens).join(", ");
      throw new SinterError(
        "option",
        `encode: the tokenizer has no token to pad with. Name one: tokenizer(json, { padToken }); it has ${names}.`,
      );
    }
    return this.#pad(rows, { length, isOne: typeof text === "string" });
  }

  /** The text of token numbers. @throws value for a number outside of the vocabulary */
  decode(ids: ArrayLike<number>, { skipSpecialTokens = true }: DecodeOptions = {}): string {
    const list = Array.from(ids);
    const stray = list.find((id) => this.#engine.id_to_token(id) === undefined);
    if (stray !== undefined) {
      throw new SinterError("value", `decode: no token has the number ${stray}. Use 0 to ${this.vocabularySize - 1}.`, {
        id: stray,
      });
    }
    return list.length === 0 ? "" : this.#engine.decode(list, { skip_special_tokens: skipSpecialTokens });
  }

  /** The number of a token. */
  idOf(token: string): number | undefined {
    return this.#engine.token_to_id(token);
  }

  /** The token of a number. */
  tokenOf(id: number): string | undefined {
    return this.#engine.id_to_token(id);
  }

  #row(text: string, { maxLength, truncation, addSpecialTokens = true }: EncodeOptions): readonly number[] {
    const { ids } = this.#engine.encode(text, { add_special_tokens: false });
    const { before, after } = addSpecialTokens ? this.#frame : noFrame;
    const isCut = truncation ?? maxLength !== undefined;
    if (!isCut || maxLength === undefined) return [...before, ...ids, ...after];
    const room = maxLength - before.length - after.length;
    if (room >= 0) return [...before, ...ids.slice(0, room), ...after];
    const numSpecial = before.length + after.length;
    throw new SinterError(
      "option",
      `encode: maxLength ${maxLength} leaves no room beside ${numSpecial} special tokens. Use a larger one.`,
      { maxLength },
    );
  }

  #pad(rows: readonly (readonly number[])[], { length, isOne }: { length: number; isOne: boolean }): EncodedText {
    const ids = new Int32Array(rows.length * length).fill(this.padId ?? 0);
    const mask = new Int32Array(rows.length * length);
    rows.forEach((row, number) => {
      const start = number * length + (this.paddingSide === "left" ? length - row.length : 0);
      ids.set(row, start);
      mask.fill(1, start, start + row.length);
    });
    const shape = isOne ? [length] : [rows.length, length];
    return { ids: { data: ids, shape, dtype: "i32" }, attentionMask: { data: mask, shape, dtype: "i32" } };
  }
}

function checkEncodeOptions(options: EncodeOptions): {
  readonly maxLength: number | undefined;
  readonly padding: "none" | "longest" | "maxLength";
} {
  checkOptions("encode", options, ["maxLength", "padding", "truncation", "addSpecialTokens"]);
  const { padding = false } = options;
  const maxLength = options.maxLength === undefined ? undefined : integer("encode", "maxLength", options.maxLength);
  const chosen = padding === true ? "longest" : padding === false ? "none" : padding;
  const name = choice("encode", "padding", chosen, ["none", "longest", "maxLength"]);
  if (maxLength === undefined && (name === "maxLength" || options.truncation === true)) {
    throw new SinterError("option", "encode: padding to maxLength and truncation need maxLength. Give it.");
  }
  return { maxLength, padding: name };
}

/** @throws option for a pad token that is none */
function padIdOf(vocabulary: ReadonlyMap<string, number>, asked: string | undefined, own: unknown): number | undefined {
  if (asked !== undefined && vocabulary.get(asked) === undefined) {
    throw new SinterError("option", `tokenizer: padToken "${asked}" is not in the vocabulary. Name one that is.`, {
      padToken: asked,
    });
  }
  const names = [asked, ...(typeof own === "string" ? [own] : []), ...padNames];
  const name = names.find((one) => one !== undefined && vocabulary.has(one));
  return name === undefined ? undefined : vocabulary.get(name);
}

/** The special tokens that are put around a text. */
interface Frame {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

const noFrame: Frame = { before: [], after: [] };

function frameOf(engine: Engine): Frame {
  // No tokenizer has this token, so that its place among the special ones is that of the text.
  const marker = "\0text\0";
  const tokens = engine.post_processor?.post_process([marker], null, true).tokens ?? [marker];
  const place = tokens.indexOf(marker);
  const idsOf = (list: readonly string[]): number[] => list.flatMap((token) => engine.token_to_id(token) ?? []);
  return place < 0 ? noFrame : { before: idsOf(tokens.slice(0, place)), after: idsOf(tokens.slice(place + 1)) };
}
