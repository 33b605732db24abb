// Models out of Keras's files.

import { platform } from "#engine/platform/api.ts";
import { looksLikeArchive } from "#learning/formats/archive-directory.ts";
import { readH5File, readKerasFile } from "#learning/formats/keras/read.ts";
import { modelFrom, type LoadOptions } from "./described-model.ts";
import type { Model } from "./model.ts";

/** The model of a .keras or .h5 file. @throws file, format */
export async function loadKeras(path: string, options: LoadOptions): Promise<Model> {
  const { customLayers = {}, compile, inputShape } = options;
  const bytes = await platform().files.read(path);
  const read = looksLikeArchive(bytes) ? readKerasFile : readH5File;
  const custom = new Set(Object.keys(customLayers));
  return modelFrom(read(bytes, { custom, inputShape, ...(compile === undefined ? {} : { compile }) }), customLayers);
}
