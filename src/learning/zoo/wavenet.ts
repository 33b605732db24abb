// WaveNet: the next sample of a sound from those before it (van den Oord et al., WaveNet: a generative model for raw audio, 2016).

import { checkOptions, integer } from "#engine/base/options.ts";
import type { Activation } from "#learning/nn/activations.ts";
import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { model } from "#learning/train/functional.ts";
import type { Model } from "#learning/train/model.ts";

export interface WavenetOptions {
  /** Steps and channels of a series; [1024, 1]. */
  readonly inputShape?: readonly [steps: number, channels: number];
  /** Of each step's answer; 256, the levels of a sound in mu-law. */
  readonly classes?: number;
  /** Maps that each layer passes on; 32. */
  readonly filters?: number;
  /** Maps that each layer gives to the answer; 64. */
  readonly skipFilters?: number;
  /** Layers of a stack, whose dilations are 1, 2, 4, …; 10. */
  readonly layersPerStack?: number;
  readonly stacks?: number;
  /** "softmax"; "linear" for a number in place of classes. */
  readonly classifierActivation?: Activation;
  readonly name?: string;
  /** Of the first weights; 0. */
  readonly seed?: number;
}

/**
 * For each step what follows it, of that step and those before it: [steps, channels] becomes [steps, classes]. It sees
 * stacks · (2^layersPerStack - 1) + 2 steps, its own counted.
 * @throws option
 * @source van den Oord et al. 2016, figure 4; a first convolution of 2 steps as there
 * @example
 * const net = wavenet({ inputShape: [64, 1], classes: 1, filters: 8, layersPerStack: 5, classifierActivation: "linear" });
 */
export function wavenet(options: WavenetOptions = {}): Model {
  checkOptions("wavenet", options, [
    "inputShape",
    "classes",
    "filters",
    "skipFilters",
    "layersPerStack",
    "stacks",
    "classifierActivation",
    "name",
    "seed",
  ]);
  const { inputShape = [1024, 1], classes = 256, filters = 32, skipFilters = 64, stacks = 1 } = options;
  const layersPerStack = integer("wavenet", "layersPerStack", options.layersPerStack ?? 10);
  integer("wavenet", "stacks", stacks);
  const series = layers.input({ shape: inputShape });
  let x = layers.conv1d({ filters, kernelSize: 2, padding: "causal", name: "begin" }).apply(series); // [1024, 32]
  const skipped: SymbolicTensor[] = [];
  for (let number = 1; number <= stacks * layersPerStack; number += 1) {
    const dilation = 2 ** ((number - 1) % layersPerStack);
    const [next, skip] = gatedLayer(x, { name: `layer${number}`, dilation, filters, skipFilters });
    skipped.push(skip);
    x = next;
  }
  const [only] = skipped;
  let y = skipped.length === 1 && only !== undefined ? only : layers.add({ name: "skips" }).apply(skipped);
  y = layers.activation({ activation: "relu", name: "skips_relu" }).apply(y);
  y = layers.conv1d({ filters: skipFilters, kernelSize: 1, activation: "relu", name: "end" }).apply(y); // [1024, 64]
  const activation = options.classifierActivation ?? "softmax";
  const outputs = layers.conv1d({ filters: classes, kernelSize: 1, activation, name: "predictions" }).apply(y);
  return model({ inputs: series, outputs, name: options.name ?? "wavenet", seed: options.seed ?? 0 }); // [1024, 256]
}

interface GatedOptions {
  readonly name: string;
  readonly dilation: number;
  readonly filters: number;
  readonly skipFilters: number;
}

/** tanh(W · x) times sigmoid(V · x): what goes on beside x, and what goes to the answer. */
function gatedLayer(
  x: SymbolicTensor,
  { name, dilation, filters, skipFilters }: GatedOptions,
): [next: SymbolicTensor, skip: SymbolicTensor] {
  const causal = { filters, kernelSize: 2, dilationRate: dilation, padding: "causal" } as const;
  const filter = layers.conv1d({ ...causal, activation: "tanh", name: `${name}_filter` }).apply(x);
  const gate = layers.conv1d({ ...causal, activation: "sigmoid", name: `${name}_gate` }).apply(x);
  const gated = layers.multiply({ name: `${name}_gated` }).apply([filter, gate]);
  const rest = layers.conv1d({ filters, kernelSize: 1, name: `${name}_rest` }).apply(gated);
  const skip = layers.conv1d({ filters: skipFilters, kernelSize: 1, name: `${name}_skip` }).apply(gated);
  return [layers.add({ name: `${name}_next` }).apply([x, rest]), skip];
}
