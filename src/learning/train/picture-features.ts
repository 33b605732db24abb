// What a network sees in pictures, one row a picture: the output of the network, or of one of its layers, the mean of each
// feature map where maps come out.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice } from "#engine/base/options.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Dataset } from "#learning/data/dataset.ts";
import { layers } from "#learning/nn/layers.ts";
import { networkOf, type Network } from "#learning/nn/network.ts";
import { Model, sequential } from "./model.ts";
import { allWeights } from "./model-core.ts";

export interface PictureFeatureOptions {
  /** The layer whose output is taken, by its name in `summary()`; what the model gives where it is left out. */
  readonly layer?: string;
  readonly signal?: AbortSignal | undefined;
}

/** One row a picture that could be read, and where they lie in the data set's files. */
export interface PictureFeatures {
  /** [pictures, features] */
  readonly features: Tensor;
  /** The file of each row, where the data set has files. */
  readonly files: readonly string[];
}

/**
 * Features of all pictures of a data set, in file order, batch by batch.
 * @throws option for a layer that the model has not; shape where one picture's output is no list and no feature maps
 * @example
 * const photos = await imageFolder("photos", { imageSize: [224, 224], labelMode: "none" });
 * const { features, files } = await pictureFeatures(net, photos, { layer: "avg_pool" });
 * const index = await nearestNeighbours(features);
 */
export async function pictureFeatures(
  model: Model,
  pictures: Dataset,
  options: PictureFeatureOptions = {},
): Promise<PictureFeatures> {
  checkOptions("pictureFeatures", options, ["layer", "signal"]);
  const net = withMeans(options.layer === undefined ? model : cutAfter(model, options.layer));
  const features = await net.predict(pictures, { verbose: 0, signal: options.signal });
  const broken = new Set((pictures.broken ?? []).map(({ file }) => file));
  return { features, files: (pictures.files ?? []).filter((file) => !broken.has(file)) };
}

/** The name of the layer whose output the last layer with weights takes: what the classifier sees. @throws state */
export function layerBeforeTop({ network: { layers: all, calls } }: Model): string {
  const top = calls.findLast(({ layer }) => (all[layer]?.weights.length ?? 0) > 0);
  const givers = calls.flatMap(({ layer, outputs }) => outputs.map(() => layer));
  const before = all[givers[top?.inputs[0] ?? -1] ?? -1];
  if (before !== undefined && before.layer.config.kind !== "input") return before.name;
  throw new SinterError("state", "The model has no layers before its classifier. Name the layer to take.");
}

/** A model of the same weights that ends with a layer. */
function cutAfter(model: Model, name: string): Model {
  const { layers: all, calls } = model.network;
  choice(
    "pictureFeatures",
    "layer",
    name,
    all.map((layer) => layer.name),
  );
  const place = all.findIndex((layer) => layer.name === name);
  const kept = calls.slice(0, calls.findLastIndex(({ layer }) => layer === place) + 1);
  const used = [...new Set(kept.map(({ layer }) => layer))].toSorted((a, b) => a - b);
  const output = kept.slice(0, -1).reduce((sum, { outputs }) => sum + outputs.length, 0);
  const network = networkOf({
    layers: used.flatMap((index) => all[index]?.layer ?? []),
    calls: kept.map(({ layer, inputs }) => ({ layer: used.indexOf(layer), inputs })),
    outputs: [output],
    isSequential: false,
  });
  const cut = new Model(network, { name: model.name });
  cut.setWeights(weightsOf(model, network, used));
  return cut;
}

/** The weights of the layers that were kept, by their paths in the cut network. */
function weightsOf(model: Model, network: Network, used: readonly number[]): Parameters<Model["setWeights"]>[0] {
  const known = allWeights(model.core);
  const pairs = network.layers.flatMap(({ weights }, place) =>
    weights.map(({ path }, index) => {
      const source = model.network.layers[used[place] ?? -1]?.weights[index]?.path ?? "";
      return [path, known[source]] as const;
    }),
  );
  return Object.fromEntries(pairs.flatMap(([path, value]) => (value === undefined ? [] : [[path, value]])));
}

/** Feature maps become their means. @throws shape */
function withMeans(model: Model): Model {
  const { shape } = model.network.output;
  if (shape.length === 1) return model;
  if (shape.length === 3) return sequential([model.asLayer(), layers.globalAveragePooling2d()]);
  throw new SinterError(
    "shape",
    `pictureFeatures: one picture gives [${shape.join(", ")}], expected a list of features, or feature maps. Name another layer.`,
    { shape },
  );
}
