// DenseNet (Huang et al., Densely connected convolutional networks, 2016): each layer sees the maps of all before it.

import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import type { Model } from "#learning/train/model.ts";
import { activated, channelsOf, checkPictureOptions, pictureModel, type PictureModelOptions } from "./picture-model.ts";
import { kerasFile, pictureNetwork, type PictureNetwork } from "./picture-network.ts";

/** Maps that a layer adds. */
const growth = 32;

/** DenseNet-121 with random weights: 8,062,504 weights. @throws option @source Keras 3, applications.DenseNet121 */
export const denseNet121: PictureNetwork = pictureNetwork(
  { preprocessing: "torch", file: kerasFile("densenet121") },
  (options: PictureModelOptions = {}) => denseNet("densenet121", [6, 12, 24, 16], options),
);

/** DenseNet-169 with random weights: 14,307,880 weights. @throws option @source Keras 3, applications.DenseNet169 */
export const denseNet169: PictureNetwork = pictureNetwork(
  { preprocessing: "torch", file: kerasFile("densenet169") },
  (options: PictureModelOptions = {}) => denseNet("densenet169", [6, 12, 32, 32], options),
);

/** DenseNet-201 with random weights: 20,242,984 weights. @throws option @source Keras 3, applications.DenseNet201 */
export const denseNet201: PictureNetwork = pictureNetwork(
  { preprocessing: "torch", file: kerasFile("densenet201") },
  (options: PictureModelOptions = {}) => denseNet("densenet201", [6, 12, 48, 32], options),
);

function denseNet(name: string, numLayers: readonly number[], options: PictureModelOptions): Model {
  checkPictureOptions(name, options);
  const features = (picture: SymbolicTensor): SymbolicTensor => {
    let x = layers.zeroPadding2d({ padding: 3, name: "zero_padding2d" }).apply(picture);
    x = layers.conv2d({ filters: 64, kernelSize: 7, strides: 2, useBias: false, name: "conv1_conv" }).apply(x);
    x = layers.zeroPadding2d({ padding: 1, name: "zero_padding2d_1" }).apply(normalized(x, "conv1")); // [114, 114, 64]
    x = layers.maxPooling2d({ poolSize: 3, strides: 2, name: "pool1" }).apply(x); // [56, 56, 64]
    numLayers.forEach((count, index) => {
      for (let number = 1; number <= count; number += 1) x = grown(x, `conv${index + 2}_block${number}`);
      if (index < numLayers.length - 1) x = halved(x, `pool${index + 2}`);
    });
    x = layers.batchNormalization({ epsilon: 1.001e-5, name: "bn" }).apply(x);
    return activated(x, "relu", "relu"); // [7, 7, 1024]
  };
  return pictureModel({ name, options, size: 224, leastSize: 32, features });
}

function normalized(x: SymbolicTensor, name: string): SymbolicTensor {
  return activated(
    layers.batchNormalization({ epsilon: 1.001e-5, name: `${name}_bn` }).apply(x),
    "relu",
    `${name}_relu`,
  );
}

/** The maps, and new ones that follow from them. */
function grown(x: SymbolicTensor, name: string): SymbolicTensor {
  const narrow = { filters: 4 * growth, kernelSize: 1, useBias: false, name: `${name}_1_conv` };
  const y = layers.conv2d(narrow).apply(normalized(x, `${name}_0`));
  const wide = { filters: growth, kernelSize: 3, padding: "same", useBias: false, name: `${name}_2_conv` } as const;
  return layers
    .concatenate({ name: `${name}_concat` })
    .apply([x, layers.conv2d(wide).apply(normalized(y, `${name}_1`))]);
}

/** Half the maps, of half the height and width. */
function halved(x: SymbolicTensor, name: string): SymbolicTensor {
  const filters = Math.floor(channelsOf(x) / 2);
  const y = layers.conv2d({ filters, kernelSize: 1, useBias: false, name: `${name}_conv` }).apply(normalized(x, name));
  return layers.averagePooling2d({ poolSize: 2, strides: 2, name: `${name}_pool` }).apply(y);
}
