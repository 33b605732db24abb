// What a Hugging Face tokenizer.json is, as far as it is written here. Reading one trusts nothing.

import { isRecord } from "#engine/base/is-record.ts";
import { messageOf, SinterError } from "#engine/base/error.ts";

/** A token that a text is cut at before anything else. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
  readonly special: boolean;
}

/** A step of a tokenizer: its type and options. */
export interface TokenizerStep {
  readonly type: string;
  readonly [option: string]: unknown;
}

/**
 * The object in a tokenizer.json file; `JSON.stringify` writes the file.
 * @source Hugging Face tokenizers, version "1.0" of the format
 */
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

/** Special tokens as the file lists them; their numbers are their places where nothing else is said. */
export function specialTokens(contents: readonly string[], ids: readonly number[] = []): AddedToken[] {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  return contents.map((content, place) => ({ id: ids[place] ?? place, content, ...flags }));
}

const steps = ["normalizer", "pre_tokenizer", "post_processor", "decoder"] as const;
const models = ["BPE", "WordPiece", "Unigram"];

/**
 * The parts of a tokenizer.json, checked as far as they are used.
 * @param json the object, the text or the bytes of the file
 * @throws format for anything that is no tokenizer.json, or a model of another kind
 */
export function readTokenizerJson(json: unknown): TokenizerJson {
  const root = typeof json === "string" ? parse(json) : json instanceof Uint8Array ? parse(decode(json)) : json;
  if (!isRecord(root)) throw wrong("the root is no object");
  const model = root["model"];
  if (!isRecord(model)) throw wrong("there is no model");
  const type = typeof model["type"] === "string" ? model["type"] : guessModel(model);
  if (type === undefined || !models.includes(type)) {
    throw wrong(`the model is of type ${JSON.stringify(model["type"] ?? null)}, expected ${models.join(", ")}`);
  }
  checkVocabulary(type, model);
  const found = steps.map((name) => [name, readStep(name, root[name])] as const);
  const byName = Object.fromEntries(found);
  return {
    version: typeof root["version"] === "string" ? root["version"] : "1.0",
    truncation: root["truncation"] ?? null,
    padding: root["padding"] ?? null,
    added_tokens: readAdded(root["added_tokens"] ?? []),
    normalizer: byName["normalizer"] ?? null,
    pre_tokenizer: byName["pre_tokenizer"] ?? null,
    post_processor: byName["post_processor"] ?? null,
    decoder: byName["decoder"] ?? null,
    model: { ...model, type },
  };
}

/** Older files do not name their model. */
function guessModel(model: Readonly<Record<string, unknown>>): string | undefined {
  if (Array.isArray(model["merges"])) return "BPE";
  if (Array.isArray(model["vocab"])) return "Unigram";
  return isRecord(model["vocab"]) && typeof model["unk_token"] === "string" ? "WordPiece" : undefined;
}

function checkVocabulary(type: string, { vocab, merges, unk_id: unknown }: Readonly<Record<string, unknown>>): void {
  if (type === "Unigram") {
    const isScored = (item: unknown): boolean =>
      Array.isArray(item) && typeof item[0] === "string" && typeof item[1] === "number";
    if (!Array.isArray(vocab) || vocab.length === 0 || !vocab.every(isScored)) {
      throw wrong("its vocabulary is no list of [token, score]");
    }
    if (!isId(unknown) || unknown >= vocab.length) {
      throw wrong(`its unknown token is number ${JSON.stringify(unknown ?? null)} of ${vocab.length}`);
    }
    return;
  }
  if (!isRecord(vocab) || Object.keys(vocab).length === 0) throw wrong("its vocabulary is no object of tokens");
  const ids = Object.values(vocab);
  if (!ids.every(isId)) throw wrong("a token of its vocabulary has no number");
  if (type !== "BPE") return;
  const isMerge = (item: unknown): boolean =>
    typeof item === "string" || (Array.isArray(item) && item.length === 2 && item.every((s) => typeof s === "string"));
  if (!Array.isArray(merges) || !merges.every(isMerge)) throw wrong("its merges are no list of pairs");
}

function readStep(name: string, step: unknown): TokenizerStep | null {
  if (step === null || step === undefined) return null;
  if (!isRecord(step) || typeof step["type"] !== "string") throw wrong(`its ${name} has no type`);
  return { ...step, type: step["type"] };
}

function readAdded(list: unknown): AddedToken[] {
  if (!Array.isArray(list)) throw wrong("added_tokens is no list");
  return list.map((item: unknown) => {
    if (!isRecord(item)) throw wrong("an added token is no object");
    const { id, content } = item;
    if (!isId(id) || typeof content !== "string" || content === "") throw wrong("an added token has no id or content");
    const special = item["special"] === true;
    return {
      id,
      content,
      single_word: item["single_word"] === true,
      lstrip: item["lstrip"] === true,
      rstrip: item["rstrip"] === true,
      normalized: typeof item["normalized"] === "boolean" ? item["normalized"] : !special,
      special,
    };
  });
}

/** Numbers of tokens index lists, so that one beyond any vocabulary would cost its size in memory. */
const mostTokens = 2 ** 24;

function isId(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < mostTokens;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw wrong("the file is no UTF-8");
  }
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    throw wrong(`the file is no JSON (${messageOf(error)})`);
  }
}

function wrong(what: string): SinterError {
  return new SinterError(
    "format",
    `tokenizer: ${what}. Give the object, the text or the bytes of a Hugging Face tokenizer.json.`,
  );
}
