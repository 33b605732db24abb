// Which format a file or folder has, by its content, never by its name. Reads a little of it; whether it is whole, its own
// reader says.

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { looksLikeArchive } from "./archive-directory.ts";
import { listArchive } from "./archive-list.ts";
import { type ByteSource, bytesSource, fileSource, readPart } from "./byte-source.ts";
import { looksLikeGguf } from "./gguf-header.ts";
import { looksLikeHdf5 } from "./hdf5/read.ts";
import { looksLikeNpy } from "./npy-header.ts";
import { WireReader } from "./onnx/wire.ts";
import { looksLikePickle } from "./pickle.ts";

/** Formats that are told apart. */
export type FileFormat =
  /** A model that `save` wrote: the folder, or its model.json. */
  | "sinter"
  | "safetensors"
  /** The index of a model in several files. */
  | "safetensors-index"
  | "npy"
  | "npz"
  | "keras"
  /** Models and weights of Keras's, and every other HDF5 file. */
  | "hdf5"
  | "onnx"
  /** A model of TensorFlow.js, layers or graph; a project of Teachable Machine. */
  | "tfjs"
  /** A manifest of weights alone. */
  | "tfjs-weights"
  | "pytorch"
  | "gguf"
  | "tfevents"
  | "parquet"
  | "arrow"
  | "csv"
  | "zip"
  | "saved-model"
  | "unknown";

/** What a path is. */
export interface Recognized {
  readonly format: FileFormat;
  /** The file that tells: of a folder the one within. */
  readonly file: string;
  readonly bytes: number;
}

const headBytes = 65_536;
const maxJsonBytes = 256 * 2 ** 20;

/** Files of a folder that tell what it is, in order. */
const tellingFiles = ["model.json", "model.safetensors", "model.safetensors.index.json", "saved_model.pb"] as const;

/**
 * The format of a file or folder.
 * @throws file when nothing is there
 * @example
 * const { format } = await recognize("model.pt"); // "pytorch"
 */
export async function recognize(path: string): Promise<Recognized> {
  const { files } = platform();
  const found = await files.stat(path);
  if (found?.kind !== "folder") {
    const source = await fileSource(path);
    return { format: await recognizeSource(source), file: path, bytes: source.size };
  }
  const names = new Set((await files.list(path)).filter(({ kind }) => kind === "file").map(({ name }) => name));
  const telling = tellingFiles.find((name) => names.has(name));
  if (telling === undefined) return { format: "unknown", file: path, bytes: 0 };
  const file = `${path.replace(/[/\\]$/, "")}${files.separator}${telling}`;
  if (telling === "saved_model.pb") return { format: "saved-model", file, bytes: 0 };
  const source = await fileSource(file);
  return { format: await recognizeSource(source), file, bytes: source.size };
}

/** The format of bytes, as `recognize` tells it. */
export async function recognizeBytes(bytes: Uint8Array): Promise<FileFormat> {
  return await recognizeSource(bytesSource(bytes));
}

async function recognizeSource(source: ByteSource): Promise<FileFormat> {
  const head = await readPart(source, 0, headBytes);
  if (looksLikeArchive(head)) return await archiveFormat(source);
  if (looksLikeHdf5(head)) return "hdf5";
  if (looksLikeNpy(head)) return "npy";
  if (looksLikeGguf(head)) return "gguf";
  if (startsWith(head, "PAR1")) return "parquet";
  if (startsWith(head, "ARROW1") || startsWith(head, "\u00ff\u00ff\u00ff\u00ff")) return "arrow";
  if (looksLikeSafetensors(head, source.size)) return "safetensors";
  if (looksLikePickle(head)) return "pytorch";
  if (looksLikeEvents(head)) return "tfevents";
  const [first = 0] = head.subarray(head.findIndex((byte) => byte > 0x20));
  if ((first === 0x7b || first === 0x5b) && source.size <= maxJsonBytes) {
    const json = jsonFormat(await readPart(source, 0, source.size));
    if (json !== undefined) return json;
  }
  if (await looksLikeOnnx(source)) return "onnx";
  return looksLikeTable(head, source.size) ? "csv" : "unknown";
}

