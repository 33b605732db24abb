// A small CNN with dropout, for `sinter train --model`: the same layers as dropout_cnn in keras_accuracy.py.
import { layers, sequential } from "sinter";

export function model({ imageSize, classNames, seed }) {
  const isBinary = classNames.length === 2;
  return sequential(
    [
      layers.conv2d({ filters: 32, kernelSize: 3, activation: "relu", inputShape: [...imageSize, 3] }),
      layers.conv2d({ filters: 64, kernelSize: 3, activation: "relu" }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.dropout({ rate: 0.25 }),
      layers.flatten(),
      layers.dense({ units: 128, activation: "relu" }),
      layers.dropout({ rate: 0.5 }),
      layers.dense({ units: isBinary ? 1 : classNames.length, activation: isBinary ? "sigmoid" : "softmax" }),
    ],
    { seed },
  );
}
