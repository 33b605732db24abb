// InceptionV3 (Szegedy et al., Rethinking the inception architecture for computer vision, 2015).

import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import type { Model } from "#learning/train/model.ts";
import { activated, checkPictureOptions, pictureModel, type PictureModelOptions } from "./picture-model.ts";
import { kerasFile, pictureNetwork, type PictureNetwork } from "./picture-network.ts";

/** InceptionV3 with random weights: 23,851,784 weights. @throws option @source Keras 3, applications.InceptionV3 */
export const inceptionV3: PictureNetwork = pictureNetwork(
  { preprocessing: "tf", file: kerasFile("inception_v3") },
  build,
);

function build(options: PictureModelOptions = {}): Model {
  checkPictureOptions("inceptionV3", options);
  return pictureModel({ name: "inception_v3", options, size: 299, leastSize: 75, features });
}

type Kernel = number | readonly [number, number];

/** Convolutions are numbered in the order in which they are made, as in Keras, so that weights come in its order. */
class Builder {
  #number = 0;

  /** A convolution, its normalization without a scale, relu. */
  conv(
    x: SymbolicTensor,
    filters: number,
    kernelSize: Kernel,
    options: { strides?: number; padding?: "valid" } = {},
  ): SymbolicTensor {
    const suffix = this.#number === 0 ? "" : `_${this.#number}`;
    this.#number += 1;
    const { strides = 1, padding = "same" } = options;
    const convolution = { filters, kernelSize, strides, padding, useBias: false, name: `conv2d${suffix}` } as const;
    const y = layers.conv2d(convolution).apply(x);
    const norm = layers.batchNormalization({ scale: false, name: `batch_normalization${suffix}` });
    return activated(norm.apply(y), "relu", `activation${suffix}`);
  }

  /** Convolutions one after another. */
  chain(x: SymbolicTensor, steps: readonly (readonly [filters: number, kernel: Kernel])[]): SymbolicTensor {
    return steps.reduce((value, [filters, kernel]) => this.conv(value, filters, kernel), x);
  }
}

function features(picture: SymbolicTensor): SymbolicTensor {
  const b = new Builder();
  let x = b.conv(picture, 32, 3, { strides: 2, padding: "valid" }); // [149, 149, 32]
  x = b.conv(x, 32, 3, { padding: "valid" });
  x = b.conv(x, 64, 3); // [147, 147, 64]
  x = largest(x);
  x = b.conv(x, 80, 1, { padding: "valid" });
  x = b.conv(x, 192, 3, { padding: "valid" }); // [71, 71, 192]
  x = largest(x);
  [32, 64, 64].forEach((poolFilters, index) => (x = squares(b, x, poolFilters, `mixed${index}`))); // [35, 35, 288]
  x = firstReduction(b, x); // [17, 17, 768]
  [128, 160, 160, 192].forEach((width, index) => (x = lines(b, x, width, `mixed${index + 4}`)));
  x = secondReduction(b, x); // [8, 8, 1280]
  return [0, 1].reduce((value, index) => crosses(b, value, index), x); // [8, 8, 2048]
}

function largest(x: SymbolicTensor): SymbolicTensor {
  return layers.maxPooling2d({ poolSize: 3, strides: 2 }).apply(x);
}

function mean(x: SymbolicTensor): SymbolicTensor {
  return layers.averagePooling2d({ poolSize: 3, strides: 1, padding: "same" }).apply(x);
}

function joined(parts: readonly SymbolicTensor[], name: string): SymbolicTensor {
  return layers.concatenate({ name }).apply(parts);
}

function squares(b: Builder, x: SymbolicTensor, poolFilters: number, name: string): SymbolicTensor {
  const one = b.conv(x, 64, 1);
  const five = b.chain(x, [
    [48, 1],
    [64, 5],
  ]);
  const three = b.chain(x, [
    [64, 1],
    [96, 3],
    [96, 3],
  ]);
  return joined([one, five, three, b.conv(mean(x), poolFilters, 1)], name);
}

function firstReduction(b: Builder, x: SymbolicTensor): SymbolicTensor {
  const three = b.conv(x, 384, 3, { strides: 2, padding: "valid" });
  const deep = b.conv(
    b.chain(x, [
      [64, 1],
      [96, 3],
    ]),
    96,
    3,
    { strides: 2, padding: "valid" },
  );
  return joined([three, deep, largest(x)], "mixed3");
}

/** Windows of seven pixels in a row or in a column. */
function lines(b: Builder, x: SymbolicTensor, width: number, name: string): SymbolicTensor {
  const [row, column] = [
    [1, 7],
    [7, 1],
  ] as const;
  const one = b.conv(x, 192, 1);
  const seven = b.chain(x, [
    [width, 1],
    [width, row],
    [192, column],
  ]);
  const twice = b.chain(x, [
    [width, 1],
    [width, column],
    [width, row],
    [width, column],
    [192, row],
  ]);
  return joined([one, seven, twice, b.conv(mean(x), 192, 1)], name);
}

function secondReduction(b: Builder, x: SymbolicTensor): SymbolicTensor {
  const three = b.conv(b.conv(x, 192, 1), 320, 3, { strides: 2, padding: "valid" });
  const lined = b.chain(x, [
    [192, 1],
    [192, [1, 7]],
    [192, [7, 1]],
  ]);
  const seven = b.conv(lined, 192, 3, { strides: 2, padding: "valid" });
  return joined([three, seven, largest(x)], "mixed8");
}

/** Rows and columns of three pixels side by side. */
function crosses(b: Builder, x: SymbolicTensor, index: number): SymbolicTensor {
  const split = (value: SymbolicTensor, name: string): SymbolicTensor =>
    joined([b.conv(value, 384, [1, 3]), b.conv(value, 384, [3, 1])], name);
  const one = b.conv(x, 320, 1);
  const three = split(b.conv(x, 384, 1), `mixed9_${index}`);
  const deep = split(
    b.chain(x, [
      [448, 1],
      [384, 3],
    ]),
    index === 0 ? "concatenate" : `concatenate_${index}`,
  );
  return joined([one, three, deep, b.conv(mean(x), 192, 1)], `mixed${9 + index}`);
}
