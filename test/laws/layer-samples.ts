// Samples of layers for the laws of layers.test.ts, by family; those of the first layers are there.

import type { Layer } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";

export interface Sample {
  readonly make: (inputShape: readonly number[]) => Layer;
  readonly input: readonly number[];
  /** Inputs after the first, of a layer that takes several. */
  readonly others?: readonly (readonly number[])[];
  /** Numbers of its inputs lie between; -1 and 1 where it does not say. */
  readonly range?: readonly [low: number, high: number];
}

const series = [9, 4];
const picture = [6, 7, 4];
const volume = [4, 5, 3, 2];
type Samples<Kind extends keyof typeof layers> = Readonly<Record<Kind, readonly Sample[]>>;

const l2 = { kind: "l1l2", l1: 0.01, l2: 0.02 } as const;

/** A layer of an input shape. */
function of(input: readonly number[], make: (inputShape: readonly number[]) => Layer): Sample {
  return { make, input };
}

export const convolutionSamples: Samples<
  "conv1d" | "conv3d" | "depthwiseConv1d" | "separableConv1d" | "conv1dTranspose" | "conv3dTranspose"
> = {
  conv1d: [
    of(series, (inputShape) => layers.conv1d({ filters: 5, kernelSize: 3, activation: "tanh", inputShape })),
    of(series, (inputShape) => layers.conv1d({ filters: 5, kernelSize: 3, padding: "causal", strides: 2, inputShape })),
    of([4, 9], (inputShape) =>
      layers.conv1d({ filters: 5, kernelSize: 3, dataFormat: "channelsFirst", activityRegularizer: l2, inputShape }),
    ),
    of(series, (inputShape) =>
      layers.conv1d({ filters: 4, kernelSize: [2], padding: "causal", dilationRate: 2, groups: 2, inputShape }),
    ),
    of(series, (inputShape) =>
      layers.conv1d({ filters: 3, kernelSize: 4, padding: "same", kernelRegularizer: l2, useBias: false, inputShape }),
    ),
  ],
  conv3d: [
    of(volume, (inputShape) => layers.conv3d({ filters: 3, kernelSize: 2, activation: "tanh", inputShape })),
    of(volume, (inputShape) =>
      layers.conv3d({ filters: 4, kernelSize: [2, 3, 1], padding: "same", strides: [1, 2, 1], groups: 2, inputShape }),
    ),
  ],
  depthwiseConv1d: [
    of(series, (inputShape) => layers.depthwiseConv1d({ kernelSize: 3, depthMultiplier: 2, inputShape })),
    of(series, (inputShape) => layers.depthwiseConv1d({ kernelSize: 2, padding: "same", strides: 2, inputShape })),
  ],
  separableConv1d: [
    of(series, (inputShape) => layers.separableConv1d({ filters: 5, kernelSize: 3, inputShape })),
    of(series, (inputShape) =>
      layers.separableConv1d({ filters: 3, kernelSize: 2, depthMultiplier: 2, dilationRate: 3, inputShape }),
    ),
  ],
  conv1dTranspose: [
    of(series, (inputShape) => layers.conv1dTranspose({ filters: 3, kernelSize: 3, strides: 2, inputShape })),
    of(series, (inputShape) =>
      layers.conv1dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: "same", outputPadding: 1, inputShape }),
    ),
  ],
  conv3dTranspose: [
    of([2, 3, 2, 3], (inputShape) => layers.conv3dTranspose({ filters: 2, kernelSize: 2, strides: 2, inputShape })),
    of([2, 3, 2, 3], (inputShape) =>
      layers.conv3dTranspose({ filters: 2, kernelSize: [3, 2, 1], padding: "same", useBias: false, inputShape }),
    ),
  ],
};

export const poolSamples: Samples<
  | "maxPooling1d"
  | "maxPooling3d"
  | "averagePooling1d"
  | "averagePooling3d"
  | "globalMaxPooling1d"
  | "globalMaxPooling3d"
  | "globalAveragePooling1d"
  | "globalAveragePooling3d"
  | "adaptiveMaxPooling1d"
  | "adaptiveMaxPooling2d"
  | "adaptiveMaxPooling3d"
  | "adaptiveAveragePooling1d"
  | "adaptiveAveragePooling2d"
  | "adaptiveAveragePooling3d"
