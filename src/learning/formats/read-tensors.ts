// The tensors of a file of any format that holds some, by its content. Models come as their weights alone; as models they
// are read by `loadModel`.

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { readArchive } from "./archive.ts";
import { readGguf } from "./gguf.ts";
import { type Hdf5Dataset, type Hdf5Group, readHdf5 } from "./hdf5/read.ts";
import { tensorOf } from "./keras/stored-weights.ts";
import { readNpy, readNpz } from "./npy.ts";
import { readOnnxTensors } from "./onnx-tensors.ts";
import { readPyTorch } from "./pytorch.ts";
import { type FileFormat, recognize } from "./recognize.ts";
import { readSafetensors } from "./safetensors-files.ts";
import type { StoredTensor } from "./safetensors.ts";
import type { NumberRules } from "./stored-values.ts";
import { loadTfjsWeights } from "./tfjs/files.ts";

/** Tensors and what a file says beside them. */
export interface TensorFile {
  readonly format: FileFormat;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Texts, numbers and lists by name, each as text. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** How each format's tensors are read. */
const readers: {
  readonly [format in FileFormat]?: (file: string, rules: NumberRules) => Promise<Omit<TensorFile, "format">>;
} = {
  safetensors: readSafetensors,
  "safetensors-index": readSafetensors,
  sinter: (file, rules) => readSafetensors(file.replace(/model\.json$/, "model.safetensors"), rules),
  npy: async (file, rules) => ({ tensors: new Map([[stemOf(file), await readNpy(file, rules)]]), metadata: {} }),
  npz: async (file, rules) => {
    const { tensors, texts } = await readNpz(file, rules);
    return { tensors, metadata: textMetadata(texts, (value) => value.texts.join("\n")) };
  },
  pytorch: async (file, rules) => {
    const { tensors, values } = await readPyTorch(file, rules);
    return { tensors, metadata: textMetadata(values, String) };
  },
  gguf: async (file, rules) => {
    const { tensors, metadata } = await readGguf(file, rules);
    return { tensors, metadata: textMetadata(metadata, String) };
  },
  tfjs: async (file) => ({ tensors: (await loadTfjsWeights(file)).tensors, metadata: {} }),
  "tfjs-weights": async (file) => ({ tensors: (await loadTfjsWeights(file)).tensors, metadata: {} }),
  onnx: readOnnxTensors,
  hdf5: async (file) => ({ tensors: datasetsOf(readHdf5(await platform().files.read(file))), metadata: {} }),
  keras: async (file) => {
    const weights = readArchive(await platform().files.read(file)).get("model.weights.h5");
    return { tensors: weights === undefined ? new Map() : datasetsOf(readHdf5(weights.read())), metadata: {} };
  },
};

/** Formats whose tensors are read. */
export const tensorFormats: readonly string[] = Object.keys(readers);

/**
 * The tensors of a file or a model's folder: safetensors (one file or several), .npy, .npz, PyTorch, GGUF, HDF5, Keras,
 * TensorFlow.js, the initializers of ONNX, or what `save` wrote.
 * @throws file when nothing is there; format when it is damaged, or of a format without tensors
 * @example
 * const { tensors, format } = await readTensors("model.pt");
 */
export async function readTensors(path: string, rules: NumberRules = {}): Promise<TensorFile> {
  const { format, file } = await recognize(path);
  const read = readers[format];
  if (read === undefined) throw await withoutTensors(path, format);
  return { format, ...(await read(file, rules)) };
}

/** The error for what holds no tensors that are read: says what it is and what may be given. */
export async function withoutTensors(path: string, format: FileFormat): Promise<SinterError> {
  const found = await platform().files.stat(path);
  const isTable = format === "csv" || format === "parquet" || format === "arrow";
  let what = isTable ? `is a table (${format}), which readTable reads` : `holds no tensors (${format})`;
  if (found?.kind === "folder") what = "is a folder without a model";
  else if (found?.bytes === 0) what = "is empty";
  else if (format === "unknown") what = "is of no known kind";
  const known = ".safetensors, .npy, .npz, .pt, .pth, .gguf, .h5, .keras, .onnx, a model.json of TensorFlow.js";
  return new SinterError("format", `"${path}" ${what}. Give ${known}, or a folder that save wrote.`, { path, format });
}

function textMetadata<Value>(
  values: ReadonlyMap<string, Value>,
  textOf: (value: Value) => string,
): Record<string, string> {
  return Object.fromEntries(Array.from(values, ([name, value]) => [name, textOf(value)]));
}

/** Data sets of numbers, by their paths. */
function datasetsOf(group: Hdf5Group): ReadonlyMap<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  const walk = (prefix: string, member: Hdf5Group | Hdf5Dataset): void => {
    if (member.kind === "group") for (const [name, inner] of member.members) walk(`${prefix}/${name}`, inner);
    else if (member.read().kind === "numbers") tensors.set(prefix.slice(1), tensorOf(member));
  };
  walk("", group);
  return tensors;
}

/** The name of a file without folders and ending. */
function stemOf(file: string): string {
  return (/([^/\\]*?)(?:\.[^./\\]*)?$/.exec(file)?.[1] ?? "") || "array";
}
