// Safetensors files of any size, read tensor by tensor into the memory that each keeps, and models that lie in several of
// them with an index.

import { isRecord } from "#engine/base/is-record.ts";
import { messageOf, SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { type ByteSource, fileSource, readPart, withFile } from "./byte-source.ts";
import { DeviceReader } from "./device-reader.ts";
import { parseHeader, type SafetensorsHeader, valuesStart } from "./safetensors-header.ts";
import type { SafetensorsFile, StoredTensor } from "./safetensors.ts";
import {
  allocateValues,
  dtypeOf,
  isDirect,
  type NumberRules,
  readValues,
  settleValues,
  storedBytes,
} from "./stored-values.ts";

/** Which tensors are read, and how. */
export interface ReadSafetensorsOptions extends NumberRules {
  /** Whether a tensor is read; all when left out. */
  readonly isWanted?: (name: string) => boolean;
}

/** What a model in several files has beside them: tensor names to file names. */
const indexEnding = ".safetensors.index.json";
const maxIndexBytes = 64 * 2 ** 20;
const maxShards = 10_000;

/**
 * The tensors of a .safetensors file, of a model in several (its model.safetensors.index.json, as Hugging Face has it), or
 * of a folder with either. Files may be larger than memory's largest buffer: each tensor is read into its own, so that
 * little more than the tensors is held.
 * @throws file where there is none; format when one is damaged, or a tensor is not in the file that the index names
 * @example
 * const { tensors } = await readSafetensors("minilm/model.safetensors");
 */
export async function readSafetensors(path: string, options: ReadSafetensorsOptions = {}): Promise<SafetensorsFile> {
  return await readFiles(path, options, (source, own) => readTensors(source, own));
}

/**
 * As `readSafetensors`, but as tensors of the default device, read straight into its memory: beside them no more is held than
 * the largest of them.
 * @throws as `readSafetensors`, memory where the device has no room
 * @example
 * const weights = await loadSafetensors("llama");
 */
export async function loadSafetensors(
  path: string,
  options: ReadSafetensorsOptions = {},
): Promise<ReadonlyMap<string, Tensor>> {
  return (await readFiles(path, options, sendTensors)).tensors;
}

interface Read<Item> {
  readonly tensors: ReadonlyMap<string, Item>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The tensors of a file, or of all files of an index. */
async function readFiles<Item>(
  path: string,
  options: ReadSafetensorsOptions,
  read: (source: ByteSource, options: ReadSafetensorsOptions) => Promise<Read<Item>>,
): Promise<Read<Item>> {
  const file = await fileOf(path);
  if (!file.endsWith(indexEnding)) return await withFile(file, (source) => read(source, options));
  const index = await readIndex(file);
  const tensors = new Map<string, Item>();
  const { isWanted = () => true } = options;
  for (const [shard, names] of index) {
    const wanted = new Set(names.filter(isWanted));
    if (wanted.size === 0) continue;
    const path = platform().files.from(folderOf(file), shard);
    const ofShard = { ...options, isWanted: (name: string) => wanted.has(name) };
    const part = await withFile(path, (source) => read(source, ofShard));
    const missing = [...wanted].find((name) => !part.tensors.has(name));
    if (missing !== undefined) {
      throw new SinterError(
        "format",
        `safetensors: tensor "${missing}" is not in "${path}", where "${file}" says it is. Fetch the model again.`,
        { name: missing, file: path },
      );
    }
    for (const [name, tensor] of part.tensors) tensors.set(name, tensor);
  }
  return { tensors, metadata: {} };
}

async function sendTensors(source: ByteSource, options: ReadSafetensorsOptions): Promise<Read<Tensor>> {
  const { entries, metadata, start } = await readSafetensorsHeader(source);
  const reader = new DeviceReader(source, options);
  const { isWanted = () => true } = options;
  const tensors = new Map<string, Tensor>();
  for (const entry of entries) {
    if (!isWanted(entry.name)) continue;
    tensors.set(entry.name, reader.tensor({ ...entry, begin: start + entry.begin, end: start + entry.end }));
  }
  await reader.finish();
  return { tensors, metadata };
}

/** The header of a file of any size. @throws format when it is damaged */
export async function readSafetensorsHeader(
  source: ByteSource,
): Promise<SafetensorsHeader & { readonly start: number }> {
  const start = valuesStart(await readPart(source, 0, 8), source.size);
  return { ...parseHeader(await readPart(source, 8, start), source.size - start), start };
}

async function readTensors(source: ByteSource, options: ReadSafetensorsOptions): Promise<SafetensorsFile> {
  const { entries, metadata, start } = await readSafetensorsHeader(source);
  const { isWanted = () => true } = options;
  const tensors = new Map<string, StoredTensor>();
  for (const { name, type, shape, begin, end } of entries) {
    if (!isWanted(name)) continue;
    const dtype = dtypeOf(type);
    const count = (end - begin) / storedBytes(type);
    if (isDirect(type)) {
      const { data, bytes } = allocateValues(dtype, count, name);
      await source.readInto(start + begin, bytes);
      settleValues(dtype, bytes);
      tensors.set(name, { dtype, shape, data });
    } else {
      const stored = allocateValues("u8", end - begin, name).bytes;
      await source.readInto(start + begin, stored);
      tensors.set(name, { dtype, shape, data: readValues(type, stored, name, options) });
    }
  }
  return { tensors, metadata };
}

/** The file that a path means: itself, or what a folder has. */
async function fileOf(path: string): Promise<string> {
  const { files } = platform();
  if ((await files.stat(path))?.kind !== "folder") return path;
  const names = (await files.list(path)).filter(({ kind }) => kind === "file").map(({ name }) => name);
  const found = ["model.safetensors", `model${indexEnding}`].find((name) => names.includes(name));
  const others = names.filter((name) => name.endsWith(".safetensors") || name.endsWith(indexEnding));
  const [only, ...more] = found === undefined ? others : [found];
  if (only === undefined || more.length > 0) {
    const what = only === undefined ? "no .safetensors file" : `several: ${others.slice(0, 5).join(", ")}`;
    throw new SinterError("file", `"${path}" holds ${what}. Name the file.`, { path });
  }
  return files.from(path, only);
}

function folderOf(file: string): string {
  const { files } = platform();
  const end = Math.max(file.lastIndexOf("/"), file.lastIndexOf(files.separator));
  return end < 0 ? "." : file.slice(0, Math.max(end, 1));
}

/** Tensor names by the file they are in. */
async function readIndex(file: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const source = await fileSource(file);
  if (source.size > maxIndexBytes) throw wrongIndex(file, `has ${source.size} bytes, at most ${maxIndexBytes}`);
  const map = weightMap(file, await readPart(source, 0, source.size));
  const shards = new Map<string, string[]>();
  for (const [name, shard] of Object.entries(map)) {
    if (typeof shard !== "string" || !isPlainName(shard)) {
      throw wrongIndex(file, `names ${JSON.stringify(shard)?.slice(0, 80)}, which is no file beside it`);
    }
    const names = shards.get(shard);
    if (names === undefined) shards.set(shard, [name]);
    else names.push(name);
  }
  if (shards.size > maxShards) throw wrongIndex(file, `names ${shards.size} files, at most ${maxShards}`);
  return shards;
}

function weightMap(file: string, bytes: Uint8Array): object {
  let index: unknown;
  try {
    index = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw wrongIndex(file, `is no JSON in UTF-8 (${messageOf(error)})`);
  }
  const map: unknown = isRecord(index) && Object.hasOwn(index, "weight_map") ? index["weight_map"] : undefined;
  if (!isRecord(map)) throw wrongIndex(file, "has no weight_map");
  return map;
}

/** A file of the same folder: no path, no drive, no hidden end. */
function isPlainName(name: string): boolean {
  return /^[\w][\w. -]*\.safetensors$/u.test(name) && name.length <= 255;
}

function wrongIndex(file: string, what: string): SinterError {
  return new SinterError("format", `safetensors: "${file}" ${what}. Fetch the model again.`, { file });
}
