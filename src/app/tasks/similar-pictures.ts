// The pictures of a folder that look most like one: features of a network, compared by the angle between them.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, integer } from "#engine/base/options.ts";
import { platform } from "#engine/platform/api.ts";
import { imageFiles } from "#learning/data/image-files.ts";
import type { BrokenSample } from "#learning/data/dataset.ts";
import { layers } from "#learning/nn/layers.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { sequential, type Model } from "#learning/train/model.ts";
import { nearestNeighbours } from "#learning/train/nearest-neighbours.ts";
import { layerBeforeTop, pictureFeatures } from "#learning/train/picture-features.ts";
import { pictureNetworkNames, pictureNetworks } from "#learning/zoo/picture-networks.ts";
import { isPictureNetwork } from "./known-network.ts";
import { listPictures } from "./picture-list.ts";

export interface SimilarPicturesOptions {
  /** A known network, which needs `weights`; or a model that was trained on pictures: a run, a model's folder or file. */
  readonly model: string;
  /** The file of a known network's weights. */
  readonly weights?: string | undefined;
  /** Height and width that pictures are resized to; those the model was made for. */
  readonly imageSize?: readonly [height: number, width: number] | undefined;
  /** Pictures found at most; 5. */
  readonly top?: number | undefined;
  /** Pictures a step; 32. */
  readonly batchSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SimilarPicture {
  readonly file: string;
  /** The cosine of the angle between the features: 1 for the same direction. */
  readonly similarity: number;
}

export interface SimilarPictures {
  /** The most similar first. The picture itself is left out where it lies in the folder. */
  readonly found: readonly SimilarPicture[];
  /** Pictures of the folder that were looked at. */
  readonly numPictures: number;
  readonly broken: readonly BrokenSample[];
}

/** A network that gives features, and how pictures become its input. */
interface Extractor {
  readonly net: Model;
  readonly layer: string | undefined;
  readonly rescale: NonNullable<Model["preprocessing"]["rescale"]>;
}

/**
 * The pictures of a folder most like one, by the cosine of a network's features; every picture is compared.
 * @param folder pictures in it and in the folders below it
 * @throws option, file, format, data as reading the model and the pictures does
 * @example
 * const { found } = await similarPictures("cat.jpg", "photos", { model: "vgg16", weights: "vgg16_notop.h5" });
 */
export async function similarPictures(
  picture: string,
  folder: string,
  options: SimilarPicturesOptions,
): Promise<SimilarPictures> {
  const where = "similarPictures";
  checkOptions(where, options, ["model", "weights", "imageSize", "top", "batchSize", "signal"]);
  const top = integer(where, "top", options.top ?? 5);
  const { batchSize = 32, signal } = options;
  const { net, layer, rescale } = await extractorOf(where, options);
  const [height = 0, width = 0, channels] = net.network.input.shape;
  const read = {
    imageSize: [height, width] as const,
    colorMode: channels === 1 ? ("grayscale" as const) : ("rgb" as const),
    batchSize,
    rescale,
  };
  const asked = imageFiles([picture], read);
  const others = (await listPictures([folder])).filter((file) => !isSame(file, picture));
  if (others.length === 0) {
    throw new SinterError("data", `${where}: "${folder}" holds no other picture. Give a folder of more.`, { folder });
  }
  const all = imageFiles(others, { ...read, onBroken: "skip" });
  const query = await pictureFeatures(net, asked, { ...(layer === undefined ? {} : { layer }), signal });
  const { features, files } = await pictureFeatures(net, all, { ...(layer === undefined ? {} : { layer }), signal });
  const index = await nearestNeighbours(features);
  const [nearest = []] = await index.search(query.features, { numNeighbours: top });
  return {
    found: nearest.map(({ index: place, score }) => ({ file: files[place] ?? "", similarity: score })),
    numPictures: files.length,
    broken: all.broken ?? [],
  };
}

async function extractorOf(where: string, options: SimilarPicturesOptions): Promise<Extractor> {
  const { model, weights, imageSize } = options;
  if (isPictureNetwork(model)) return ofNetwork(where, model, options);
  if (weights !== undefined) choice(where, "model", model, pictureNetworkNames);
  if (weights === undefined && (await platform().files.stat(model)) === undefined) {
    throw new SinterError(
      "option",
      `${where}: model "${model}" is neither there nor a known network. Give a trained model, or one of ${pictureNetworkNames.join(", ")}.`,
      { model },
    );
  }
  if (imageSize !== undefined) {
    throw new SinterError("option", `${where}: a trained model takes pictures of its own size. Leave imageSize out.`);
  }
  const net = await loadModel(model, { compile: false });
  const { output } = net.network;
  return {
    net,
    layer: output.shape.length === 1 ? layerBeforeTop(net) : undefined,
    rescale: net.preprocessing.rescale ?? 1 / 255,
  };
}

/** Pixels of 0 to 255 come in; the mean of each of the last feature maps comes out. */
async function ofNetwork(
  where: string,
  name: keyof typeof pictureNetworks,
  { weights, imageSize = [224, 224] }: SimilarPicturesOptions,
): Promise<Extractor> {
  if (weights === undefined) {
    throw new SinterError("option", `${where}: ${name} without weights sees nothing. Name the file of its weights.`);
  }
  const network = pictureNetworks[name];
  const inputShape = [...imageSize, 3];
  const base = await network({ includeTop: false, pooling: "avg", inputShape, weights });
  const net = sequential([layers.preprocessInput({ mode: network.preprocessing, inputShape }), base.asLayer()]);
  return { net, layer: undefined, rescale: 1 };
}

/** Whether two paths are one picture's, as far as their letters say. */
function isSame(one: string, other: string): boolean {
  const plain = (path: string): string => path.replaceAll("\\", "/").replace(/^(?:\.\/)+/u, "");
  return plain(one) === plain(other);
}
