// The closed list of layers with samples of each: what laws and exports run over.

import type { Layer } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { preprocessingSamples } from "./preprocessing-samples.ts";
import { attentionSamples, recurrentSamples } from "./sequence-samples.ts";
import {
  borderSamples,
  convolutionSamples,
  equationSamples,
  noiseSamples,
  normSamples,
  plainSamples,
  poolSamples,
  type Sample,
} from "./layer-samples.ts";

const picture = [6, 7, 4];
const l2 = { kind: "l1l2", l1: 0.01, l2: 0.02 } as const;

/** A layer without options on two and on three inputs. */
function merges(maker: () => Layer, largest = 3): Sample[] {
  const make = (): Layer => maker();
  const two: Sample = { make, input: picture, others: [picture] };
  return largest === 2 ? [two] : [two, { make, input: [3, 4], others: [[1, 4], [4]] }];
}

/** At least one sample a layer; a layer that is missing here does not compile. */
export const layerSamples: Readonly<Record<keyof typeof layers, readonly Sample[]>> = {
  input: [{ make: (inputShape) => layers.input({ shape: inputShape }), input: [3] }],
  conv2d: [
    {
      make: (inputShape) => layers.conv2d({ filters: 5, kernelSize: 3, activation: "tanh", inputShape }),
      input: picture,
    },
    {
      make: (inputShape) =>
        layers.conv2d({
          filters: 6,
          kernelSize: [2, 3],
          strides: 2,
          padding: "same",
          groups: 2,
          useBias: false,
          kernelRegularizer: l2,
          kernelInitializer: "heNormal",
          inputShape,
        }),
      input: picture,
    },
    { make: (inputShape) => layers.conv2d({ filters: 2, kernelSize: 2, dilationRate: 2, inputShape }), input: picture },
  ],
  maxPooling2d: [
    { make: (inputShape) => layers.maxPooling2d({ inputShape }), input: picture },
    {
      make: (inputShape) => layers.maxPooling2d({ poolSize: 3, strides: 2, padding: "same", inputShape }),
      input: picture,
    },
  ],
  averagePooling2d: [
    { make: (inputShape) => layers.averagePooling2d({ inputShape }), input: picture },
    { make: (inputShape) => layers.averagePooling2d({ poolSize: 3, padding: "same", inputShape }), input: picture },
  ],
  globalMaxPooling2d: [
    { make: (inputShape) => layers.globalMaxPooling2d({ keepdims: true, inputShape }), input: picture },
  ],
  globalAveragePooling2d: [{ make: (inputShape) => layers.globalAveragePooling2d({ inputShape }), input: picture }],
  flatten: [{ make: (inputShape) => layers.flatten({ inputShape }), input: picture }],
  reshape: [{ make: (inputShape) => layers.reshape({ targetShape: [3, -1], inputShape }), input: picture }],
  dense: [
    {
      make: (inputShape) => layers.dense({ units: 5, activation: "sigmoid", biasRegularizer: "l1", inputShape }),
      input: [9],
    },
    {
      make: (inputShape) =>
        layers.dense({ units: 5, activation: { kind: "leakyRelu", negativeSlope: 0.3 }, inputShape }),
      input: [4, 9],
    },
    { make: (inputShape) => layers.dense({ units: 5, trainable: false, inputShape }), input: [9] },
  ],
  activation: [
    { make: (inputShape) => layers.activation({ activation: "softmax", inputShape }), input: [9] },
    { make: (inputShape) => layers.activation({ activation: "glu", inputShape }), input: [3, 8] },
  ],
  dropout: [
    { make: (inputShape) => layers.dropout({ rate: 0.4, inputShape }), input: [9] },
    { make: (inputShape) => layers.dropout({ rate: 0.4, noiseShape: [1, 1, 4], seed: 3, inputShape }), input: picture },
  ],
  batchNormalization: [
    { make: (inputShape) => layers.batchNormalization({ inputShape }), input: picture },
    {
      make: (inputShape) => layers.batchNormalization({ renorm: true, renormClipping: { rmax: 2 }, inputShape }),
      input: picture,
    },
    {
      make: (inputShape) => layers.batchNormalization({ axis: 1, center: false, momentum: 0.5, inputShape }),
      input: [5, 3],
    },
    { make: (inputShape) => layers.batchNormalization({ trainable: false, inputShape }), input: [5] },
  ],
  depthwiseConv2d: [
    { make: (inputShape) => layers.depthwiseConv2d({ kernelSize: 3, activation: "tanh", inputShape }), input: picture },
    {
      make: (inputShape) =>
        layers.depthwiseConv2d({
          kernelSize: [2, 3],
          depthMultiplier: 2,
          strides: 2,
          padding: "same",
          useBias: false,
          depthwiseRegularizer: l2,
          inputShape,
        }),
      input: picture,
    },
    {
      make: (inputShape) => layers.depthwiseConv2d({ kernelSize: 2, dilationRate: 2, depthMultiplier: 3, inputShape }),
      input: picture,
    },
  ],
  separableConv2d: [
    { make: (inputShape) => layers.separableConv2d({ filters: 5, kernelSize: 3, inputShape }), input: picture },
    {
      make: (inputShape) =>
        layers.separableConv2d({
          filters: 3,
          kernelSize: 3,
          depthMultiplier: 2,
          padding: "same",
          strides: 2,
          pointwiseRegularizer: l2,
          inputShape,
        }),
      input: picture,
    },
  ],
  conv2dTranspose: [
    { make: (inputShape) => layers.conv2dTranspose({ filters: 3, kernelSize: 3, inputShape }), input: picture },
    {
      make: (inputShape) =>
        layers.conv2dTranspose({
          filters: 3,
          kernelSize: 3,
          strides: 2,
          padding: "same",
          outputPadding: 1,
          kernelRegularizer: l2,
          inputShape,
        }),
      input: picture,
    },
    {
      make: (inputShape) => layers.conv2dTranspose({ filters: 2, kernelSize: 2, dilationRate: 2, inputShape }),
      input: picture,
    },
  ],
  zeroPadding2d: [
    { make: (inputShape) => layers.zeroPadding2d({ inputShape }), input: picture },
    {
      make: (inputShape) =>
        layers.zeroPadding2d({
          padding: [
            [0, 2],
            [1, 0],
          ],
          inputShape,
        }),
      input: picture,
    },
  ],
  upSampling2d: [
    { make: (inputShape) => layers.upSampling2d({ size: [2, 3], inputShape }), input: picture },
    { make: (inputShape) => layers.upSampling2d({ interpolation: "bilinear", inputShape }), input: picture },
  ],
  layerNormalization: [
    { make: (inputShape) => layers.layerNormalization({ inputShape }), input: picture },
    { make: (inputShape) => layers.layerNormalization({ axis: [1, 3], center: false, inputShape }), input: picture },
  ],
  normalization: [
    {
      make: (inputShape) =>
        layers.normalization({ mean: [0.5, -1, 2, 0], variance: [4, 0.25, 1, 0.5], invert: true, inputShape }),
      input: picture,
    },
    { make: (inputShape) => layers.normalization({ axis: null, mean: 0.5, variance: 2, inputShape }), input: [4] },
    { make: (inputShape) => layers.normalization({ axis: [2, 1], inputShape }), input: [2, 3] },
  ],
  add: merges(layers.add),
  subtract: merges(layers.subtract, 2),
  multiply: merges(layers.multiply),
  average: merges(layers.average),
  maximum: merges(layers.maximum),
  minimum: merges(layers.minimum),
  concatenate: [
    { make: () => layers.concatenate(), input: [2, 3], others: [[2, 5]] },
    {
      make: () => layers.concatenate({ axis: 1 }),
      input: [2, 3],
      others: [
        [1, 3],
        [4, 3],
      ],
    },
  ],
  dot: [
    { make: () => layers.dot({ axes: 1 }), input: [5], others: [[5]] },
    { make: () => layers.dot({ axes: [2, 1], normalize: true }), input: [3, 5], others: [[5, 2]] },
  ],
  ...preprocessingSamples,
  ...recurrentSamples,
  ...attentionSamples,
  rescaling: [{ make: (inputShape) => layers.rescaling({ scale: 0.5, offset: -1, inputShape }), input: [4] }],
  ...convolutionSamples,
  ...poolSamples,
  ...borderSamples,
  ...plainSamples,
  ...noiseSamples,
  ...normSamples,
  ...equationSamples,
};
