// Vision transformer (Dosovitskiy et al., An image is worth 16x16 words, 2020): squares of a picture are the words of a
// sequence, and a learned row before them gathers what the picture shows.

import { SinterError } from "#engine/base/error.ts";
import { integer, numberWithin } from "#engine/base/options.ts";
import { sizeOf } from "#engine/base/shape.ts";
import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import type { Model } from "#learning/train/model.ts";
import { encoderBlock } from "./encoder-block.ts";
import { checkPictureOptions, pictureModel, type PictureModelOptions } from "./picture-model.ts";
import { pictureNetwork, torchFile, type PictureNetwork } from "./picture-network.ts";

export interface VitOptions extends Omit<PictureModelOptions, "pooling"> {
  /** Share of values that are left out at random while training; 0. */
  readonly dropout?: number;
}

export interface VitSizes {
  /** Height and width of a square, in pixels; the picture's must be multiples of it. */
  readonly patchSize: number;
  readonly numLayers: number;
  readonly numHeads: number;
  /** Features of a place; a multiple of numHeads. */
  readonly hiddenDim: number;
  /** Features inside a block's dense network. */
  readonly mlpDim: number;
}

/** ViT-B/16 with random weights: 86,567,656 weights. @throws option @source torchvision, models.vit_b_16 */
export const vitB16: PictureNetwork<VitOptions> = published("vit_b_16-c867db91.pth", (options) =>
  build("vit_b_16", { patchSize: 16, ...base }, options),
);

/** ViT-B/32 with random weights: 88,224,232 weights. @throws option @source torchvision, models.vit_b_32 */
export const vitB32: PictureNetwork<VitOptions> = published("vit_b_32-d86f8d99.pth", (options) =>
  build("vit_b_32", { patchSize: 32, ...base }, options),
);

/** ViT-L/16 with random weights: 304,326,632 weights. @throws option @source torchvision, models.vit_l_16 */
export const vitL16: PictureNetwork<VitOptions> = published("vit_l_16-852ce7e3.pth", (options) =>
  build("vit_l_16", { patchSize: 16, ...large }, options),
);

/** ViT-L/32 with random weights: 306,535,400 weights. @throws option @source torchvision, models.vit_l_32 */
export const vitL32: PictureNetwork<VitOptions> = published("vit_l_32-c7638314.pth", (options) =>
  build("vit_l_32", { patchSize: 32, ...large }, options),
);

const base = { numLayers: 12, numHeads: 12, hiddenDim: 768, mlpDim: 3072 };
const large = { numLayers: 24, numHeads: 16, hiddenDim: 1024, mlpDim: 4096 };

/**
 * A vision transformer of any size, with random weights. Without the top the row that gathers the picture comes out: [hiddenDim].
 * @throws option
 * @source torchvision, models.VisionTransformer
 * @example
 * const net = vit({ inputShape: [32, 32, 3], patchSize: 4, numLayers: 6, numHeads: 4, hiddenDim: 128, mlpDim: 256, classes: 10 });
 */
export function vit({ patchSize, numLayers, numHeads, hiddenDim, mlpDim, ...options }: VitOptions & VitSizes): Model {
  const sizes = { patchSize, numLayers, numHeads, hiddenDim, mlpDim };
  for (const [option, value] of Object.entries(sizes)) integer("vit", option, value);
  if (hiddenDim % numHeads !== 0) {
    throw new SinterError("option", `vit: hiddenDim ${hiddenDim} is no multiple of numHeads ${numHeads}. Make it one.`);
  }
  return build("vit", sizes, options);
}

function published(file: string, make: (options?: VitOptions) => Model): PictureNetwork<VitOptions> {
  return pictureNetwork({ preprocessing: "torch", file: torchFile(file) }, make);
}

function build(kind: string, sizes: VitSizes, options: VitOptions = {}): Model {
  checkPictureOptions(kind, options, ["dropout"]);
  if ("pooling" in options) {
    throw new SinterError(
      "option",
      `${kind}: pooling is for feature maps, and this network gives one row of features. Leave it out.`,
    );
  }
  const { patchSize, numLayers, numHeads, hiddenDim, mlpDim } = sizes;
  const dropout = numberWithin(kind, "dropout", options.dropout ?? 0, 0, 1);
  const features = (picture: SymbolicTensor): SymbolicTensor => {
    let x = layers.classToken({ name: "class_token" }).apply(patches(picture, sizes, kind)); // [197, 768]
    const initializer = { kind: "randomNormal", mean: 0, stddev: 0.02 } as const;
    const places = layers.positionEmbedding({
      sequenceLength: x.type.shape[0] ?? 1,
      initializer,
      name: "pos_embedding",
    });
    x = layers.add({ name: "add_positions" }).apply([x, places.apply(x)]);
    if (dropout > 0) x = layers.dropout({ rate: dropout, name: "dropout" }).apply(x);
    for (let number = 0; number < numLayers; number += 1) {
      const name = `encoder_layer_${number}`;
      x = encoderBlock(x, { name, numHeads, mlpDim, epsilon: 1e-6, activation: "gelu", dropout });
    }
    x = layers.layerNormalization({ epsilon: 1e-6, name: "ln" }).apply(x);
    return firstRow(x, hiddenDim); // [768]
  };
  return pictureModel({
    name: kind,
    options,
    size: 224,
    leastSize: patchSize,
    features,
    top: (x, { classes, activation }) => layers.dense({ units: classes, activation, name: "head" }).apply(x),
  });
}

/** The squares of a picture, one after another. */
function patches(picture: SymbolicTensor, { patchSize, hiddenDim }: VitSizes, kind: string): SymbolicTensor {
  const [height = 0, width = 0] = picture.type.shape;
  if (height % patchSize !== 0 || width % patchSize !== 0) {
    throw new SinterError(
      "option",
      `${kind}: inputShape [${picture.type.shape.join(", ")}]. Height and width must be multiples of the patch of ${patchSize} pixels.`,
    );
  }
  const options = { filters: hiddenDim, kernelSize: patchSize, strides: patchSize, name: "conv_proj" };
  const maps = layers.conv2d(options).apply(picture); // [14, 14, 768]
  return layers.reshape({ targetShape: [sizeOf(maps.type.shape) / hiddenDim, hiddenDim], name: "patches" }).apply(maps);
}

/** The row before the others: [features]. */
export function firstRow(x: SymbolicTensor, features: number): SymbolicTensor {
  const cropping: [number, number] = [0, (x.type.shape[0] ?? 1) - 1];
  const row = layers.cropping1d({ cropping, name: "class_row" }).apply(x); // [1, features]
  return layers.reshape({ targetShape: [features], name: "class_features" }).apply(row);
}
