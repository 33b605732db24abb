// What a text generator is loaded from: a transformers folder, a GGUF file, or a file of glassllm with its tokenizer beside it.

import { isRecord } from "#engine/base/is-record.ts";
import { messageOf, SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { tokenizerOfGguf, tokenizerOfGlassllm } from "#learning/data/text/embedded-tokenizers.ts";
import { readGguf } from "#learning/formats/gguf.ts";
import type { Model } from "#learning/train/model.ts";
import { fromGguf } from "#learning/zoo/gguf-decoder.ts";
import { loadGlassllm } from "#learning/zoo/glassllm.ts";
import { loadTransformers } from "#learning/zoo/transformers.ts";
import { pathIn } from "./evaluation-folder.ts";

type Json = Readonly<Record<string, unknown>>;

/** The parts of a text generator, as files have them. */
export interface DecoderFiles {
  readonly model: Model;
  /** A tokenizer.json. */
  readonly tokenizer: object | string;
  readonly chatTemplate: string | undefined;
  /** Texts of special tokens that a chat template may name. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Tokens that end a text. */
  readonly endIds: readonly number[];
}

/**
 * @throws file when something is not there; format when it is of an unknown kind, or damaged
 */
export async function readDecoderFiles(path: string): Promise<DecoderFiles> {
  const found = await platform().files.stat(path);
  if (found === undefined) throw wrong(path, "is not there");
  if (found.kind === "folder") return await readTransformers(path);
  if (path.endsWith(".gguf")) return await readGgufFile(path);
  if (path.endsWith(".npz")) return await readGlassllm(path);
  throw wrong(path, "is no model that writes");
}

async function readTransformers(folder: string): Promise<DecoderFiles> {
  const config = await readJson(folder, "config.json");
  if (config === undefined) throw wrong(folder, "has no config.json");
  const tokenizer = await readText(folder, "tokenizer.json");
  if (tokenizer === undefined) {
    throw new SinterError(
      "file",
      `"${folder}" has no tokenizer.json. Save the model's fast tokenizer there: tokenizer.save_pretrained in transformers.`,
      { folder },
    );
  }
  const settings = (await readJson(folder, "tokenizer_config.json")) ?? {};
  const generation = (await readJson(folder, "generation_config.json")) ?? {};
  const ends = [generation["eos_token_id"] ?? config["eos_token_id"]].flat();
  return {
    model: await loadTransformers(folder),
    tokenizer,
    chatTemplate: (await readText(folder, "chat_template.jinja")) ?? templateOf(settings["chat_template"]),
    tokens: tokenTexts(settings),
    endIds: ends.filter((id) => typeof id === "number"),
  };
}

async function readGgufFile(path: string): Promise<DecoderFiles> {
  const file = await readGguf(path);
  const { metadata } = file;
  const end = metadata.get("tokenizer.ggml.eos_token_id");
  const names = metadata.get("tokenizer.ggml.tokens");
  const tokenOf = (kind: string): Json => {
    const id = metadata.get(`tokenizer.ggml.${kind}_token_id`);
    return typeof id === "number" && Array.isArray(names) ? { [`${kind}_token`]: names[id] } : {};
  };
  return {
    model: fromGguf(file),
    tokenizer: tokenizerOfGguf(metadata),
    chatTemplate: templateOf(metadata.get("tokenizer.chat_template")),
    tokens: tokenTexts({ ...tokenOf("bos"), ...tokenOf("eos") }),
    endIds: typeof end === "number" ? [end] : [],
  };
}

/** `en.npz` comes with `en.tokenizer.json`. */
async function readGlassllm(path: string): Promise<DecoderFiles> {
  const beside = path.replace(/npz$/u, "tokenizer.json");
  const model = await loadGlassllm(path);
  if ((await platform().files.stat(beside)) === undefined) {
    throw new SinterError("file", `"${path}" comes without its tokenizer. Put ${beside} beside it.`, { path });
  }
  const json = parse(beside, await readFile(beside));
  return { model, tokenizer: tokenizerOfGlassllm(json), chatTemplate: undefined, tokens: {}, endIds: [] };
}

/** A template, or the one named default among several. */
function templateOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return undefined;
  const chosen: unknown = value.find((one) => isRecord(one) && one["name"] === "default") ?? value[0];
  const template = isRecord(chosen) ? chosen["template"] : undefined;
  return typeof template === "string" ? template : undefined;
}

/** Texts of tokens, which a tokenizer_config.json writes as such or as objects. */
function tokenTexts(settings: Json): Readonly<Record<string, string>> {
  const entries = Object.entries(settings).flatMap(([name, value]) => {
    const text = isRecord(value) ? value["content"] : value;
    return name.endsWith("_token") && typeof text === "string" ? [[name, text]] : [];
  });
  return Object.fromEntries(entries);
}

async function readJson(folder: string, name: string): Promise<Json | undefined> {
  const text = await readText(folder, name);
  if (text === undefined) return undefined;
  const value = parse(name, text);
  if (isRecord(value)) return value;
  throw new SinterError("format", `${name}: it is no object. Fetch the model again.`, { name });
}

async function readText(folder: string, name: string): Promise<string | undefined> {
  const path = pathIn(folder, name);
  return (await platform().files.stat(path)) === undefined ? undefined : await readFile(path);
}

async function readFile(path: string): Promise<string> {
  return new TextDecoder().decode(await platform().files.read(path));
}

function parse(name: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    throw new SinterError("format", `${name}: it is no JSON (${messageOf(error)}). Fetch the model again.`, {}, error);
  }
}

function wrong(path: string, what: string): SinterError {
  return new SinterError(
    "file",
    `"${path}" ${what}. Give a folder with config.json, model.safetensors and tokenizer.json, a .gguf file of a Llama, or an .npz of glassllm.`,
    { path },
  );
}
