// Xception (Chollet, Xception: deep learning with depthwise separable convolutions, 2016).

import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import type { Model } from "#learning/train/model.ts";
import { activated, checkPictureOptions, pictureModel, type PictureModelOptions } from "./picture-model.ts";
import { kerasFile, pictureNetwork, type PictureNetwork } from "./picture-network.ts";

/** Xception with random weights: 22,910,480 weights. @throws option @source Keras 3, applications.Xception */
export const xception: PictureNetwork = pictureNetwork({ preprocessing: "tf", file: kerasFile("xception") }, build);

function build(options: PictureModelOptions = {}): Model {
  checkPictureOptions("xception", options);
  return pictureModel({ name: "xception", options, size: 299, leastSize: 71, features });
}

function features(picture: SymbolicTensor): SymbolicTensor {
  let x = convolved(picture, { filters: 32, strides: 2, name: "block1_conv1" }); // [149, 149, 32]
  x = convolved(x, { filters: 64, strides: 1, name: "block1_conv2" }); // [147, 147, 64]
  x = entry(x, { number: 2, filters: [128, 128], startsActive: false }); // [74, 74, 128]
  x = entry(x, { number: 3, filters: [256, 256] }); // [37, 37, 256]
  x = entry(x, { number: 4, filters: [728, 728] }); // [19, 19, 728]
  for (let number = 5; number <= 12; number += 1) x = middle(x, number);
  x = entry(x, { number: 13, filters: [728, 1024] }); // [10, 10, 1024]
  x = activated(separable(x, 1536, "block14_sepconv1"), "relu", "block14_sepconv1_act");
  return activated(separable(x, 2048, "block14_sepconv2"), "relu", "block14_sepconv2_act"); // [10, 10, 2048]
}

interface Convolution {
  readonly filters: number;
  readonly strides: number;
  readonly name: string;
}

function convolved(x: SymbolicTensor, { name, ...options }: Convolution): SymbolicTensor {
  const y = layers.conv2d({ ...options, kernelSize: 3, useBias: false, name }).apply(x);
  return activated(layers.batchNormalization({ name: `${name}_bn` }).apply(y), "relu", `${name}_act`);
}

/** A separable convolution and its normalization. */
function separable(x: SymbolicTensor, filters: number, name: string): SymbolicTensor {
  const y = layers.separableConv2d({ filters, kernelSize: 3, padding: "same", useBias: false, name }).apply(x);
  return layers.batchNormalization({ name: `${name}_bn` }).apply(y);
}

interface Entry {
  readonly number: number;
  readonly filters: readonly [number, number];
  readonly startsActive?: boolean;
}

/** Two separable convolutions and a pool, beside a convolution of one pixel; height and width are halved. */
function entry(x: SymbolicTensor, { number, filters: [first, last], startsActive = true }: Entry): SymbolicTensor {
  const name = `block${number}`;
  // Keras names these layers by their number among those without a name; weights are found by it.
  const suffix = ["", "_1", "_2", "_3"][[2, 3, 4, 13].indexOf(number)] ?? "";
  const beside = { filters: last, kernelSize: 1, strides: 2, padding: "same", useBias: false } as const;
  const shortcut = layers.batchNormalization({ name: `batch_normalization${suffix}` });
  const residual = shortcut.apply(layers.conv2d({ ...beside, name: `conv2d${suffix}` }).apply(x));
  let y = startsActive ? activated(x, "relu", `${name}_sepconv1_act`) : x;
  y = activated(separable(y, first, `${name}_sepconv1`), "relu", `${name}_sepconv2_act`);
  y = separable(y, last, `${name}_sepconv2`);
  y = layers.maxPooling2d({ poolSize: 3, strides: 2, padding: "same", name: `${name}_pool` }).apply(y);
  return layers.add({ name: `${name}_add` }).apply([y, residual]);
}

function middle(x: SymbolicTensor, number: number): SymbolicTensor {
  const name = `block${number}`;
  let y = x;
  for (const part of [1, 2, 3]) {
    y = separable(activated(y, "relu", `${name}_sepconv${part}_act`), 728, `${name}_sepconv${part}`);
  }
  return layers.add({ name: `${name}_add` }).apply([y, x]);
}
