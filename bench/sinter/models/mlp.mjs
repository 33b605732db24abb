// A small dense network: 784 inputs, 128 hidden units, 10 classes.
import { layers, sequential } from "sinter";

export function mlp() {
  return sequential([
    layers.dense({ units: 128, activation: "relu", inputShape: [784] }),
    layers.dense({ units: 10, activation: "softmax" }),
  ]);
}
