// Models out of Keras's files.

import { looksLikeArchive } from "#learning/formats/archive-directory.ts";
import { kerasBytes } from "#learning/formats/keras/file-bytes.ts";
import { readH5File, readKerasFile } from "#learning/formats/keras/read.ts";
import { modelFrom, type LoadOptions } from "./described-model.ts";
import type { Model } from "./model.ts";

/** The model of a .keras or .h5 file. @throws file, format; limit from 2 GiB on */
export async function loadKeras(path: string, options: LoadOptions): Promise<Model> {
  return kerasModel(await kerasBytes(path), options);
}

/** The model in a file's bytes. @throws format */
export function kerasModel(bytes: Uint8Array, { customLayers = {}, compile, inputShape }: LoadOptions): Model {
  const read = looksLikeArchive(bytes) ? readKerasFile : readH5File;
  const custom = new Set(Object.keys(customLayers));
  return modelFrom(read(bytes, { custom, inputShape, ...(compile === undefined ? {} : { compile }) }), customLayers);
}
