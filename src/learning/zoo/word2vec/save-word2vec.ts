// A Word2Vec as a folder: word2vec.json (options and words) and word2vec.safetensors (the vectors).

import { isRecord } from "#engine/base/is-record.ts";
import { messageOf, SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { decodeSafetensors, encodeSafetensors } from "#learning/formats/safetensors.ts";
import { checkConfig, type Word2VecConfig } from "#learning/zoo/word2vec/config.ts";
import { vocabularyOf, type WordVocabulary } from "#learning/zoo/word2vec/vocabulary.ts";

const fileNames = { description: "word2vec.json", vectors: "word2vec.safetensors" } as const;
const format = "sinter-word2vec";
const version = 1;

/** What was learned, each row-major [words, vectorSize]. */
export interface LearnedTables {
  readonly vectors: Float32Array;
  readonly outputs: Float32Array;
}

/** What the folder holds. */
export interface StoredWord2Vec {
  readonly config: Word2VecConfig;
  readonly vocabulary: WordVocabulary;
  readonly learned: LearnedTables;
}

/** Writes the folder. */
export async function writeWord2Vec({ config, vocabulary, learned }: StoredWord2Vec, folder: string): Promise<void> {
  const { files } = platform();
  const { vectors, outputs } = learned;
  const { words, counts } = vocabulary;
  const shape = [words.length, config.vectorSize];
  const description = { format, version, options: config, words, counts };
  const weights = encodeSafetensors([
    ["vectors", { dtype: "f32", shape, data: vectors }],
    ["outputs", { dtype: "f32", shape, data: outputs }],
  ]);
  await files.makeFolder(folder);
  await files.writeAtomically(join(folder, fileNames.vectors), weights);
  await files.writeAtomically(join(folder, fileNames.description), `${JSON.stringify(description)}\n`);
}

/** Reads the folder. @throws file when it is not there; format when it is damaged */
export async function readWord2Vec(folder: string): Promise<StoredWord2Vec> {
  const { files } = platform();
  const { config, vocabulary } = readDescription(await files.read(join(folder, fileNames.description)));
  const { tensors } = decodeSafetensors(await files.read(join(folder, fileNames.vectors)));
  const [numWords, size] = [vocabulary.words.length, config.vectorSize];
  const table = (name: string): Float32Array => {
    const stored = tensors.get(name);
    const isWhole = stored?.dtype === "f32" && stored.shape[0] === numWords && stored.shape[1] === size;
    if (stored === undefined || !isWhole || stored.shape.length !== 2) {
      throw wrong(fileNames.vectors, `"${name}" is not f32 [${numWords}, ${size}]`);
    }
    return Float32Array.from(stored.data);
  };
  return { config, vocabulary, learned: { vectors: table("vectors"), outputs: table("outputs") } };
}

function readDescription(bytes: Uint8Array): { config: Word2VecConfig; vocabulary: WordVocabulary } {
  const root = parse(bytes);
  if (!isRecord(root) || root["format"] !== format) throw wrong(fileNames.description, `it is no "${format}"`);
  if (typeof root["version"] !== "number" || root["version"] > version) {
    throw new SinterError("format", `${fileNames.description} is of a newer version. Update sinter to read it.`);
  }
  const { options, words, counts } = root;
  const isText = (item: unknown): item is string => typeof item === "string";
  const isCount = (item: unknown): item is number => typeof item === "number" && Number.isSafeInteger(item) && item > 0;
  if (!Array.isArray(words) || !words.every(isText) || new Set(words).size !== words.length) {
    throw wrong(fileNames.description, "its words are no list of different texts");
  }
  if (!Array.isArray(counts) || !counts.every(isCount) || counts.length !== words.length) {
    throw wrong(fileNames.description, "its counts are not one number a word");
  }
  if (!isRecord(options)) throw wrong(fileNames.description, "it has no options");
  return { config: readConfig(options), vocabulary: vocabularyOf(words, counts) };
}

function readConfig(options: Readonly<Record<string, unknown>>): Word2VecConfig {
  try {
    return checkConfig(options);
  } catch (error) {
    throw wrong(fileNames.description, messageOf(error));
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return value;
  } catch (error) {
    throw wrong(fileNames.description, messageOf(error));
  }
}

function wrong(file: string, what: string): SinterError {
  return new SinterError("format", `${file}: ${what}. The file is damaged or something else; save the model again.`);
}

function join(folder: string, file: string): string {
  const { separator } = platform().files;
  return folder.endsWith(separator) || folder.endsWith("/") ? `${folder}${file}` : `${folder}${separator}${file}`;
}
