// MobileNet (Howard et al., MobileNets: efficient convolutional neural networks for mobile vision applications, 2017):
// each channel is convolved alone, then pixels are mixed.

import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import type { Model } from "#learning/train/model.ts";
import {
  activated,
  checkPictureOptions,
  pictureModel,
  type Classifier,
  type PictureModelOptions,
} from "./picture-model.ts";
import { kerasFile, pictureNetwork, type PictureNetwork } from "./picture-network.ts";

export interface MobileNetOptions extends PictureModelOptions {
  /** Width: what the published numbers of channels are multiplied by; 1. */
  readonly alpha?: number;
  /** Of the classifier's input; 0.001. */
  readonly dropout?: number;
}

/** [channels, stride] */
const blocks = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const;

/** MobileNet with random weights: 4,253,864 weights at width 1. @throws option @source Keras 3, applications.MobileNet */
export const mobileNet: PictureNetwork<MobileNetOptions> = pictureNetwork(
  { preprocessing: "tf", file: kerasFile("mobilenet_1_0_224_tf", "", "_no_top") },
  build,
);

function build(options: MobileNetOptions = {}): Model {
  checkPictureOptions("mobileNet", options, ["alpha", "dropout"]);
  const { alpha = 1, dropout = 1e-3 } = options;
  const features = (picture: SymbolicTensor): SymbolicTensor => {
    const stem = {
      filters: Math.floor(32 * alpha),
      kernelSize: 3,
      strides: 2,
      padding: "same",
      useBias: false,
    } as const;
    let x = normalized(layers.conv2d({ ...stem, name: "conv1" }).apply(picture), "conv1"); // [112, 112, 32]
    blocks.forEach(([channels, strides], index) => {
      x = separable(x, { filters: Math.floor(channels * alpha), strides, number: index + 1 });
    });
    return x; // [7, 7, 1024]
  };
  const top = (maps: SymbolicTensor, end: Classifier): SymbolicTensor => classified(maps, dropout, end);
  return pictureModel({ name: "mobilenet", options, size: 224, leastSize: 32, features, top });
}

function normalized(x: SymbolicTensor, name: string): SymbolicTensor {
  return activated(layers.batchNormalization({ name: `${name}_bn` }).apply(x), "relu6", `${name}_relu`);
}

interface Place {
  readonly filters: number;
  readonly strides: number;
  readonly number: number;
}

function separable(x: SymbolicTensor, { filters, strides, number }: Place): SymbolicTensor {
  const [deep, point] = [`conv_dw_${number}`, `conv_pw_${number}`];
  const padding = strides === 1 ? "same" : "valid";
  const borders = {
    padding: [
      [0, 1],
      [0, 1],
    ],
    name: `conv_pad_${number}`,
  } as const;
  const padded = strides === 1 ? x : layers.zeroPadding2d(borders).apply(x);
  const y = layers.depthwiseConv2d({ kernelSize: 3, strides, padding, useBias: false, name: deep }).apply(padded);
  const mixed = layers.conv2d({ filters, kernelSize: 1, padding: "same", useBias: false, name: point });
  return normalized(mixed.apply(normalized(y, deep)), point);
}

function classified(maps: SymbolicTensor, rate: number, { classes, activation }: Classifier): SymbolicTensor {
  let x = layers.globalAveragePooling2d({ keepdims: true, name: "avg_pool" }).apply(maps);
  x = layers.dropout({ rate, name: "dropout" }).apply(x);
  x = layers.conv2d({ filters: classes, kernelSize: 1, padding: "same", name: "conv_preds" }).apply(x);
  x = layers.reshape({ targetShape: [classes], name: "reshape_2" }).apply(x);
  return activated(x, activation, "predictions");
}
