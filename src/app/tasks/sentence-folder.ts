// How a folder of sentence-transformers makes one vector of a text: modules.json and what it names. Trusts nothing.

import { isRecord } from "#engine/base/is-record.ts";
import { messageOf, SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import type { BertPooling } from "#learning/zoo/bert.ts";
import { pathIn } from "./evaluation-folder.ts";
import { numberIn, textIn } from "./json-fields.ts";

/** From tokens to a vector. */
export interface SentenceRule {
  readonly pooling: Exclude<BertPooling, "pooler">;
  /** Whether vectors are divided by their length. */
  readonly normalize: boolean;
  /** Tokens of a text at most, where the folder says it. */
  readonly maxLength: number | undefined;
}

/** Modules that are done here, by the end of their type. */
const known = ["Transformer", "Pooling", "Normalize"];

/**
 * The rule of a folder; the mean of all tokens divided by its length, where there is no modules.json.
 * @throws format where one of its files is damaged, or asks for what is not done here
 */
export async function readSentenceRule(folder: string): Promise<SentenceRule> {
  const modules = await readJson(folder, "modules.json");
  if (modules === undefined) return { pooling: "mean", normalize: true, maxLength: undefined };
  if (!Array.isArray(modules) || !modules.every(isRecord)) throw wrong(folder, "modules.json is no list of modules");
  const parts = modules.map((module) => ({
    type: textIn(module, "type")?.split(".").at(-1) ?? "",
    path: textIn(module, "path") ?? "",
  }));
  const odd = parts.find(({ type }) => !known.includes(type));
  if (odd !== undefined) throw wrong(folder, `modules.json asks for ${odd.type}, known are ${known.join(", ")}`);
  const pooling = parts.find(({ type }) => type === "Pooling");
  const limits = await readJson(folder, "sentence_bert_config.json");
  return {
    pooling: pooling === undefined ? "mean" : await readPooling(folder, `${pooling.path}/config.json`),
    normalize: parts.some(({ type }) => type === "Normalize"),
    maxLength: isRecord(limits) ? numberIn(limits, "max_seq_length") : undefined,
  };
}

async function readPooling(folder: string, name: string): Promise<SentenceRule["pooling"]> {
  const config = await readJson(folder, name);
  if (!isRecord(config)) throw wrong(folder, `there is no ${name}`);
  const modes = Object.entries(config).flatMap(([mode, value]) => (value === true ? [mode] : []));
  const asked = modes.filter((mode) => mode.startsWith("pooling_mode_"));
  const mode = textIn(config, "pooling_mode") ?? (asked.length === 1 ? asked[0] : asked.join(" and "));
  if (mode === "pooling_mode_mean_tokens" || mode === "mean") return "mean";
  if (mode === "pooling_mode_cls_token" || mode === "cls") return "cls";
  throw wrong(folder, `${name} asks for ${mode}, known are the mean of the tokens and the first token`);
}

async function readJson(folder: string, name: string): Promise<unknown> {
  const { files } = platform();
  const path = pathIn(folder, name);
  if ((await files.stat(path)) === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await files.read(path)));
    return value;
  } catch (error) {
    throw wrong(folder, `${name} is no JSON (${messageOf(error)})`);
  }
}

function wrong(folder: string, what: string): SinterError {
  return new SinterError("format", `"${folder}": ${what}. Give the folder of an encoder of sentences.`, { folder });
}
