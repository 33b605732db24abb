// loadModel: which format a file or folder has is seen from its content, never from its name.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions } from "#engine/base/options.ts";
import { platform } from "#engine/platform/api.ts";
import { looksLikeArchive } from "#learning/formats/archive-directory.ts";
import { looksLikeHdf5 } from "#learning/formats/hdf5/read.ts";
import { readH5File, readKerasFile, type ReadKerasOptions } from "#learning/formats/keras/read.ts";
import type { LayerMaker } from "#learning/nn/layers.ts";
import { modelFrom } from "./described-model.ts";
import { Model } from "./model.ts";
import { readModel, restoreCore } from "./save.ts";
import { isTfjsArchive, isTfjsFile, isTfjsFolder, loadTfjsArchive, loadTfjsFile } from "./tfjs-files.ts";

export interface LoadOptions {
  /** Makers of layers that are not sinter's own: by their kind, of files of other libraries by their class. */
  readonly customLayers?: Readonly<Record<string, LayerMaker>>;
  /** Whether the model is compiled as the file says; true by default. */
  readonly compile?: boolean;
  /** Shape of one sample, for files of other libraries that leave sizes open. */
  readonly inputShape?: readonly number[] | undefined;
}

/** A file that may be a model. */
export interface ModelFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** How models of one format are recognized and read. */
interface ModelFormat {
  readonly name: string;
  recognizes(file: ModelFile): boolean;
  load(file: ModelFile, options: LoadOptions): Model | Promise<Model>;
}

/** The formats, each in a line; the first that recognizes a file reads it. */
const formats: readonly ModelFormat[] = [
  { name: "TensorFlow.js model.json", recognizes: isTfjsFile, load: loadTfjsFile },
  { name: "Teachable Machine .zip", recognizes: isTfjsArchive, load: loadTfjsArchive },
  {
    name: "Keras .keras",
    recognizes: ({ bytes }) => looksLikeArchive(bytes),
    load: (file, options) => modelFrom(readKerasFile(file.bytes, kerasOptions(options)), options.customLayers),
  },
  {
    name: "Keras .h5",
    recognizes: ({ bytes }) => looksLikeHdf5(bytes),
    load: (file, options) => modelFrom(readH5File(file.bytes, kerasOptions(options)), options.customLayers),
  },
];

function kerasOptions({ customLayers = {}, compile, inputShape }: LoadOptions): ReadKerasOptions {
  return { custom: new Set(Object.keys(customLayers)), inputShape, ...(compile === undefined ? {} : { compile }) };
}

/**
 * A model from the folder that `save` wrote, from a file of Keras's (.keras, or .h5 with its configuration), or from
 * TensorFlow.js: model.json, the folder that it lies in, or the .zip of a Teachable Machine project. It can be trained on; compiled, with the optimizer's state, where the file has that.
 * @throws file when it is not there; format when it is damaged, holds code, or layers that sinter has not
 * @example
 * const net = await loadModel("model.keras");
 */
export async function loadModel(path: string, options: LoadOptions = {}): Promise<Model> {
  checkOptions("loadModel", options, ["customLayers", "compile", "inputShape"]);
  const { files } = platform();
  const facts = await files.stat(path);
  if (facts === undefined || facts.kind === "folder") return loadFolder(path, options);
  const file = { path, bytes: await files.read(path) };
  const format = formats.find((one) => one.recognizes(file));
  if (format !== undefined) return format.load(file, options);
  throw new SinterError(
    "format",
    `${path} is no model that sinter reads (${formats.map(({ name }) => name).join(", ")}, or the folder that save wrote).`,
    { path },
  );
}

async function loadFolder(path: string, options: LoadOptions): Promise<Model> {
  if (await isTfjsFolder(path)) return loadTfjsFile({ path, bytes: new Uint8Array() }, options);
  const loaded = await readModel(path, options.customLayers ?? {});
  const { name, training } = loaded.description;
  const model = new Model(loaded.network, { name, seed: training?.seed ?? 0 });
  const { training: _, ...untrained } = loaded.description;
  restoreCore(model.core, options.compile === false ? { ...loaded, description: untrained } : loaded);
  return model;
}
