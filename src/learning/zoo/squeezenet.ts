// SqueezeNet 1.1 (Iandola et al., SqueezeNet: AlexNet-level accuracy with 50x fewer parameters, 2016).

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
import { torchFile, pictureNetwork, type PictureNetwork } from "./picture-network.ts";

/** Maps of the narrow layer; each wide one has four times as many. Before the first of a row, maps are halved. */
const fires = [
  [16, 16],
  [32, 32],
  [48, 48, 64, 64],
] as const;

/** SqueezeNet 1.1 with random weights: 1,235,496 weights. @throws option @source torchvision, models.squeezenet1_1 */
export const squeezeNet: PictureNetwork = pictureNetwork(
  { preprocessing: "torch", file: torchFile("squeezenet1_1-b8a52dc0.pth") },
  build,
);

function build(options: PictureModelOptions = {}): Model {
  checkPictureOptions("squeezeNet", options);
  const features = (picture: SymbolicTensor): SymbolicTensor => {
    const stem = { filters: 64, kernelSize: 3, strides: 2, activation: "relu", name: "conv1" } as const;
    let x = layers.conv2d(stem).apply(picture); // [111, 111, 64]
    let number = 2;
    for (const row of fires) {
      x = layers
        .maxPooling2d({ poolSize: 3, strides: 2, name: `pool${number - 1}` })
        .apply(wholeWindows(x, number - 1));
      for (const filters of row) {
        x = fire(x, filters, `fire${number}`);
        number += 1;
      }
    }
    return x; // [13, 13, 512]
  };
  return pictureModel({ name: "squeezenet", options, size: 224, leastSize: 33, features, top });
}

/** Zeros below and on the right, where a window of the pool would end outside: activations are none below zero. */
function wholeWindows(x: SymbolicTensor, number: number): SymbolicTensor {
  const [rows = 0, columns = 0] = x.type.shape.map((extent): number => 1 - (extent % 2));
  if (rows + columns === 0) return x;
  return layers
    .zeroPadding2d({
      padding: [
        [0, rows],
        [0, columns],
      ],
      name: `pool${number}_pad`,
    })
    .apply(x);
}

/** Few maps, then many: half of them see one pixel, half nine. */
function fire(x: SymbolicTensor, filters: number, name: string): SymbolicTensor {
  const point = { kernelSize: 1, activation: "relu" } as const;
  const narrow = layers.conv2d({ ...point, filters, name: `${name}_squeeze` }).apply(x);
  const one = layers.conv2d({ ...point, filters: 4 * filters, name: `${name}_expand1x1` }).apply(narrow);
  const nine = { ...point, kernelSize: 3, padding: "same", filters: 4 * filters, name: `${name}_expand3x3` } as const;
  return layers.concatenate({ name: `${name}_concat` }).apply([one, layers.conv2d(nine).apply(narrow)]);
}

function top(maps: SymbolicTensor, { classes, activation }: Classifier): SymbolicTensor {
  let x = layers.dropout({ rate: 0.5, name: "dropout" }).apply(maps);
  x = layers.conv2d({ filters: classes, kernelSize: 1, activation: "relu", name: "conv10" }).apply(x);
  x = layers.globalAveragePooling2d({ name: "avg_pool" }).apply(x);
  return activated(x, activation, "predictions");
}
