// ResNet (He et al., Deep residual learning for image recognition, 2015): version 1 of 18 and 34 layers as torchvision has
// it, of 50, 101 and 152 as Keras does, whose stride is in a block's first convolution.

import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import type { Model } from "#learning/train/model.ts";
import { activated, channelsOf, checkPictureOptions, pictureModel, type PictureModelOptions } from "./picture-model.ts";
import { kerasFile, torchFile, pictureNetwork, type PictureNetwork } from "./picture-network.ts";

/** ResNet of 18 layers with random weights: 11,699,112 weights. @throws option @source torchvision, models.resnet18 */
export const resnet18: PictureNetwork = pictureNetwork(
  { preprocessing: "torch", file: torchFile("resnet18-f37072fd.pth") },
  (options: PictureModelOptions = {}) => resnet("resnet18", [2, 2, 2, 2], basic, options),
);

/** ResNet of 34 layers with random weights: 21,814,696 weights. @throws option @source torchvision, models.resnet34 */
export const resnet34: PictureNetwork = pictureNetwork(
  { preprocessing: "torch", file: torchFile("resnet34-b627a593.pth") },
  (options: PictureModelOptions = {}) => resnet("resnet34", [3, 4, 6, 3], basic, options),
);

/** ResNet of 50 layers with random weights: 25,636,712 weights. @throws option @source Keras 3, applications.ResNet50 */
export const resnet50: PictureNetwork = pictureNetwork(
  { preprocessing: "caffe", file: kerasFile("resnet50") },
  (options: PictureModelOptions = {}) => resnet("resnet50", [3, 4, 6, 3], bottleneck, options),
);

/** ResNet of 101 layers with random weights: 44,707,176 weights. @throws option @source Keras 3, applications.ResNet101 */
export const resnet101: PictureNetwork = pictureNetwork(
  { preprocessing: "caffe", file: kerasFile("resnet101") },
  (options: PictureModelOptions = {}) => resnet("resnet101", [3, 4, 23, 3], bottleneck, options),
);

/** ResNet of 152 layers with random weights: 60,419,944 weights. @throws option @source Keras 3, applications.ResNet152 */
export const resnet152: PictureNetwork = pictureNetwork(
  { preprocessing: "caffe", file: kerasFile("resnet152") },
  (options: PictureModelOptions = {}) => resnet("resnet152", [3, 8, 36, 3], bottleneck, options),
);

/** A block of convolutions around which its input is added. */
interface Block {
  readonly apply: (x: SymbolicTensor, place: { filters: number; strides: number; name: string }) => SymbolicTensor;
  readonly useBias: boolean;
  readonly epsilon: number;
}

function resnet(name: string, numBlocks: readonly number[], block: Block, options: PictureModelOptions): Model {
  checkPictureOptions(name, options);
  const features = (picture: SymbolicTensor): SymbolicTensor => {
    let x = layers.zeroPadding2d({ padding: 3, name: "conv1_pad" }).apply(picture);
    x = convolved(x, { filters: 64, kernelSize: 7, strides: 2, padding: "valid", name: "conv1" }, block); // [112, 112, 64]
    x = layers.zeroPadding2d({ padding: 1, name: "pool1_pad" }).apply(activated(x, "relu", "conv1_relu"));
    x = layers.maxPooling2d({ poolSize: 3, strides: 2, name: "pool1_pool" }).apply(x); // [56, 56, 64]
    numBlocks.forEach((count, stage) => {
      for (let number = 1; number <= count; number += 1) {
        const strides = number === 1 && stage > 0 ? 2 : 1;
        x = block.apply(x, { filters: 64 * 2 ** stage, strides, name: `conv${stage + 2}_block${number}` });
      }
    });
    return x; // [7, 7, 512] or [7, 7, 2048]
  };
  return pictureModel({ name, options, size: 224, leastSize: 32, features });
}

interface Convolution {
  readonly filters: number;
  readonly kernelSize: number;
  readonly strides?: number;
  readonly padding?: "same" | "valid";
  readonly name: string;
}

/** A convolution and its normalization. */
function convolved(x: SymbolicTensor, { name, ...options }: Convolution, { useBias, epsilon }: Block): SymbolicTensor {
  const y = layers.conv2d({ padding: "same", ...options, useBias, name: `${name}_conv` }).apply(x);
  return layers.batchNormalization({ epsilon, momentum: useBias ? 0.99 : 0.9, name: `${name}_bn` }).apply(y);
}

/** Two convolutions of 3 x 3. */
const basic: Block = {
  useBias: false,
  epsilon: 1e-5,
  apply: (x, { filters, strides, name }) => {
    const isSame = strides === 1 && channelsOf(x) === filters;
    const shortcut = isSame ? x : convolved(x, { filters, kernelSize: 1, strides, name: `${name}_0` }, basic);
    const padded = layers.zeroPadding2d({ padding: 1, name: `${name}_1_pad` }).apply(x);
    const first = { filters, kernelSize: 3, strides, padding: "valid", name: `${name}_1` } as const;
    const half = activated(convolved(padded, first, basic), "relu", `${name}_1_relu`);
    const y = convolved(half, { filters, kernelSize: 3, name: `${name}_2` }, basic);
    return activated(layers.add({ name: `${name}_add` }).apply([shortcut, y]), "relu", `${name}_out`);
  },
};

/** Fewer channels, a convolution of 3 x 3, four times as many. */
const bottleneck: Block = {
  useBias: true,
  epsilon: 1.001e-5,
  apply: (x, { filters, strides, name }) => {
    const isFirst = name.endsWith("_block1");
    const wide = { filters: 4 * filters, kernelSize: 1 };
    const shortcut = isFirst ? convolved(x, { ...wide, strides, name: `${name}_0` }, bottleneck) : x;
    let y = convolved(x, { filters, kernelSize: 1, strides, name: `${name}_1` }, bottleneck);
    y = convolved(activated(y, "relu", `${name}_1_relu`), { filters, kernelSize: 3, name: `${name}_2` }, bottleneck);
    y = convolved(activated(y, "relu", `${name}_2_relu`), { ...wide, name: `${name}_3` }, bottleneck);
    return activated(layers.add({ name: `${name}_add` }).apply([shortcut, y]), "relu", `${name}_out`);
  },
};
