// VGG16 (Simonyan and Zisserman 2014), without dropout: 138,357,544 weights.
import { layers, sequential } from "sinter";

/** [filters, convolutions] */
const stages = [
  [64, 2],
  [128, 2],
  [256, 3],
  [512, 3],
  [512, 3],
];

export function vgg16() {
  const features = stages.flatMap(([filters, numConvolutions]) => [
    ...Array.from({ length: numConvolutions }, () =>
      layers.conv2d({ filters, kernelSize: 3, padding: "same", activation: "relu" }),
    ),
    layers.maxPooling2d({ poolSize: 2 }),
  ]);
  return sequential([
    layers.input({ shape: [224, 224, 3] }),
    ...features, // [7, 7, 512]
    layers.flatten(),
    layers.dense({ units: 4096, activation: "relu" }),
    layers.dense({ units: 4096, activation: "relu" }),
    layers.dense({ units: 1000, activation: "softmax" }),
  ]);
}