> = {
  maxPooling1d: [
    of(series, (inputShape) => layers.maxPooling1d({ inputShape })),
    of(series, (inputShape) => layers.maxPooling1d({ poolSize: 3, strides: 2, padding: "same", inputShape })),
  ],
  maxPooling3d: [
    of(volume, (inputShape) => layers.maxPooling3d({ inputShape })),
    of(volume, (inputShape) => layers.maxPooling3d({ poolSize: [2, 3, 1], strides: 1, padding: "same", inputShape })),
  ],
  averagePooling1d: [
    of(series, (inputShape) => layers.averagePooling1d({ inputShape })),
    of(series, (inputShape) => layers.averagePooling1d({ poolSize: 4, strides: 1, padding: "same", inputShape })),
  ],
  averagePooling3d: [
    of(volume, (inputShape) => layers.averagePooling3d({ inputShape })),
    of(volume, (inputShape) => layers.averagePooling3d({ poolSize: 3, strides: 2, padding: "same", inputShape })),
  ],
  globalMaxPooling1d: [of(series, (inputShape) => layers.globalMaxPooling1d({ inputShape }))],
  globalMaxPooling3d: [of(volume, (inputShape) => layers.globalMaxPooling3d({ keepdims: true, inputShape }))],
  globalAveragePooling1d: [of(series, (inputShape) => layers.globalAveragePooling1d({ keepdims: true, inputShape }))],
  globalAveragePooling3d: [of(volume, (inputShape) => layers.globalAveragePooling3d({ inputShape }))],
  adaptiveMaxPooling1d: [
    of(series, (inputShape) => layers.adaptiveMaxPooling1d({ outputSize: 4, inputShape })),
    of(series, (inputShape) => layers.adaptiveMaxPooling1d({ outputSize: [12], inputShape })),
  ],
  adaptiveMaxPooling2d: [of(picture, (inputShape) => layers.adaptiveMaxPooling2d({ outputSize: [3, 5], inputShape }))],
  adaptiveMaxPooling3d: [of(volume, (inputShape) => layers.adaptiveMaxPooling3d({ outputSize: 2, inputShape }))],
  adaptiveAveragePooling1d: [
    of(series, (inputShape) => layers.adaptiveAveragePooling1d({ outputSize: 6, inputShape })),
  ],
  adaptiveAveragePooling2d: [
    of(picture, (inputShape) => layers.adaptiveAveragePooling2d({ outputSize: 1, inputShape })),
    of(picture, (inputShape) => layers.adaptiveAveragePooling2d({ outputSize: [4, 9], inputShape })),
  ],
  adaptiveAveragePooling3d: [
    of(volume, (inputShape) => layers.adaptiveAveragePooling3d({ outputSize: [2, 3, 3], inputShape })),
  ],
};

export const borderSamples: Samples<
  "zeroPadding1d" | "zeroPadding3d" | "cropping1d" | "cropping2d" | "cropping3d" | "upSampling1d" | "upSampling3d"
> = {
  zeroPadding1d: [
    of(series, (inputShape) => layers.zeroPadding1d({ inputShape })),
    of(series, (inputShape) => layers.zeroPadding1d({ padding: [0, 3], inputShape })),
  ],
  zeroPadding3d: [
    of(volume, (inputShape) => layers.zeroPadding3d({ padding: [1, 0, 2], inputShape })),
    of(volume, (inputShape) =>
      layers.zeroPadding3d({
        padding: [
          [0, 1],
          [2, 0],
          [1, 1],
        ],
        inputShape,
      }),
    ),
  ],
  cropping1d: [
    of(series, (inputShape) => layers.cropping1d({ inputShape })),
    of(series, (inputShape) => layers.cropping1d({ cropping: [0, 4], inputShape })),
  ],
  cropping2d: [
    of(picture, (inputShape) => layers.cropping2d({ inputShape })),
    of(picture, (inputShape) => layers.cropping2d({ cropping: [1, 2], inputShape })),
  ],
  cropping3d: [of(volume, (inputShape) => layers.cropping3d({ inputShape }))],
  upSampling1d: [of(series, (inputShape) => layers.upSampling1d({ size: 3, inputShape }))],
  upSampling3d: [of(volume, (inputShape) => layers.upSampling3d({ size: [2, 1, 3], inputShape }))],
};

export const plainSamples: Samples<
  | "identity"
  | "permute"
  | "repeatVector"
  | "activityRegularization"
  | "relu"
  | "leakyRelu"
  | "elu"
  | "softmax"
  | "prelu"
