// Names for weights that a file numbers.

import { SinterError } from "#engine/base/error.ts";
import type { StoredTensor } from "#learning/formats/safetensors.ts";
import type { Network } from "#learning/nn/network.ts";

/** Weights of layers that are the user's own come numbered: `name/#0`. @throws format for more or fewer than a layer has */
export function namedByOrder(
  { layers }: Network,
  tensors: ReadonlyMap<string, StoredTensor>,
): ReadonlyMap<string, StoredTensor> {
  const named = new Map(tensors);
  for (const { name, weights } of layers) {
    const given = [...tensors.keys()].filter((key) => key.startsWith(`${name}/#`)).length;
    if (given > 0 && given !== weights.length) {
      throw new SinterError(
        "format",
        `The file has ${given} weights of "${name}", the layer has ${weights.length}. Make it declare what the file holds.`,
        { name },
      );
    }
    weights.forEach(({ path }, place) => {
      const value = tensors.get(`${name}/#${place}`);
      if (value !== undefined) named.set(path, value);
    });
  }
  return named;
}
