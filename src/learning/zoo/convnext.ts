// ConvNeXt (Liu et al., A ConvNet for the 2020s, 2022). Pixels are 0 to 255: the first layer normalizes them.

import { input } from "#learning/nn/dense.ts";
import type { Layer, SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { sequentialNetwork } from "#learning/nn/network.ts";
import { networkLayer } from "#learning/nn/sub-network.ts";
import type { Model } from "#learning/train/model.ts";
import { kerasFile, pictureNetwork, type PictureNetwork } from "./picture-network.ts";
import { checkPictureOptions, pictureModel, type Classifier, type PictureModelOptions } from "./picture-model.ts";

export interface ConvNeXtOptions extends PictureModelOptions {
  /** Whether pixels of 0 to 255 are normalized by the first layer; true. */
  readonly includePreprocessing?: boolean;
}

/** ConvNeXt tiny with random weights: 28,589,128 weights. @throws option @source Keras 3, applications.ConvNeXtTiny */
export const convNeXtTiny: PictureNetwork<ConvNeXtOptions> = pictureNetwork(
  { preprocessing: "none", file: kerasFile("convnext_tiny", "", "_notop") },
  (options: ConvNeXtOptions = {}) => convNeXt("convnext_tiny", { depths: [3, 3, 9, 3], width: 96 }, options),
);

/** ConvNeXt small with random weights: 50,223,688 weights. @throws option @source Keras 3, applications.ConvNeXtSmall */
export const convNeXtSmall: PictureNetwork<ConvNeXtOptions> = pictureNetwork(
  { preprocessing: "none", file: kerasFile("convnext_small", "", "_notop") },
  (options: ConvNeXtOptions = {}) => convNeXt("convnext_small", { depths: [3, 3, 27, 3], width: 96 }, options),
);

/** ConvNeXt base with random weights: 88,591,464 weights. @throws option @source Keras 3, applications.ConvNeXtBase */
export const convNeXtBase: PictureNetwork<ConvNeXtOptions> = pictureNetwork(
  { preprocessing: "none", file: kerasFile("convnext_base", "", "_notop") },
  (options: ConvNeXtOptions = {}) => convNeXt("convnext_base", { depths: [3, 3, 27, 3], width: 128 }, options),
);

/** ConvNeXt large with random weights: 197,767,336 weights. @throws option @source Keras 3, applications.ConvNeXtLarge */
export const convNeXtLarge: PictureNetwork<ConvNeXtOptions> = pictureNetwork(
  { preprocessing: "none", file: kerasFile("convnext_large", "", "_notop") },
  (options: ConvNeXtOptions = {}) => convNeXt("convnext_large", { depths: [3, 3, 27, 3], width: 192 }, options),
);

/** ConvNeXt extra large with random weights: 350,196,968 weights. @throws option @source Keras 3, applications.ConvNeXtXLarge */
export const convNeXtXLarge: PictureNetwork<ConvNeXtOptions> = pictureNetwork(
  { preprocessing: "none", file: kerasFile("convnext_xlarge", "", "_notop") },
  (options: ConvNeXtOptions = {}) => convNeXt("convnext_xlarge", { depths: [3, 3, 27, 3], width: 256 }, options),
);

/** Blocks of the four stages, and channels of the first; each stage has twice as many as the one before. */
interface Scale {
  readonly depths: readonly number[];
  readonly width: number;
}

function convNeXt(kind: string, { depths, width }: Scale, options: ConvNeXtOptions): Model {
  checkPictureOptions(kind, options, ["includePreprocessing"]);
  const name = options.name ?? kind;
  const features = (picture: SymbolicTensor): SymbolicTensor => {
    const isScaled = options.includePreprocessing !== false && picture.type.shape[2] === 3;
    let x = isScaled ? normalizedPixels(picture, name) : picture;
    depths.forEach((count, stage) => {
      x = stage === 0 ? stem(x, width, name) : halved(x, { filters: width * 2 ** stage, name, number: stage - 1 });
      for (let number = 0; number < count; number += 1) {
        x = block(x, width * 2 ** stage, `${name}_stage_${stage}_block_${number}`);
      }
    });
    return x; // [7, 7, 768]
  };
  const top = (maps: SymbolicTensor, { classes, activation }: Classifier): SymbolicTensor => {
    let x = layers.globalAveragePooling2d({ name: `${name}_head_gap` }).apply(maps);
    x = normalization(`${name}_head_layernorm`).apply(x);
    return layers.dense({ units: classes, activation, name: `${name}_head_dense` }).apply(x);
  };
  const ending = (x: SymbolicTensor): SymbolicTensor => normalization("layer_normalization").apply(x);
  return pictureModel({ name: kind, options, size: 224, leastSize: 32, features, top, ending });
}

/** Less ImageNet's mean of each colour, by its deviation. */
function normalizedPixels(picture: SymbolicTensor, name: string): SymbolicTensor {
  return layers.preprocessInput({ mode: "torch", name: `${name}_prestem_normalization` }).apply(picture);
}

function normalization(name: string): Layer {
  return layers.layerNormalization({ epsilon: 1e-6, name });
}

/** Squares of four pixels become one. */
function stem(x: SymbolicTensor, filters: number, name: string): SymbolicTensor {
  const convolution = layers.conv2d({ filters, kernelSize: 4, strides: 4, name: `${name}_stem_conv` });
  return inRow(x, [convolution, normalization(`${name}_stem_layernorm`)], `${name}_stem`); // [56, 56, 96]
}

interface Halving {
  readonly filters: number;
  readonly name: string;
  readonly number: number;
}

/** Half the height and width. */
function halved(x: SymbolicTensor, { filters, name, number }: Halving): SymbolicTensor {
  const norm = normalization(`${name}_downsampling_layernorm_${number}`);
  const convolution = layers.conv2d({
    filters,
    kernelSize: 2,
    strides: 2,
    name: `${name}_downsampling_conv_${number}`,
  });
  return inRow(x, [norm, convolution], `${name}_downsampling_block_${number}`);
}

/** Layers as one, which Keras's files hold as a model of their own. */
function inRow(x: SymbolicTensor, row: readonly Layer[], name: string): SymbolicTensor {
  const network = sequentialNetwork([input({ shape: x.type.shape }), ...row]);
  return networkLayer(network, { name }).apply(x);
}

/** Each channel alone over 7 x 7 pixels, then each pixel alone over four times as many channels. */
function block(x: SymbolicTensor, filters: number, name: string): SymbolicTensor {
  const deep = { filters, kernelSize: 7, groups: filters, padding: "same", name: `${name}_depthwise_conv` } as const;
  let y = normalization(`${name}_layernorm`).apply(layers.conv2d(deep).apply(x));
  y = layers.dense({ units: 4 * filters, name: `${name}_pointwise_conv_1` }).apply(y);
  y = layers.activation({ activation: "gelu", name: `${name}_gelu` }).apply(y);
  y = layers.dense({ units: filters, name: `${name}_pointwise_conv_2` }).apply(y);
  y = layers.layerScale({ name: `${name}_layer_scale` }).apply(y);
  return layers.add({ name: `${name}_add` }).apply([x, y]);
}
