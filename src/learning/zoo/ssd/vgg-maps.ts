// SSD300 on VGG16, as in the paper: the feature maps of conv4_3 and of what follows.

import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import type { Detector } from "#learning/train/detection/detector.ts";
import { ssd, type SsdOptions } from "./ssd.ts";

/**
 * SSD300 with random weights: 8,732 default boxes; 35,641,826 weights for COCO's 90 classes. Pixels: ImageNet's means taken
 * off, 0 to 255, red first.
 * @throws option
 * @source Liu et al. 2016, figure 2; torchvision's ssd300_vgg16. Its scale of conv4_3 by length, 20, is here one by mean square, 1
 */
export function ssd300Vgg16(options: Pick<SsdOptions, "classes" | "name" | "seed">): Detector {
  return ssd({
    name: "ssd300_vgg16",
    ...options,
    inputShape: [300, 300, 3],
    features: vggMaps,
    aspectRatios: [[2], [2, 3], [2, 3], [2, 3], [2], [2]],
    scales: [0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05],
    steps: [8, 16, 32, 64, 100, 300],
  });
}

interface Convolution {
  readonly filters: number;
  readonly kernelSize: number;
  readonly padding?: "same" | "valid";
  readonly dilationRate?: number;
  readonly name: string;
}

function convolved(x: SymbolicTensor, { padding = "same", ...options }: Convolution): SymbolicTensor {
  return layers.conv2d({ ...options, padding, activation: "relu" }).apply(x);
}

/** Three-by-three convolutions; the pools of stages 1, 2 and 4 halve, that of stage 3 halves with a border, 75 to 38. */
const stages = [
  [64, 2],
  [128, 2],
  [256, 3],
  [512, 3],
  [512, 3],
] as const;

/** [1 x 1 filters, 3 x 3 filters, whether these halve] of the maps behind VGG. */
const extras = [
  [256, 512, true],
  [128, 256, true],
  [128, 256, false],
  [128, 256, false],
] as const;

function vggMaps(picture: SymbolicTensor): SymbolicTensor[] {
  const maps: SymbolicTensor[] = [];
  let x = picture;
  for (const [index, [filters, count]] of stages.entries()) {
    // Zeros at the border change no maximum of a relu.
    const padding = index === 3 ? "same" : "valid";
    if (index > 0) x = layers.maxPooling2d({ poolSize: 2, strides: 2, padding, name: `pool${index}` }).apply(x);
    for (let number = 1; number <= count; number += 1) {
      x = convolved(x, { filters, kernelSize: 3, name: `conv${index + 1}_${number}` });
    }
    if (index === 3) maps.push(layers.rmsNormalization({ epsilon: 1e-12, name: "conv4_3_norm" }).apply(x)); // [38, 38, 512]
  }
  x = layers.maxPooling2d({ poolSize: 3, strides: 1, padding: "same", name: "pool5" }).apply(x);
  x = convolved(x, { filters: 1024, kernelSize: 3, dilationRate: 6, name: "fc6" });
  x = convolved(x, { filters: 1024, kernelSize: 1, name: "fc7" });
  maps.push(x); // [19, 19, 1024]
  for (const [index, [narrow, filters, isHalved]] of extras.entries()) {
    const name = `conv${index + 8}`;
    x = convolved(x, { filters: narrow, kernelSize: 1, name: `${name}_1` });
    x = isHalved
      ? halved(x, filters, `${name}_2`)
      : convolved(x, { filters, kernelSize: 3, padding: "valid", name: `${name}_2` });
    maps.push(x); // [10, 10, 512], [5, 5, 256], [3, 3, 256], [1, 1, 256]
  }
  return maps;
}

/** Every second place, the border on both sides, as PyTorch's padding of 1. */
function halved(x: SymbolicTensor, filters: number, name: string): SymbolicTensor {
  const padded = layers.zeroPadding2d({ padding: 1, name: `${name}_pad` }).apply(x);
  return layers.conv2d({ filters, kernelSize: 3, strides: 2, activation: "relu", name }).apply(padded);
}
