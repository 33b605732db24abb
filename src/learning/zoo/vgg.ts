// VGG (Simonyan and Zisserman, Very deep convolutional networks for large-scale image recognition, 2014).

import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import type { Model } from "#learning/train/model.ts";
import { checkPictureOptions, pictureModel, type Classifier, type PictureModelOptions } from "./picture-model.ts";
import { kerasFile, pictureNetwork, type PictureNetwork } from "./picture-network.ts";

const filters = [64, 128, 256, 512, 512];

/** VGG of 16 layers with random weights: 138,357,544 weights. @throws option @source Keras 3, applications.VGG16 */
export const vgg16: PictureNetwork = pictureNetwork(
  { preprocessing: "caffe", file: kerasFile("vgg16") },
  (options: PictureModelOptions = {}) => vgg("vgg16", [2, 2, 3, 3, 3], options),
);

/** VGG of 19 layers with random weights: 143,667,240 weights. @throws option @source Keras 3, applications.VGG19 */
export const vgg19: PictureNetwork = pictureNetwork(
  { preprocessing: "caffe", file: kerasFile("vgg19") },
  (options: PictureModelOptions = {}) => vgg("vgg19", [2, 2, 4, 4, 4], options),
);

function vgg(name: string, numConvolutions: readonly number[], options: PictureModelOptions): Model {
  checkPictureOptions(name, options);
  return pictureModel({
    name,
    options,
    size: 224,
    leastSize: 32,
    features: (picture) => numConvolutions.reduce(block, picture), // [7, 7, 512]
    top,
  });
}

function block(x: SymbolicTensor, numConvolutions: number, index: number): SymbolicTensor {
  const name = `block${index + 1}`;
  for (let number = 1; number <= numConvolutions; number += 1) {
    const options = { filters: filters[index] ?? 512, kernelSize: 3, name: `${name}_conv${number}` };
    x = layers.conv2d({ ...options, padding: "same", activation: "relu" }).apply(x);
  }
  return layers.maxPooling2d({ poolSize: 2, strides: 2, name: `${name}_pool` }).apply(x);
}

function top(maps: SymbolicTensor, { classes, activation }: Classifier): SymbolicTensor {
  let x = layers.flatten({ name: "flatten" }).apply(maps); // [25088]
  x = layers.dense({ units: 4096, activation: "relu", name: "fc1" }).apply(x);
  x = layers.dense({ units: 4096, activation: "relu", name: "fc2" }).apply(x);
  return layers.dense({ units: classes, activation, name: "predictions" }).apply(x);
}
