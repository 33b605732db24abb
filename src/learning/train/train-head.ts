// Training what follows the frozen layers of a model alone, on what these give: seconds, where each epoch over the pictures
// takes minutes.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer } from "#engine/base/options.ts";
import type { SampleDataset } from "#learning/data/sample-dataset.ts";
import { input } from "#learning/nn/dense.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { sequentialNetwork } from "#learning/nn/network.ts";
import { fitDataset } from "./fit.ts";
import type { FitDatasetOptions } from "./fit-run.ts";
import { featureDataset, numFrozenLayers, type FeatureProgress } from "./frozen-features.ts";
import type { History } from "./history.ts";
import { allWeights, compiledOf, preprocessingFor, separate } from "./model-core.ts";
import { Model } from "./model.ts";

export interface TrainHeadOptions extends Pick<
  FitDatasetOptions,
  "epochs" | "stepsPerEpoch" | "classWeight" | "callbacks" | "verbose" | "output" | "signal" | "seed"
> {
  readonly validationData?: SampleDataset | undefined;
  /** How often features of augmented pictures are computed, each time of others; 4. Epochs take them in turn. */
  readonly variants?: number;
  /** Hears how far the features are. */
  readonly onFeatures?: ((progress: FeatureProgress) => void) | undefined;
}

const known = [
  "epochs",
  "stepsPerEpoch",
  "classWeight",
  "callbacks",
  "verbose",
  "output",
  "signal",
  "seed",
  "validationData",
  "variants",
  "onFeatures",
];

/**
 * Trains a model of layers in a row whose first ones are frozen: what those give is computed once for every sample, as in a
 * prediction, and the layers behind them learn from that. Callbacks see those layers as their model.
 * @param model compiled
 * @returns the numbers of every epoch
 * @throws option where the first layers learn; state when it is not compiled; otherwise as `fit`
 * @example
 * const net = sequential([base.asLayer({ trainable: false }), layers.globalAveragePooling2d(), layers.dense({ units: 3, activation: "softmax" })]);
 * net.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
 * await trainHead(net, pictures, { epochs: 50 });
 */
export async function trainHead(model: Model, data: SampleDataset, options: TrainHeadOptions = {}): Promise<History> {
  checkOptions("trainHead", options, known);
  const { validationData, variants = 4, onFeatures, ...others } = options;
  const numLayers = numFrozenLayers(model.network);
  if (numLayers === 0 || numLayers === model.network.layers.length) {
    throw new SinterError(
      "option",
      numLayers === 0
        ? "trainHead: the first layers of the model learn, or it is not of layers in a row. Freeze them: asLayer({ trainable: false })."
        : "trainHead: every layer is frozen, none is left to learn. Add a dense layer.",
    );
  }
  model.preprocessing = preprocessingFor(model.preprocessing, data);
  const request = { variants: integer("trainHead", "variants", variants), signal: options.signal };
  const train = await featureDataset(model.core, numLayers, data, { ...request, onProgress: onFeatures });
  const validation =
    validationData === undefined ? undefined : await featureDataset(model.core, numLayers, validationData, request);
  const head = headOf(model, numLayers);
  try {
    return await fitDataset(head.core, head, train, { ...others, validationData: validation });
  } finally {
    putHead(model, head, numLayers);
  }
}

/** The layers behind the first ones, with copies of their weights. */
function headOf(model: Model, numLayers: number): Model {
  const { network, seed } = model.core;
  const { shape, dtype } = network.layers[numLayers - 1]?.output ?? network.output;
  const rest = network.layers.slice(numLayers).map(({ layer }) => layer);
  const head = new Model(sequentialNetwork([input({ shape, dtype }), ...rest]), { name: model.name, seed });
  head.setWeights(renamed(allWeights(model.core), pairs(model, head, numLayers)));
  head.core.compiled = compiledOf(model.core, "trainHead");
  return head;
}

/** The paths of the same weights in the model and in its head. */
function pairs(model: Model, head: Model, numLayers: number): [inModel: string, inHead: string][] {
  const own = model.network.layers.slice(numLayers).flatMap(({ weights }) => weights);
  return own.map(({ path }, place) => [path, head.network.weights[place]?.path ?? path]);
}

function renamed(weights: Weights, names: readonly (readonly [from: string, to: string])[]): Weights {
  return Object.fromEntries(
    names.flatMap(([from, to]) => {
      const value = weights[from];
      return value === undefined ? [] : [[to, value]];
    }),
  );
}

/** Takes what the head has learnt: its tensors are the model's from now on. */
function putHead(model: Model, head: Model, numLayers: number): void {
  const { core } = model;
  const back = pairs(model, head, numLayers).map(([own, other]) => [other, own] as const);
  Object.assign(core, separate(core.network, { ...allWeights(core), ...renamed(allWeights(head.core), back) }));
}
