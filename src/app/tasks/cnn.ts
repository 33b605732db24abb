// The model `cnn`: the convolutional network that sinter train uses unless told otherwise, fitted to a picture size.

import { SinterError } from "#engine/base/error.ts";
import type { Layer } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import type { ModelRequest } from "./image-model.ts";

const filtersOfBlocks = [32, 64, 128];
/** The smallest side that a convolution of 3 and a pooling of 2 take: 4 - 2 = 2, and 2 / 2 = 1. */
const minSide = 4;

/**
 * Blocks of convolution (3 x 3; 32, 64, 128 filters) and max pooling (2 x 2), then dense 512, then one sigmoid for two
 * classes or a softmax for more. Pictures under 22 pixels get as many of the three blocks as fit: two from 10, one from 4.
 * @throws option for pictures smaller than 4 x 4
 */
export function cnnLayers({ imageSize, classNames, channels }: Omit<ModelRequest, "seed">): Layer[] {
  const blocks: Layer[] = [];
  let side = Math.min(...imageSize);
  for (const filters of filtersOfBlocks) {
    if (side < minSide) break;
    const first = blocks.length === 0 ? { inputShape: [...imageSize, channels] } : {};
    blocks.push(layers.conv2d({ filters, kernelSize: 3, activation: "relu", ...first }));
    blocks.push(layers.maxPooling2d({ poolSize: 2 }));
    side = Math.floor((side - 2) / 2);
  }
  if (blocks.length === 0) {
    throw new SinterError(
      "option",
      `cnn: pictures of ${imageSize.join(" x ")} pixels are smaller than its ${minSide} x ${minSide}. Use a larger image size.`,
      { imageSize },
    );
  }
  return [
    ...blocks,
    layers.flatten(),
    layers.dense({ units: 512, activation: "relu" }),
    classNames.length === 2
      ? layers.dense({ units: 1, activation: "sigmoid" })
      : layers.dense({ units: classNames.length, activation: "softmax" }),
  ];
}
