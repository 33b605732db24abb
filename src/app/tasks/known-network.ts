// A known network as the model of a picture classification: its own form of pixels, its base, and a head for the classes.

import { layers } from "#learning/nn/layers.ts";
import { sequential, type Model } from "#learning/train/model.ts";
import { pictureNetworks, pictureNetworkNames, type PictureNetworkName } from "#learning/zoo/picture-networks.ts";
import type { ModelRequest } from "./image-model.ts";
import type { TransferPlan } from "./transfer-options.ts";

/** Whether a model is one of the known networks. */
export function isPictureNetwork(model: unknown): model is PictureNetworkName {
  return pictureNetworkNames.some((name) => name === model);
}

/**
 * Pixels from 0 to 255, the network without its top, the mean of each feature map, batch normalization, dropout of a half, and a
 * sigmoid for two classes or a softmax for more. With weights of a file the base is frozen: of its layers those that
 * fine-tuning leaves alone, and every batch normalization, stay so when it is trained.
 * @throws option, file, format as the network's function
 */
export async function knownNetwork(
  name: PictureNetworkName,
  { imageSize, classNames, seed }: ModelRequest,
  transfer: TransferPlan | undefined,
): Promise<Model> {
  const network = pictureNetworks[name];
  const inputShape = [...imageSize, 3];
  const options = { includeTop: false, inputShape, seed, ...scalingOf(name, transfer) };
  const base = transfer === undefined ? network(options) : await network({ ...options, weights: transfer.weights });
  if (transfer !== undefined) freezeForGood(base, transfer);
  const answer =
    classNames.length === 2
      ? layers.dense({ units: 1, activation: "sigmoid", name: "answer" })
      : layers.dense({ units: classNames.length, activation: "softmax", name: "answer" });
  return sequential(
    [
      layers.preprocessInput({ mode: network.preprocessing, inputShape }),
      base.asLayer({ trainable: transfer === undefined }),
      layers.globalAveragePooling2d({ name: "features" }),
      layers.batchNormalization({ momentum: 0.9, name: "scaled_features" }),
      layers.dropout({ rate: 0.5 }),
      answer,
    ],
    { name, seed },
  );
}

/** The layer of a model that holds the base. */
export function baseLayerOf(model: Model): string {
  return model.network.layers[1]?.name ?? "";
}

/** The published weights of EfficientNet were learnt behind one more scaling. */
function scalingOf(name: PictureNetworkName, transfer: TransferPlan | undefined): { imagenetScaling?: boolean } {
  return transfer !== undefined && name.startsWith("efficientNetB") ? { imagenetScaling: true } : {};
}

/** Layers are counted as Keras counts them, the input first. */
function freezeForGood(base: Model, { freeze }: TransferPlan): void {
  const numFrozen = typeof freeze === "number" ? freeze : 0;
  const frozen = base.network.layers.filter(
    ({ layer }, place) => place < numFrozen || layer.config.kind === "batchNormalization",
  );
  if (frozen.length > 0)
    base.setTrainable(
      false,
      frozen.map((layer) => layer.name),
    );
}
