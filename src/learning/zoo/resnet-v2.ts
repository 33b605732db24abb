// ResNet, version 2 (He et al., Identity mappings in deep residual networks, 2016): normalization and activation come
// before the convolutions; the stride is in a stage's last block.

import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import type { Model } from "#learning/train/model.ts";
import { activated, checkPictureOptions, pictureModel, type PictureModelOptions } from "./picture-model.ts";
import { kerasFile, pictureNetwork, type PictureNetwork } from "./picture-network.ts";

/** ResNet-50 V2 with random weights: 25,613,800 weights. @throws option @source Keras 3, applications.ResNet50V2 */
export const resnet50V2: PictureNetwork = pictureNetwork(
  { preprocessing: "tf", file: kerasFile("resnet50v2") },
  (options: PictureModelOptions = {}) => resnetV2("resnet50v2", [3, 4, 6, 3], options),
);

/** ResNet-101 V2 with random weights: 44,675,560 weights. @throws option @source Keras 3, applications.ResNet101V2 */
export const resnet101V2: PictureNetwork = pictureNetwork(
  { preprocessing: "tf", file: kerasFile("resnet101v2") },
  (options: PictureModelOptions = {}) => resnetV2("resnet101v2", [3, 4, 23, 3], options),
);

/** ResNet-152 V2 with random weights: 60,380,648 weights. @throws option @source Keras 3, applications.ResNet152V2 */
export const resnet152V2: PictureNetwork = pictureNetwork(
  { preprocessing: "tf", file: kerasFile("resnet152v2") },
  (options: PictureModelOptions = {}) => resnetV2("resnet152v2", [3, 8, 36, 3], options),
);

function resnetV2(name: string, numBlocks: readonly number[], options: PictureModelOptions): Model {
  checkPictureOptions(name, options);
  const features = (picture: SymbolicTensor): SymbolicTensor => {
    let x = layers.zeroPadding2d({ padding: 3, name: "conv1_pad" }).apply(picture);
    x = layers.conv2d({ filters: 64, kernelSize: 7, strides: 2, name: "conv1_conv" }).apply(x); // [112, 112, 64]
    x = layers.zeroPadding2d({ padding: 1, name: "pool1_pad" }).apply(x);
    x = layers.maxPooling2d({ poolSize: 3, strides: 2, name: "pool1_pool" }).apply(x); // [56, 56, 64]
    numBlocks.forEach((count, stage) => {
      for (let number = 1; number <= count; number += 1) {
        const isLast = number === count && stage < numBlocks.length - 1;
        const place = { filters: 64 * 2 ** stage, strides: isLast ? 2 : 1, isFirst: number === 1 };
        x = block(x, { ...place, name: `conv${stage + 2}_block${number}` });
      }
    });
    return activated(normalized(x, "post_bn"), "relu", "post_relu"); // [7, 7, 2048]
  };
  return pictureModel({ name, options, size: 224, leastSize: 32, features });
}

interface Place {
  readonly filters: number;
  readonly strides: number;
  readonly isFirst: boolean;
  readonly name: string;
}

function normalized(x: SymbolicTensor, name: string): SymbolicTensor {
  return layers.batchNormalization({ epsilon: 1.001e-5, name }).apply(x);
}

function block(x: SymbolicTensor, { filters, strides, isFirst, name }: Place): SymbolicTensor {
  const ready = activated(normalized(x, `${name}_preact_bn`), "relu", `${name}_preact_relu`);
  let y = layers.conv2d({ filters, kernelSize: 1, useBias: false, name: `${name}_1_conv` }).apply(ready);
  y = activated(normalized(y, `${name}_1_bn`), "relu", `${name}_1_relu`);
  y = layers.zeroPadding2d({ padding: 1, name: `${name}_2_pad` }).apply(y);
  y = layers.conv2d({ filters, kernelSize: 3, strides, useBias: false, name: `${name}_2_conv` }).apply(y);
  y = activated(normalized(y, `${name}_2_bn`), "relu", `${name}_2_relu`);
  y = layers.conv2d({ filters: 4 * filters, kernelSize: 1, name: `${name}_3_conv` }).apply(y);
  return layers.add({ name: `${name}_out` }).apply([shortcut(x, ready, { filters, strides, isFirst, name }), y]);
}

function shortcut(
  x: SymbolicTensor,
  ready: SymbolicTensor,
  { filters, strides, isFirst, name }: Place,
): SymbolicTensor {
  if (isFirst)
    return layers.conv2d({ filters: 4 * filters, kernelSize: 1, strides, name: `${name}_0_conv` }).apply(ready);
  return strides === 1 ? x : layers.maxPooling2d({ poolSize: 1, strides, name: `${name}_0_pool` }).apply(x);
}
