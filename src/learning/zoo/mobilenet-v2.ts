// MobileNetV2 (Sandler et al., MobileNetV2: inverted residuals and linear bottlenecks, 2018).

import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import type { Model } from "#learning/train/model.ts";
import {
  activated,
  channelsOf,
  checkPictureOptions,
  divisible,
  padForStride,
  pictureModel,
  type PictureModelOptions,
} from "./picture-model.ts";
import { kerasFile, pictureNetwork, type PictureNetwork } from "./picture-network.ts";

export interface MobileNetV2Options extends PictureModelOptions {
  /** Width: what the published numbers of channels are multiplied by; 1. */
  readonly alpha?: number;
}

/** [channels, blocks, stride of the first] of blocks that are six times as wide inside. */
const stages = [
  [24, 2, 2],
  [32, 3, 2],
  [64, 4, 2],
  [96, 3, 1],
  [160, 3, 2],
  [320, 1, 1],
] as const;

/** MobileNetV2 with random weights: 3,538,984 weights at width 1. @throws option @source Keras 3, applications.MobileNetV2 */
export const mobileNetV2: PictureNetwork<MobileNetV2Options> = pictureNetwork(
  { preprocessing: "tf", file: kerasFile("mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224", "", "_no_top") },
  build,
);

function build(options: MobileNetV2Options = {}): Model {
  checkPictureOptions("mobileNetV2", options, ["alpha"]);
  const { alpha = 1 } = options;
  const features = (picture: SymbolicTensor): SymbolicTensor => {
    const stem = {
      filters: divisible(32 * alpha),
      kernelSize: 3,
      strides: 2,
      padding: "same",
      useBias: false,
    } as const;
    let x = layers.conv2d({ ...stem, name: "Conv1" }).apply(picture); // [112, 112, 32]
    x = activated(normalized(x, "bn_Conv1"), "relu6", "Conv1_relu");
    x = block(x, { filters: divisible(16 * alpha), strides: 1, number: 0 });
    let number = 1;
    for (const [channels, count, stride] of stages) {
      for (let index = 0; index < count; index += 1, number += 1) {
        x = block(x, { filters: divisible(Math.floor(channels * alpha)), strides: index === 0 ? stride : 1, number });
      }
    }
    const filters = alpha > 1 ? divisible(1280 * alpha) : 1280;
    x = layers.conv2d({ filters, kernelSize: 1, useBias: false, name: "Conv_1" }).apply(x);
    return activated(normalized(x, "Conv_1_bn"), "relu6", "out_relu"); // [7, 7, 1280]
  };
  return pictureModel({ name: "mobilenetv2", options, size: 224, leastSize: 32, features });
}

function normalized(x: SymbolicTensor, name: string): SymbolicTensor {
  return layers.batchNormalization({ epsilon: 1e-3, momentum: 0.999, name }).apply(x);
}

interface Place {
  readonly filters: number;
  readonly strides: number;
  readonly number: number;
}

/** Wider, each channel alone, narrow again without an activation. */
function block(x: SymbolicTensor, { filters, strides, number }: Place): SymbolicTensor {
  const name = number === 0 ? "expanded_conv" : `block_${number}`;
  let y = number === 0 ? x : widened(x, name);
  if (strides === 2) y = padForStride(y, 3, `${name}_pad`);
  const padding = strides === 1 ? "same" : "valid";
  y = layers.depthwiseConv2d({ kernelSize: 3, strides, padding, useBias: false, name: `${name}_depthwise` }).apply(y);
  y = activated(normalized(y, `${name}_depthwise_BN`), "relu6", `${name}_depthwise_relu`);
  y = layers.conv2d({ filters, kernelSize: 1, padding: "same", useBias: false, name: `${name}_project` }).apply(y);
  y = normalized(y, `${name}_project_BN`);
  const isResidual = strides === 1 && channelsOf(x) === filters;
  return isResidual ? layers.add({ name: `${name}_add` }).apply([x, y]) : y;
}

function widened(x: SymbolicTensor, name: string): SymbolicTensor {
  const options = { filters: 6 * channelsOf(x), kernelSize: 1, padding: "same", useBias: false } as const;
  const y = layers.conv2d({ ...options, name: `${name}_expand` }).apply(x);
  return activated(normalized(y, `${name}_expand_BN`), "relu6", `${name}_expand_relu`);
}
