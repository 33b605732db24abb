// ResNet-50 (He et al. 2015), version 1: the stride is in a block's first convolution. 25,557,032 trained weights.
import { layers, model } from "sinter";

/** [filters, blocks, stride of the first] */
const stages = [
  [64, 3, 1],
  [128, 4, 2],
  [256, 6, 2],
  [512, 3, 2],
];

const relu = (x) => layers.activation({ activation: "relu" }).apply(x);

function convolved(x, filters, kernelSize, strides = 1) {
  const convolution = layers.conv2d({ filters, kernelSize, strides, padding: "same", useBias: false });
  return layers.batchNormalization().apply(convolution.apply(x));
}

function bottleneck(x, filters, strides) {
  const isFirst = x.type.shape[2] !== 4 * filters;
  const shortcut = isFirst ? convolved(x, 4 * filters, 1, strides) : x;
  const narrow = relu(convolved(x, filters, 1, strides));
  const wide = convolved(relu(convolved(narrow, filters, 3)), 4 * filters, 1);
  return relu(layers.add().apply([shortcut, wide]));
}

export function resnet50() {
  const input = layers.input({ shape: [224, 224, 3] });
  let x = relu(convolved(input, 64, 7, 2)); // [112, 112, 64]
  x = layers.maxPooling2d({ poolSize: 3, strides: 2, padding: "same" }).apply(x); // [56, 56, 64]
  for (const [filters, numBlocks, stride] of stages) {
    for (let block = 0; block < numBlocks; block++) x = bottleneck(x, filters, block === 0 ? stride : 1);
  }
  x = layers.globalAveragePooling2d().apply(x); // [2048]
  return model({ inputs: input, outputs: layers.dense({ units: 1000, activation: "softmax" }).apply(x) });
}
