// loadModel: which format a file or folder has is seen from its content, never from its name. Large readers
// are loaded when one of their files is met.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions } from "#engine/base/options.ts";
import { platform } from "#engine/platform/api.ts";
import { type FileFormat, recognize } from "#learning/formats/recognize.ts";
import type { LoadOptions } from "./described-model.ts";
import { Model } from "./model.ts";
import { readModel, restoreCore } from "./save.ts";
import { loadTfjs } from "./tfjs-files.ts";

type Load = (path: string, options: LoadOptions) => Promise<Model>;

const loadKeras: Load = async (path, options) => (await import("./load-keras.ts")).loadKeras(path, options);

const loaders: { readonly [format in FileFormat]?: Load } = {
  sinter: (path, options) => loadFolder(path.replace(/[/\\]?model\.json$/u, "") || ".", options),
  keras: loadKeras,
  hdf5: loadKeras,
  tfjs: loadTfjs,
  onnx: async (path, { inputShape }) => (await import("./graph-model.ts")).loadOnnxModel(path, inputShape),
};

/**
 * A model from the folder that `save` wrote or another library's file: Keras's .keras, or .h5 with its configuration; TensorFlow.js's
 * model.json, its folder, or the .zip of a Teachable Machine project; ONNX (see `onnxModel`). It can be trained on; compiled, with
 * the optimizer's state, where the file has that.
 * @throws file when it is not there; format when it is damaged, holds code, or layers that sinter has not
 * @example
 * const net = await loadModel("model.keras");
 */
export async function loadModel(path: string, options: LoadOptions = {}): Promise<Model> {
  checkOptions("loadModel", options, ["customLayers", "compile", "inputShape"]);
  const facts = await platform().files.stat(path);
  if (facts === undefined) return loadFolder(path, options);
  const { format } = await recognize(path);
  // A folder of no known kind: what its model.json lacks is said by its reader.
  const load = loaders[format] ?? (facts.kind === "folder" ? loadFolder : undefined);
  if (load !== undefined) return load(path, options);
  throw new SinterError(
    "format",
    `${path} is no model that sinter reads (${Object.keys(loaders).join(", ")}), but ${format}. ` +
      "Read tensors by readTensors, tables by readTable.",
    { path, format },
  );
}

/**
 * The model of a .keras or .h5 file's bytes: for a page, where the user gives the file.
 * @throws format when it is damaged, holds code, or layers that sinter has not
 * @source Keras 3, saving/saving_lib.py
 * @example
 * const net = await modelFromKeras(new Uint8Array(await blob.arrayBuffer()));
 */
export async function modelFromKeras(bytes: Uint8Array, options: LoadOptions = {}): Promise<Model> {
  checkOptions("modelFromKeras", options, ["customLayers", "compile", "inputShape"]);
  return (await import("./load-keras.ts")).kerasModel(bytes, options);
}

async function loadFolder(path: string, options: LoadOptions): Promise<Model> {
  const loaded = await readModel(path, options.customLayers ?? {}, async (file) =>
    (await import("./graph-model.ts")).graphMaker(file),
  );
  const { name, training } = loaded.description;
  const model = new Model(loaded.network, { name, seed: training?.seed ?? 0 });
  const { training: _, ...untrained } = loaded.description;
  restoreCore(model.core, options.compile === false ? { ...loaded, description: untrained } : loaded);
  return model;
}
