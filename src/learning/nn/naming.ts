// Names of layers in a network: the user's, or Keras's automatic ones.

import { SinterError } from "#engine/base/error.ts";
import type { Layer } from "./layer.ts";

/**
 * A name for each layer. Those without one get Keras's, `conv2d`, `conv2d_1`, `max_pooling2d`, counted in the order in
 * which the layers were made.
 * @throws option for a name used twice
 */
export function nameLayers(layers: readonly Layer[]): string[] {
  const taken = givenNames(layers);
  const counts = new Map<string, number>();
  const names = layers.map(({ name }) => name ?? "");
  const unnamed = layers.flatMap((layer, place) => (layer.name === undefined ? [{ layer, place }] : []));
  for (const { layer, place } of unnamed.toSorted((left, right) => left.layer.order - right.layer.order)) {
    const base = snakeCase(layer.className);
    let candidate = "";
    do {
      const count = counts.get(base) ?? 0;
      counts.set(base, count + 1);
      candidate = count === 0 ? base : `${base}_${count}`;
    } while (taken.has(candidate));
    names[place] = candidate;
  }
  return names;
}

function givenNames(layers: readonly Layer[]): Set<string> {
  const taken = new Set<string>();
  for (const { name } of layers) {
    if (name === undefined) continue;
    if (name === "" || name.includes("/")) {
      throw new SinterError("option", `Layer name "${name}" is empty or has a slash. Use letters, digits and _.`, {
        name,
      });
    }
    if (taken.has(name)) {
      throw new SinterError("option", `Two layers are named "${name}". Give each its own name.`, { name });
    }
    taken.add(name);
  }
  return taken;
}

/** As Keras names an instance of a class: `MaxPooling2D` → `max_pooling2d`. */
export function snakeCase(className: string): string {
  return className
    .replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}
