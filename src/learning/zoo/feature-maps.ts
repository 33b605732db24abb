// A known network as the source of feature maps: what some of its layers give, with the weights that it has.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, nearest } from "#engine/base/options.ts";
import { networkOf, type Network } from "#learning/nn/network.ts";
import { networkLayer } from "#learning/nn/sub-network.ts";
import type { Model } from "#learning/train/model.ts";
import { networkFunction } from "#learning/train/network-function.ts";
import type { FeatureMaps } from "./ssd/ssd.ts";

/**
 * What layers of a network give for a picture, in the order of their names; what comes after the last of them is left out.
 * The maps begin with copies of the network's weights, which are frozen by `trainable: false`.
 * @throws option for a name that no layer has
 * @example
 * const base = mobileNetV2({ inputShape: [224, 224, 3], includeTop: false });
 * const detector = ssd({ classes: 3, inputShape: [224, 224, 3], features: featureMaps(base, ["block_13_expand_relu", "out_relu"]) });
 */
export function featureMaps(
  net: Model,
  names: readonly string[],
  options: { readonly trainable?: boolean } = {},
): FeatureMaps {
  checkOptions("featureMaps", options, ["trainable"]);
  const { weights, frozen } = networkFunction(net);
  const part = cutNetwork(net.network, names);
  return (picture) => networkLayer(part, { name: net.name, ...options }, { ...weights, ...frozen }).applyAll(picture);
}

/** The network up to the last of the layers, which are its outputs. */
function cutNetwork({ layers, calls }: Network, names: readonly string[]): Network {
  const valueOf = new Map<string, number>();
  let numValues = 0;
  for (const { layer, outputs } of calls) {
    valueOf.set(layers[layer]?.name ?? "", numValues);
    numValues += outputs.length;
  }
  const outputs = names.map((name) => valueOf.get(name) ?? unknownLayer(name, [...valueOf.keys()]));
  const last = outputs.reduce((most, value) => Math.max(most, value), 0);
  let numKept = 0;
  for (let given = 0; given <= last; numKept += 1) given += calls[numKept]?.outputs.length ?? 1;
  const kept = calls.slice(0, numKept);
  const used = [...new Set(kept.map(({ layer }) => layer))].sort((a, b) => a - b);
  return networkOf({
    layers: used.flatMap((place) => layers[place]?.layer ?? []),
    calls: kept.map(({ layer, inputs }) => ({ layer: used.indexOf(layer), inputs })),
    outputs,
    isSequential: false,
  });
}

function unknownLayer(name: string, known: readonly string[]): never {
  const right = nearest(name, known);
  const advice = right === undefined ? "summary() lists them." : `Write "${right}".`;
  throw new SinterError("option", `featureMaps: there is no layer "${name}". ${advice}`, { name });
}