> = {
  identity: [of(picture, (inputShape) => layers.identity({ inputShape }))],
  permute: [of(picture, (inputShape) => layers.permute({ dims: [3, 1, 2], inputShape }))],
  repeatVector: [of([5], (inputShape) => layers.repeatVector({ n: 3, inputShape }))],
  activityRegularization: [
    of(picture, (inputShape) => layers.activityRegularization({ l1: 0.01, l2: 0.02, inputShape })),
    of([5], (inputShape) => layers.activityRegularization({ inputShape })),
  ],
  relu: [
    of(picture, (inputShape) => layers.relu({ inputShape })),
    of(picture, (inputShape) => layers.relu({ maxValue: 0.5, negativeSlope: 0.1, threshold: 0.2, inputShape })),
  ],
  leakyRelu: [of(picture, (inputShape) => layers.leakyRelu({ inputShape }))],
  elu: [of(picture, (inputShape) => layers.elu({ alpha: 0.5, inputShape }))],
  softmax: [
    of([9], (inputShape) => layers.softmax({ inputShape })),
    of(picture, (inputShape) => layers.softmax({ axis: [1, 2], inputShape })),
  ],
  prelu: [
    of([4, 3], (inputShape) => layers.prelu({ alphaInitializer: "randomNormal", alphaRegularizer: l2, inputShape })),
    of(picture, (inputShape) =>
      layers.prelu({ sharedAxes: [1, 2], alphaInitializer: { kind: "constant", value: 0.3 }, inputShape }),
    ),
  ],
};

export const noiseSamples: Samples<
  "spatialDropout1d" | "spatialDropout2d" | "spatialDropout3d" | "gaussianNoise" | "gaussianDropout" | "alphaDropout"
> = {
  spatialDropout1d: [of(series, (inputShape) => layers.spatialDropout1d({ rate: 0.4, inputShape }))],
  spatialDropout2d: [of(picture, (inputShape) => layers.spatialDropout2d({ rate: 0.4, seed: 2, inputShape }))],
  spatialDropout3d: [of(volume, (inputShape) => layers.spatialDropout3d({ rate: 0.4, inputShape }))],
  gaussianNoise: [of(picture, (inputShape) => layers.gaussianNoise({ stddev: 0.3, inputShape }))],
  gaussianDropout: [of(picture, (inputShape) => layers.gaussianDropout({ rate: 0.3, seed: 7, inputShape }))],
  alphaDropout: [
    of(picture, (inputShape) => layers.alphaDropout({ rate: 0.3, inputShape })),
    of(picture, (inputShape) => layers.alphaDropout({ rate: 0.3, noiseShape: [1, 1, 4], inputShape })),
  ],
};

export const normSamples: Samples<
  "groupNormalization" | "rmsNormalization" | "unitNormalization" | "spectralNormalization" | "recompute" | "pipeline"
> = {
  pipeline: [
    of(picture, (inputShape) =>
      layers.pipeline({
        layers: [layers.rescaling({ scale: 2 }), layers.conv2d({ filters: 3, kernelSize: 2, kernelRegularizer: l2 })],
        inputShape,
      }),
    ),
  ],
  recompute: [
    of(picture, (inputShape) =>
      layers.recompute({ layer: layers.conv2d({ filters: 5, kernelSize: 3, activation: "tanh" }), inputShape }),
    ),
    of(series, (inputShape) =>
      layers.recompute({ layer: layers.gru({ units: 3, kernelRegularizer: l2 }), inputShape }),
    ),
  ],
  groupNormalization: [
    of(picture, (inputShape) => layers.groupNormalization({ groups: 2, inputShape })),
    of([6, 5], (inputShape) => layers.groupNormalization({ groups: -1, axis: 1, center: false, inputShape })),
  ],
  rmsNormalization: [
    of(picture, (inputShape) => layers.rmsNormalization({ inputShape })),
    of(picture, (inputShape) => layers.rmsNormalization({ axis: [1, 3], epsilon: 0.01, inputShape })),
  ],
  unitNormalization: [
    of(picture, (inputShape) => layers.unitNormalization({ inputShape })),
    of(picture, (inputShape) => layers.unitNormalization({ axis: [1, 2], inputShape })),
  ],
  spectralNormalization: [
    of([5], (inputShape) =>
      layers.spectralNormalization({ layer: layers.dense({ units: 3, kernelRegularizer: l2, inputShape }) }),
    ),
    of(picture, (inputShape) =>
      layers.spectralNormalization({
        layer: layers.conv2d({ filters: 3, kernelSize: 2, activation: "tanh" }),
        powerIterations: 3,
        inputShape,
      }),
    ),
  ],
};

export const equationSamples: Samples<"einsumDense" | "lambda"> = {
  einsumDense: [
    of([5], (inputShape) => layers.einsumDense({ equation: "ab,bc->ac", outputShape: 4, biasAxes: "c", inputShape })),
    of([3, 5], (inputShape) =>
      layers.einsumDense({
        equation: "abc,cde->abde",
        outputShape: [null, 2, 4],
        biasAxes: "de",
        activation: "tanh",
        kernelRegularizer: l2,
        inputShape,
      }),
    ),
    of([3, 5], (inputShape) => layers.einsumDense({ equation: "...x,xy->...y", outputShape: 4, inputShape })),
  ],
  lambda: [of([5], (inputShape) => layers.lambda({ function: (x) => x.square(), outputShape: [5], inputShape }))],
};
