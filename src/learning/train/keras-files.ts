// Models and weights into Keras's files, and weights out of them.

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { kerasBytes } from "#learning/formats/keras/file-bytes.ts";
import { readWeightsFile } from "#learning/formats/keras/read.ts";
import { weightSlots } from "#learning/formats/keras/weight-slots.ts";
import { writeKerasFile, writeKerasWeights } from "#learning/formats/keras/write.ts";
import type { ModelCore } from "./model-core.ts";
import { namedByOrder } from "./named-weights.ts";
import { describedModel, restoreWeights, type SaveOptions } from "./save.ts";
import { requirePlainWeights } from "./transform-weights.ts";

/** Writes a .keras file. */
export async function saveKerasFile(core: ModelCore, name: string, path: string, options: SaveOptions): Promise<void> {
  requirePlainWeights(core.network, "save");
  const model = await describedModel(core, name, options);
  const { training: _, ...untrained } = model.description;
  const kept = options.includeOptimizer === false ? { ...model, description: untrained } : model;
  await platform().files.writeAtomically(path, writeKerasFile(kept));
}

/** Writes a .weights.h5 file. */
export async function saveKerasWeights(core: ModelCore, name: string, path: string): Promise<void> {
  if (!path.endsWith(".weights.h5")) {
    throw new SinterError(
      "option",
      `saveWeights: ${path}. Give a path that ends in ".weights.h5", as Keras wants it.`,
      { path },
    );
  }
  requirePlainWeights(core.network, "saveWeights");
  await platform().files.writeAtomically(path, writeKerasWeights(await describedModel(core, name, {})));
}

/** Takes the weights of a file. Layers that Keras has not take theirs in order. */
export async function loadKerasWeights(core: ModelCore, name: string, path: string): Promise<void> {
  requirePlainWeights(core.network, "loadWeights");
  const { layers, graph } = (await describedModel(core, name, { includeOptimizer: false })).description;
  const own = core.network.layers.filter(({ weights }, place) => {
    const layer = layers[place];
    return weights.length > 0 && layer !== undefined && weightSlots(layer).length === 0;
  });
  const custom = new Set(own.map(({ layer }) => layer.config.kind));
  const plan = { layers, isSequential: graph === undefined, custom };
  const tensors = readWeightsFile(await kerasBytes(path), plan);
  restoreWeights(core, namedByOrder(core.network, tensors), path);
}
