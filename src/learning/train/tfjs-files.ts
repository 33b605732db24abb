// Models from TensorFlow.js's files and into them: a folder of model.json and shards, a project of Teachable Machine, or the
// bytes that a page has of them.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice } from "#engine/base/options.ts";
import { platform } from "#engine/platform/api.ts";
import { looksLikeArchive } from "#learning/formats/archive-directory.ts";
import { readArchive } from "#learning/formats/archive.ts";
import { readTfjsFiles } from "#learning/formats/tfjs/files.ts";
import { decodeLayersModel, type TfjsOptions } from "#learning/formats/tfjs/layers-model.ts";
import { quantizations, type TfjsQuantization } from "#learning/formats/tfjs/encode-weights.ts";
import { encodeLayersModel } from "#learning/formats/tfjs/write-layers.ts";
import { modelFrom } from "./described-model.ts";
import type { LoadOptions } from "./described-model.ts";
import type { Model } from "./model.ts";
import { describedModel } from "./save.ts";
import { requirePlainWeights } from "./transform-weights.ts";

/** Bytes that all files of an archive may have when unpacked. */
const limits = { maxEntries: 4096, maxTotalBytes: 4 * 2 ** 30 } as const;

/** The model of a model.json with the files beside it, of the folder that holds them, or of an archive (Teachable Machine). */
export async function loadTfjs(path: string, options: LoadOptions): Promise<Model> {
  const { files } = platform();
  const bytes = (await files.stat(path))?.kind === "folder" ? new Uint8Array() : await files.read(path);
  if (!looksLikeArchive(bytes)) return modelFromTfjs(await readTfjsFiles(path), options);
  const entries = [...readArchive(bytes, limits)].filter(([name]) => !name.includes("/"));
  return modelFromTfjs(new Map(entries.map(([name, entry]) => [name, entry.read()])), options);
}

/**
 * The model of a layers-model's files as bytes: for a page, where the user gives the files. Of a project of Teachable Machine,
 * which has a metadata.json too, the model knows its classes and how pictures become its inputs.
 * @param files by name: model.json and the shards that it names
 * @throws format where a file is missing, damaged, or has layers that sinter has not
 * @source tfjs-layers 4.22, models.ts: loadLayersModelFromIOHandler
 */
export function modelFromTfjs(files: ReadonlyMap<string, Uint8Array>, options: LoadOptions = {}): Model {
  checkOptions("modelFromTfjs", options, ["customLayers", "compile", "inputShape"]);
  const { customLayers = {}, compile, inputShape } = options;
  const wanted: TfjsOptions = {
    custom: new Set(Object.keys(customLayers)),
    inputShape,
    ...(compile === undefined ? {} : { compile }),
  };
  return modelFrom(decodeLayersModel(files, wanted), customLayers);
}

export interface SaveTfjsOptions {
  /** What weights are stored as: a half or a quarter of the bytes, with less exact values. f32 by default. */
  readonly quantization?: TfjsQuantization;
}

/**
 * Writes a model into a folder as a layers-model that TensorFlow.js loads: model.json and shards of 4 MB. Classes and sizes of
 * pictures go along where the model has them.
 * @throws format for layers or options that TensorFlow.js has not, naming them
 * @example
 * await saveTfjs(net, "web-model", { quantization: "float16" });
 */
export async function saveTfjs(model: Model, path: string, options: SaveTfjsOptions = {}): Promise<void> {
  checkOptions("saveTfjs", options, ["quantization"]);
  const { files } = platform();
  const encoded = await tfjsFiles(model, options);
  if ((await files.stat(path))?.kind === "file") {
    throw new SinterError("file", `saveTfjs: ${path} is a file. Give a folder.`, { path });
  }
  await files.makeFolder(path);
  // The description last: a folder with it is whole.
  const ordered = [...encoded].toSorted(([a], [b]) => Number(a === "model.json") - Number(b === "model.json"));
  for (const [name, bytes] of ordered) await files.writeAtomically(`${path}${files.separator}${name}`, bytes);
}

/** The files of a layers-model as bytes, by name: for a page. See `saveTfjs`. */
export async function tfjsFiles(model: Model, options: SaveTfjsOptions = {}): Promise<Map<string, Uint8Array>> {
  const { quantization } = options;
  if (quantization !== undefined) choice("saveTfjs", "quantization", quantization, quantizations);
  requirePlainWeights(model.network, "saveTfjs");
  return encodeLayersModel(await describedModel(model.core, model.name, { includeOptimizer: false }), quantization);
}
