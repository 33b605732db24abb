// What a network's inputs and outputs are called: as the layers that they come from.

import type { Network } from "./network.ts";

/** The names of the input layers, in the order of the inputs. */
export function inputNames({ calls, layers }: Network): string[] {
  return calls.flatMap(({ layer, inputs }) => (inputs.length === 0 ? [layers[layer]?.name ?? ""] : []));
}

/** The names of the layers that give the outputs. A layer that gives several: `dense`, then `dense_1` or the next that is free. */
export function outputNames({ calls, layers, outputs }: Network): string[] {
  const givers = calls.flatMap(({ layer, outputs: values }) => values.map(() => layers[layer]?.name ?? ""));
  const names = outputs.map((value) => givers[value] ?? "");
  const taken = new Set(layers.map(({ name }) => name));
  const seen = new Set<string>();
  return names.map((name) => {
    let own = name;
    for (let number = 1; seen.has(own) || (own !== name && taken.has(own)); number += 1) own = `${name}_${number}`;
    seen.add(own);
    return own;
  });
}
