// MobileNetV2 (Sandler et al. 2018), width 1, 224 x 224: 3,504,872 trained weights.
import { layers, model } from "sinter";

/** [expansion, channels, blocks, stride of the first] */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

const normalized = (x) => layers.batchNormalization().apply(x);
const relu6 = (x) => layers.activation({ activation: "relu6" }).apply(normalized(x));
const pointwise = (x, filters) => layers.conv2d({ filters, kernelSize: 1, useBias: false }).apply(x);

function invertedResidual(x, expansion, filters, strides) {
  const channels = x.type.shape[2];
  const wide = expansion === 1 ? x : relu6(pointwise(x, channels * expansion));
  const depthwise = layers.depthwiseConv2d({ kernelSize: 3, strides, padding: "same", useBias: false }).apply(wide);
  const narrow = normalized(pointwise(relu6(depthwise), filters));
  return strides === 1 && channels === filters ? layers.add().apply([x, narrow]) : narrow;
}

export function mobilenetv2() {
  const input = layers.input({ shape: [224, 224, 3] });
  const stem = { filters: 32, kernelSize: 3, strides: 2, padding: "same", useBias: false };
  let x = relu6(layers.conv2d(stem).apply(input)); // [112, 112, 32]
  for (const [expansion, filters, numBlocks, stride] of stages) {
    for (let block = 0; block < numBlocks; block++) {
      x = invertedResidual(x, expansion, filters, block === 0 ? stride : 1);
    }
  }
  x = relu6(pointwise(x, 1280)); // [7, 7, 1280]
  x = layers.globalAveragePooling2d().apply(x);
  return model({ inputs: input, outputs: layers.dense({ units: 1000, activation: "softmax" }).apply(x) });
}