async function archiveFormat(source: ByteSource): Promise<FileFormat> {
  const names = await listArchive(source).catch((error: unknown) => {
    if (error instanceof SinterError) return undefined;
    throw error;
  });
  if (names === undefined) return "zip";
  if (names.includes("config.json") && names.includes("model.weights.h5")) return "keras";
  // A project of Teachable Machine.
  if (names.includes("model.json")) return "tfjs";
  if (names.some((name) => /^[^/]+\/data\.pkl$/.test(name))) return "pytorch";
  return names.length > 0 && names.every((name) => name.endsWith(".npy")) ? "npz" : "zip";
}

function looksLikeSafetensors(head: Uint8Array, size: number): boolean {
  if (head.length < 10 || head[8] !== 0x7b) return false;
  const length = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true);
  return length >= 2n && length <= BigInt(size - 8);
}

/** A first record that says the version of the events: 12 bytes of framing, a time, a text. */
function looksLikeEvents(head: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(head.subarray(12, 64)).includes("brain.Event:");
}

/** Of a JSON text whose form is known. */
function jsonFormat(bytes: Uint8Array): FileFormat | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  if (Array.isArray(value)) return hasKeys(value[0], ["paths", "weights"]) ? "tfjs-weights" : undefined;
  if (hasKeys(value, ["weight_map"])) return "safetensors-index";
  if (hasKeys(value, ["modelTopology"]) || hasKeys(value, ["weightsManifest"])) return "tfjs";
  return hasKeys(value, ["format"]) && value["format"] === "sinter-model" ? "sinter" : undefined;
}

function hasKeys<Key extends string>(value: unknown, keys: readonly Key[]): value is Readonly<Record<Key, unknown>> {
  return typeof value === "object" && value !== null && keys.every((key) => Object.hasOwn(value, key));
}

/** Fields of ONNX's ModelProto and how each is written: a number (0) or bytes (2). */
const modelFields: ReadonlyMap<number, 0 | 2> = new Map([
  [1, 0],
  [2, 2],
  [3, 2],
  [4, 2],
  [5, 0],
  [6, 2],
  [7, 2],
  [8, 2],
  [14, 2],
  [20, 2],
  [25, 2],
  [26, 2],
]);
const graphField = 7;
const maxFields = 4096;

/** Whether the whole file is fields of a ModelProto, a graph among them. Values are passed over. */
async function looksLikeOnnx(source: ByteSource): Promise<boolean> {
  let at = 0;
  let hasGraph = false;
  for (let index = 0; at < source.size; index += 1) {
    const end = index > maxFields ? undefined : modelFieldEnd(await readPart(source, at, at + 20));
    if (end === undefined) return false;
    hasGraph ||= end.field === graphField;
    at += end.length;
  }
  return hasGraph && at === source.size;
}

/** The field of a ModelProto that begins here, and its length; undefined where none does. */
function modelFieldEnd(head: Uint8Array): { readonly field: number; readonly length: number } | undefined {
  const reader = new WireReader(head);
  try {
    const field = reader.next();
    if (field === undefined || modelFields.get(field.number) !== field.wire) return undefined;
    const value = reader.number();
    const length = field.wire === 2 ? value : 0;
    return length < 0 ? undefined : { field: field.number, length: reader.position + length };
  } catch (error) {
    if (error instanceof SinterError) return undefined;
    throw error;
  }
}

/** Lines of text with the same separators. */
function looksLikeTable(head: Uint8Array, size: number): boolean {
  let text: string;
  try {
    // A character may be cut at the end of the head: only whole lines are looked at.
    const end = head.length < size ? head.lastIndexOf(0x0a) + 1 : head.length;
    text = new TextDecoder("utf-8", { fatal: true }).decode(head.subarray(0, end));
  } catch {
    return false;
  }
  if (text.includes("\0")) return false;
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  const [first = "", ...rest] = lines;
  const count = (line: string, separator: string): number => line.split(separator).length - 1;
  return [",", "\t", ";"].some(
    (separator) => count(first, separator) > 0 && rest.slice(0, 5).every((line) => count(line, separator) > 0),
  );
}

function startsWith(bytes: Uint8Array, latin1: string): boolean {
  return (
    bytes.length >= latin1.length && Array.from(latin1).every((character, at) => bytes[at] === character.charCodeAt(0))
  );
}
