// The closed list of layers: what `layers.` offers, what a model file may name, and what the laws run over.

import { SinterError } from "#engine/base/error.ts";
import { elu, leakyRelu, prelu, relu, softmax } from "./activation-layers.ts";
import { activityRegularization } from "./activity.ts";
import { cropping1d, cropping2d, cropping3d, zeroPadding1d, zeroPadding2d, zeroPadding3d } from "./borders.ts";
import { conv1dTranspose, conv2dTranspose, conv3dTranspose } from "./conv-transpose.ts";
import { conv1d, conv2d, conv3d } from "./conv.ts";
import { activation, dense, flatten, input, rescaling, reshape } from "./dense.ts";
import { depthwiseConv1d, depthwiseConv2d, separableConv1d, separableConv2d } from "./depthwise-conv.ts";
import { einsumDense } from "./einsum-dense.ts";
import { groupNormalization } from "./group-norm.ts";
import { lambda } from "./lambda.ts";
import { layerNormalization } from "./layer-norm.ts";
import type { Layer, LayerConfig } from "./layer.ts";
import { rmsNormalization, unitNormalization } from "./length-norm.ts";
import { add, average, concatenate, dot, maximum, minimum, multiply, subtract } from "./merge.ts";
import { batchNormalization } from "./norm.ts";
import { normalization } from "./normalization.ts";
import { nearest } from "#engine/base/options.ts";
import {
  adaptiveAveragePooling1d,
  adaptiveAveragePooling2d,
  adaptiveAveragePooling3d,
  adaptiveMaxPooling1d,
  adaptiveMaxPooling2d,
  adaptiveMaxPooling3d,
} from "./adaptive-pool.ts";
import {
  alphaDropout,
  dropout,
  gaussianDropout,
  gaussianNoise,
  spatialDropout1d,
  spatialDropout2d,
  spatialDropout3d,
} from "./noise.ts";
import {
  averagePooling1d,
  averagePooling2d,
  averagePooling3d,
  globalAveragePooling1d,
  globalAveragePooling2d,
  globalAveragePooling3d,
  globalMaxPooling1d,
  globalMaxPooling2d,
  globalMaxPooling3d,
  maxPooling1d,
  maxPooling2d,
  maxPooling3d,
} from "./pool.ts";
import { identity, permute, repeatVector } from "./rearrange.ts";
import { upSampling1d, upSampling2d, upSampling3d } from "./resize.ts";
import { spectralNormalization } from "./spectral-norm.ts";

