// Squeeze and excitation (Hu et al., Squeeze-and-excitation networks, 2017): the means of all channels weigh each of them.

import type { Activation } from "#learning/nn/activations.ts";
import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { activated, channelsOf } from "./picture-model.ts";

export interface SqueezeOptions {
  /** Channels of the narrow layer. */
  readonly filters: number;
  readonly activation: Activation;
  readonly gate: Activation;
  /** Names of the layers, in order. */
  readonly names: { readonly [part in "squeeze" | "reduce" | "activation" | "expand" | "gate" | "excite"]: string };
}

/** Feature maps, each times a weight that follows from the means of all. */
export function squeezeExcite(x: SymbolicTensor, { filters, activation, gate, names }: SqueezeOptions): SymbolicTensor {
  let y = layers.globalAveragePooling2d({ keepdims: true, name: names.squeeze }).apply(x);
  y = layers.conv2d({ filters, kernelSize: 1, padding: "same", name: names.reduce }).apply(y);
  y = activated(y, activation, names.activation);
  y = layers.conv2d({ filters: channelsOf(x), kernelSize: 1, padding: "same", name: names.expand }).apply(y);
  return layers.multiply({ name: names.excite }).apply([x, activated(y, gate, names.gate)]);
}