/** Keras's layers by their class names in camelCase: `layers.conv2d({ filters: 32, kernelSize: 3 })`. */
export const layers: {
  readonly input: typeof input;
  readonly conv1d: typeof conv1d;
  readonly conv2d: typeof conv2d;
  readonly conv3d: typeof conv3d;
  readonly depthwiseConv1d: typeof depthwiseConv1d;
  readonly depthwiseConv2d: typeof depthwiseConv2d;
  readonly separableConv1d: typeof separableConv1d;
  readonly separableConv2d: typeof separableConv2d;
  readonly conv1dTranspose: typeof conv1dTranspose;
  readonly conv2dTranspose: typeof conv2dTranspose;
  readonly conv3dTranspose: typeof conv3dTranspose;
  readonly zeroPadding1d: typeof zeroPadding1d;
  readonly zeroPadding2d: typeof zeroPadding2d;
  readonly zeroPadding3d: typeof zeroPadding3d;
  readonly cropping1d: typeof cropping1d;
  readonly cropping2d: typeof cropping2d;
  readonly cropping3d: typeof cropping3d;
  readonly upSampling1d: typeof upSampling1d;
  readonly upSampling2d: typeof upSampling2d;
  readonly upSampling3d: typeof upSampling3d;
  readonly maxPooling1d: typeof maxPooling1d;
  readonly maxPooling2d: typeof maxPooling2d;
  readonly maxPooling3d: typeof maxPooling3d;
  readonly averagePooling1d: typeof averagePooling1d;
  readonly averagePooling2d: typeof averagePooling2d;
  readonly averagePooling3d: typeof averagePooling3d;
  readonly globalMaxPooling1d: typeof globalMaxPooling1d;
  readonly globalMaxPooling2d: typeof globalMaxPooling2d;
  readonly globalMaxPooling3d: typeof globalMaxPooling3d;
  readonly globalAveragePooling1d: typeof globalAveragePooling1d;
  readonly globalAveragePooling2d: typeof globalAveragePooling2d;
  readonly globalAveragePooling3d: typeof globalAveragePooling3d;
  readonly adaptiveMaxPooling1d: typeof adaptiveMaxPooling1d;
  readonly adaptiveMaxPooling2d: typeof adaptiveMaxPooling2d;
  readonly adaptiveMaxPooling3d: typeof adaptiveMaxPooling3d;
  readonly adaptiveAveragePooling1d: typeof adaptiveAveragePooling1d;
  readonly adaptiveAveragePooling2d: typeof adaptiveAveragePooling2d;
  readonly adaptiveAveragePooling3d: typeof adaptiveAveragePooling3d;
  readonly flatten: typeof flatten;
  readonly reshape: typeof reshape;
  readonly permute: typeof permute;
  readonly repeatVector: typeof repeatVector;
  readonly identity: typeof identity;
  readonly dense: typeof dense;
  readonly einsumDense: typeof einsumDense;
  readonly lambda: typeof lambda;
  readonly activation: typeof activation;
  readonly relu: typeof relu;
  readonly leakyRelu: typeof leakyRelu;
  readonly prelu: typeof prelu;
  readonly elu: typeof elu;
  readonly softmax: typeof softmax;
  readonly activityRegularization: typeof activityRegularization;
  readonly dropout: typeof dropout;
  readonly spatialDropout1d: typeof spatialDropout1d;
  readonly spatialDropout2d: typeof spatialDropout2d;
  readonly spatialDropout3d: typeof spatialDropout3d;
  readonly gaussianNoise: typeof gaussianNoise;
  readonly gaussianDropout: typeof gaussianDropout;
  readonly alphaDropout: typeof alphaDropout;
  readonly batchNormalization: typeof batchNormalization;
  readonly layerNormalization: typeof layerNormalization;
  readonly groupNormalization: typeof groupNormalization;
  readonly rmsNormalization: typeof rmsNormalization;
  readonly unitNormalization: typeof unitNormalization;
  readonly spectralNormalization: typeof spectralNormalization;
  readonly normalization: typeof normalization;
  readonly rescaling: typeof rescaling;
  readonly add: typeof add;
  readonly subtract: typeof subtract;
  readonly multiply: typeof multiply;
  readonly average: typeof average;
  readonly maximum: typeof maximum;
  readonly minimum: typeof minimum;
  readonly concatenate: typeof concatenate;
  readonly dot: typeof dot;
} = {
  input,
  conv1d,
  conv2d,
  conv3d,
  depthwiseConv1d,
  depthwiseConv2d,
  separableConv1d,
  separableConv2d,
  conv1dTranspose,
  conv2dTranspose,
  conv3dTranspose,
  zeroPadding1d,
  zeroPadding2d,
  zeroPadding3d,
  cropping1d,
  cropping2d,
  cropping3d,
  upSampling1d,
  upSampling2d,
  upSampling3d,
  maxPooling1d,
  maxPooling2d,
  maxPooling3d,
  averagePooling1d,
  averagePooling2d,
  averagePooling3d,
  globalMaxPooling1d,
  globalMaxPooling2d,
  globalMaxPooling3d,
  globalAveragePooling1d,
  globalAveragePooling2d,
  globalAveragePooling3d,
  adaptiveMaxPooling1d,
  adaptiveMaxPooling2d,
  adaptiveMaxPooling3d,
  adaptiveAveragePooling1d,
  adaptiveAveragePooling2d,
  adaptiveAveragePooling3d,
  flatten,
  reshape,
  permute,
  repeatVector,
  identity,
  dense,
  einsumDense,
  lambda,
  activation,
  relu,
  leakyRelu,
  prelu,
  elu,
  softmax,
  activityRegularization,
  dropout,
  spatialDropout1d,
  spatialDropout2d,
  spatialDropout3d,
  gaussianNoise,
  gaussianDropout,
  alphaDropout,
  batchNormalization,
  layerNormalization,
  groupNormalization,
  rmsNormalization,
  unitNormalization,
  spectralNormalization,
  normalization,
  rescaling,
  add,
  subtract,
  multiply,
  average,
  maximum,
  minimum,
  concatenate,
  dot,
};

/** How a layer is made from the options of a model file, which it checks itself. */
export interface LayerMaker {
  // A method, so that a layer's own options type is accepted: every maker checks what it is given.
  make(options: object): Layer;
}

const makers: ReadonlyMap<string, LayerMaker> = new Map<string, LayerMaker>(
  Object.entries(layers).map(([kind, make]) => [kind, { make }]),
);

/**
 * The layer that a configuration describes, with the layers that it wraps.
 * @param custom makers of layers that are not sinter's own, by their kind
 * @throws format for an unknown kind; option for wrong options
 */
export function layerFromConfig(config: LayerConfig, custom: Readonly<Record<string, LayerMaker>> = {}): Layer {
  const maker = makers.get(config.kind) ?? (Object.hasOwn(custom, config.kind) ? custom[config.kind] : undefined);
  if (maker === undefined) {
    const right = nearest(config.kind, [...makers.keys()]);
    throw new SinterError(
      "format",
      `Layer "${config.kind}" is not known. ${right === undefined ? "Give its maker: { customLayers }." : `Write "${right}".`}`,
      { kind: config.kind },
    );
  }
  const { layer: wrapped } = config.options;
  return maker.make(
    isConfig(wrapped) ? { ...config.options, layer: layerFromConfig(wrapped, custom) } : config.options,
  );
}

/** Whether an option is a layer's configuration: a wrapper's `layer`. */
function isConfig(value: unknown): value is LayerConfig {
  return typeof value === "object" && value !== null && "kind" in value && "options" in value;
}
