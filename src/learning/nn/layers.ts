// The closed list of layers: what `layers.` offers, what a model file may name, and what the laws run over.

import { SinterError } from "#engine/base/error.ts";
import { additiveAttention, attention } from "./attention.ts";
import { conv2dTranspose, conv1dTranspose, conv3dTranspose } from "./conv-transpose.ts";
import { conv2d, conv1d, conv3d } from "./conv.ts";
import { activation, dense, flatten, input, rescaling, reshape } from "./dense.ts";
import { bidirectional } from "./bidirectional.ts";
import { convLstm1d, convLstm2d, convLstm3d } from "./conv-lstm.ts";
import { gruCell } from "./gru-cell.ts";
import { lstmCell } from "./lstm-cell.ts";
import { gru, lstm, simpleRnn } from "./recurrent.ts";
import { pipeline } from "./pipeline.ts";
import { recompute } from "./recompute.ts";
import { rnn, stackedRnnCells } from "./rnn.ts";
import { simpleRnnCell } from "./simple-rnn-cell.ts";
import { timeDistributed } from "./time-distributed.ts";
import { depthwiseConv2d, separableConv2d, depthwiseConv1d, separableConv1d } from "./depthwise-conv.ts";
import { embedding, masking, reversibleEmbedding } from "./embedding.ts";
import { causalAttention } from "./causal-attention.ts";
import { groupQueryAttention } from "./group-query-attention.ts";
import { layerNormalization } from "./layer-norm.ts";
import { classToken, layerScale } from "./learned-rows.ts";
import type { Layer, LayerConfig } from "./layer.ts";
import { add, average, concatenate, dot, maximum, minimum, multiply, subtract } from "./merge.ts";
import { multiHeadAttention } from "./multi-head-attention.ts";
import { batchNormalization } from "./norm.ts";
import { normalization } from "./normalization.ts";
import { nearest, type ConfigValue } from "#engine/base/options.ts";
import {
  averagePooling2d,
  globalAveragePooling2d,
  globalMaxPooling2d,
  maxPooling2d,
  averagePooling1d,
  averagePooling3d,
  globalAveragePooling1d,
  globalAveragePooling3d,
  globalMaxPooling1d,
  globalMaxPooling3d,
  maxPooling1d,
  maxPooling3d,
} from "./pool.ts";
import { readTransforms, transformsOption, withTransforms } from "./weight-transform.ts";
import { operationFrom, operationKind } from "./operations/operation.ts";
import { positionEmbedding, rotaryEmbedding, sinePositionEncoding } from "./positions.ts";
import { networkKind, networkLayerFrom } from "./sub-network.ts";
import { categoryEncoding, discretization } from "./preprocessing/categories.ts";
import { contrastLimitedAdaptiveHistogramEqualization } from "./preprocessing/adaptive-equalization.ts";
import { hashedCrossing, hashing } from "./preprocessing/hashing.ts";
import { integerLookup } from "./preprocessing/integer-lookup.ts";
import { autoContrast, equalization, randomPosterization, solarization } from "./preprocessing/levels.ts";
import { preprocessInputLayer } from "./preprocessing/preprocess-input.ts";
import { augMix, randAugment } from "./preprocessing/rand-augment.ts";
import {
  randomColorDegeneration,
  randomColorJitter,
  randomGrayscale,
  randomHue,
  randomInvert,
  randomSaturation,
} from "./preprocessing/random-colours.ts";
import { randomElasticTransform } from "./preprocessing/random-elastic.ts";
import { randomErasing } from "./preprocessing/random-erasing.ts";
import { randomFlip } from "./preprocessing/random-flip.ts";
import { randomBrightness, randomContrast, randomGaussianBlur, randomSharpness } from "./preprocessing/random-light.ts";
import { randomRotation, randomShear, randomTranslation, randomZoom } from "./preprocessing/random-motion.ts";
import { randomPerspective } from "./preprocessing/random-perspective.ts";
import { centerCrop, randomCrop, resizing } from "./preprocessing/resizing.ts";
import { upSampling2d, upSampling1d, upSampling3d } from "./resize.ts";
import { elu, leakyRelu, prelu, relu, softmax } from "./activation-layers.ts";
import { activityRegularization } from "./activity.ts";
import { cropping1d, cropping2d, cropping3d, zeroPadding1d, zeroPadding2d, zeroPadding3d } from "./borders.ts";
import { einsumDense } from "./einsum-dense.ts";
import { groupNormalization } from "./group-norm.ts";
import { lambda } from "./lambda.ts";
import { rmsNormalization, unitNormalization } from "./length-norm.ts";
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
import { identity, permute, repeatVector } from "./rearrange.ts";
import { spectralNormalization } from "./spectral-norm.ts";

/** Keras's layers by their class names in camelCase: `layers.conv2d({ filters: 32, kernelSize: 3 })`. */
export const layers: {
  readonly input: typeof input;
  readonly conv2d: typeof conv2d;
  readonly depthwiseConv2d: typeof depthwiseConv2d;
  readonly separableConv2d: typeof separableConv2d;
  readonly conv2dTranspose: typeof conv2dTranspose;
  readonly zeroPadding2d: typeof zeroPadding2d;
  readonly upSampling2d: typeof upSampling2d;
  readonly maxPooling2d: typeof maxPooling2d;
  readonly averagePooling2d: typeof averagePooling2d;
  readonly globalMaxPooling2d: typeof globalMaxPooling2d;
  readonly globalAveragePooling2d: typeof globalAveragePooling2d;
  readonly flatten: typeof flatten;
  readonly reshape: typeof reshape;
  readonly dense: typeof dense;
  readonly activation: typeof activation;
  readonly dropout: typeof dropout;
  readonly batchNormalization: typeof batchNormalization;
  readonly layerNormalization: typeof layerNormalization;
  readonly normalization: typeof normalization;
  readonly rescaling: typeof rescaling;
  readonly categoryEncoding: typeof categoryEncoding;
  readonly discretization: typeof discretization;
  readonly integerLookup: typeof integerLookup;
  readonly hashing: typeof hashing;
  readonly hashedCrossing: typeof hashedCrossing;
  readonly preprocessInput: typeof preprocessInputLayer;
  readonly resizing: typeof resizing;
  readonly centerCrop: typeof centerCrop;
  readonly autoContrast: typeof autoContrast;
  readonly contrastLimitedAdaptiveHistogramEqualization: typeof contrastLimitedAdaptiveHistogramEqualization;
  readonly equalization: typeof equalization;
  readonly solarization: typeof solarization;
  readonly randomFlip: typeof randomFlip;
  readonly randomRotation: typeof randomRotation;
  readonly randomZoom: typeof randomZoom;
  readonly randomTranslation: typeof randomTranslation;
  readonly randomShear: typeof randomShear;
  readonly randomPerspective: typeof randomPerspective;
  readonly randomElasticTransform: typeof randomElasticTransform;
  readonly randomCrop: typeof randomCrop;
  readonly randomBrightness: typeof randomBrightness;
  readonly randomContrast: typeof randomContrast;
  readonly randomSharpness: typeof randomSharpness;
  readonly randomGaussianBlur: typeof randomGaussianBlur;
  readonly randomSaturation: typeof randomSaturation;
  readonly randomHue: typeof randomHue;
  readonly randomColorDegeneration: typeof randomColorDegeneration;
  readonly randomColorJitter: typeof randomColorJitter;
  readonly randomGrayscale: typeof randomGrayscale;
  readonly randomInvert: typeof randomInvert;
  readonly randomPosterization: typeof randomPosterization;
  readonly randomErasing: typeof randomErasing;
  readonly randAugment: typeof randAugment;
  readonly augMix: typeof augMix;
  readonly add: typeof add;
  readonly subtract: typeof subtract;
  readonly multiply: typeof multiply;
  readonly average: typeof average;
  readonly maximum: typeof maximum;
  readonly minimum: typeof minimum;
  readonly concatenate: typeof concatenate;
  readonly dot: typeof dot;
  readonly simpleRnn: typeof simpleRnn;
  readonly simpleRnnCell: typeof simpleRnnCell;
  readonly lstm: typeof lstm;
  readonly lstmCell: typeof lstmCell;
  readonly gru: typeof gru;
  readonly gruCell: typeof gruCell;
  readonly rnn: typeof rnn;
  readonly stackedRnnCells: typeof stackedRnnCells;
  readonly bidirectional: typeof bidirectional;
  readonly timeDistributed: typeof timeDistributed;
  readonly convLstm1d: typeof convLstm1d;
  readonly convLstm2d: typeof convLstm2d;
  readonly convLstm3d: typeof convLstm3d;
  readonly embedding: typeof embedding;
  readonly reversibleEmbedding: typeof reversibleEmbedding;
  readonly masking: typeof masking;
  readonly positionEmbedding: typeof positionEmbedding;
  readonly classToken: typeof classToken;
  readonly layerScale: typeof layerScale;
  readonly sinePositionEncoding: typeof sinePositionEncoding;
  readonly rotaryEmbedding: typeof rotaryEmbedding;
  readonly attention: typeof attention;
  readonly additiveAttention: typeof additiveAttention;
  readonly multiHeadAttention: typeof multiHeadAttention;
  readonly groupQueryAttention: typeof groupQueryAttention;
  readonly causalAttention: typeof causalAttention;
  readonly conv1d: typeof conv1d;
  readonly conv3d: typeof conv3d;
  readonly depthwiseConv1d: typeof depthwiseConv1d;
  readonly separableConv1d: typeof separableConv1d;
  readonly conv1dTranspose: typeof conv1dTranspose;
  readonly conv3dTranspose: typeof conv3dTranspose;
  readonly zeroPadding1d: typeof zeroPadding1d;
  readonly zeroPadding3d: typeof zeroPadding3d;
  readonly cropping1d: typeof cropping1d;
  readonly cropping2d: typeof cropping2d;
  readonly cropping3d: typeof cropping3d;
  readonly upSampling1d: typeof upSampling1d;
  readonly upSampling3d: typeof upSampling3d;
  readonly maxPooling1d: typeof maxPooling1d;
  readonly maxPooling3d: typeof maxPooling3d;
  readonly averagePooling1d: typeof averagePooling1d;
  readonly averagePooling3d: typeof averagePooling3d;
  readonly globalMaxPooling1d: typeof globalMaxPooling1d;
  readonly globalMaxPooling3d: typeof globalMaxPooling3d;
  readonly globalAveragePooling1d: typeof globalAveragePooling1d;
  readonly globalAveragePooling3d: typeof globalAveragePooling3d;
  readonly adaptiveMaxPooling1d: typeof adaptiveMaxPooling1d;
  readonly adaptiveMaxPooling2d: typeof adaptiveMaxPooling2d;
  readonly adaptiveMaxPooling3d: typeof adaptiveMaxPooling3d;
  readonly adaptiveAveragePooling1d: typeof adaptiveAveragePooling1d;
  readonly adaptiveAveragePooling2d: typeof adaptiveAveragePooling2d;
  readonly adaptiveAveragePooling3d: typeof adaptiveAveragePooling3d;
  readonly permute: typeof permute;
  readonly repeatVector: typeof repeatVector;
  readonly identity: typeof identity;
  readonly einsumDense: typeof einsumDense;
  readonly lambda: typeof lambda;
  readonly relu: typeof relu;
  readonly leakyRelu: typeof leakyRelu;
  readonly prelu: typeof prelu;
  readonly elu: typeof elu;
  readonly softmax: typeof softmax;
  readonly activityRegularization: typeof activityRegularization;
  readonly spatialDropout1d: typeof spatialDropout1d;
  readonly spatialDropout2d: typeof spatialDropout2d;
  readonly spatialDropout3d: typeof spatialDropout3d;
  readonly gaussianNoise: typeof gaussianNoise;
  readonly gaussianDropout: typeof gaussianDropout;
  readonly alphaDropout: typeof alphaDropout;
  readonly groupNormalization: typeof groupNormalization;
  readonly rmsNormalization: typeof rmsNormalization;
  readonly unitNormalization: typeof unitNormalization;
  readonly spectralNormalization: typeof spectralNormalization;
  readonly recompute: typeof recompute;
  readonly pipeline: typeof pipeline;
} = {
  input,
  conv2d,
  depthwiseConv2d,
  separableConv2d,
  conv2dTranspose,
  zeroPadding2d,
  upSampling2d,
  maxPooling2d,
  averagePooling2d,
  globalMaxPooling2d,
  globalAveragePooling2d,
  flatten,
  reshape,
  dense,
  activation,
  dropout,
  batchNormalization,
  layerNormalization,
  normalization,
  rescaling,
  categoryEncoding,
  discretization,
  integerLookup,
  hashing,
  hashedCrossing,
  preprocessInput: preprocessInputLayer,
  resizing,
  centerCrop,
  autoContrast,
  contrastLimitedAdaptiveHistogramEqualization,
  equalization,
  solarization,
  randomFlip,
  randomRotation,
  randomZoom,
  randomTranslation,
  randomShear,
  randomPerspective,
  randomElasticTransform,
  randomCrop,
  randomBrightness,
  randomContrast,
  randomSharpness,
  randomGaussianBlur,
  randomSaturation,
  randomHue,
  randomColorDegeneration,
  randomColorJitter,
  randomGrayscale,
  randomInvert,
  randomPosterization,
  randomErasing,
  randAugment,
  augMix,
  add,
  subtract,
  multiply,
  average,
  maximum,
  minimum,
  concatenate,
  dot,
  simpleRnn,
  simpleRnnCell,
  lstm,
  lstmCell,
  gru,
  gruCell,
  rnn,
  stackedRnnCells,
  bidirectional,
  timeDistributed,
  convLstm1d,
  convLstm2d,
  convLstm3d,
  embedding,
  reversibleEmbedding,
  masking,
  positionEmbedding,
  classToken,
  layerScale,
  sinePositionEncoding,
  rotaryEmbedding,
  attention,
  additiveAttention,
  multiHeadAttention,
  groupQueryAttention,
  causalAttention,
  conv1d,
  conv3d,
  depthwiseConv1d,
  separableConv1d,
  conv1dTranspose,
  conv3dTranspose,
  zeroPadding1d,
  zeroPadding3d,
  cropping1d,
  cropping2d,
  cropping3d,
  upSampling1d,
  upSampling3d,
  maxPooling1d,
  maxPooling3d,
  averagePooling1d,
  averagePooling3d,
  globalMaxPooling1d,
  globalMaxPooling3d,
  globalAveragePooling1d,
  globalAveragePooling3d,
  adaptiveMaxPooling1d,
  adaptiveMaxPooling2d,
  adaptiveMaxPooling3d,
  adaptiveAveragePooling1d,
  adaptiveAveragePooling2d,
  adaptiveAveragePooling3d,
  permute,
  repeatVector,
  identity,
  einsumDense,
  lambda,
  relu,
  leakyRelu,
  prelu,
  elu,
  softmax,
  activityRegularization,
  spatialDropout1d,
  spatialDropout2d,
  spatialDropout3d,
  gaussianNoise,
  gaussianDropout,
  alphaDropout,
  groupNormalization,
  rmsNormalization,
  unitNormalization,
  spectralNormalization,
  recompute,
  pipeline,
};

/** How a layer is made from the options of a model file, which it checks itself. */
export interface LayerMaker {
  // A method, so that a layer's own options type is accepted: every maker checks what it is given.
  make(options: object): Layer;
}

const makers: ReadonlyMap<string, LayerMaker> = new Map<string, LayerMaker>(
  [...Object.entries(layers), [networkKind, networkLayerFrom] as const, [operationKind, operationFrom] as const].map(
    ([kind, make]) => [kind, { make }],
  ),
);

/**
 * The layer that a configuration describes.
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
  const { [transformsOption]: transforms, ...own } = config.options;
  const options = Object.entries(own).map(([name, value]) => [name, revived(value, custom)]);
  return withTransforms(maker.make(Object.fromEntries(options)), readTransforms(transforms));
}

/** The layers that stand in an option, made: of a wrapper the one that it wraps. */
function revived(
  value: ConfigValue,
  custom: Readonly<Record<string, LayerMaker>>,
): ConfigValue | Layer | readonly (ConfigValue | Layer)[] {
  if (isList(value)) return value.map((one) => (isLayerConfig(one) ? layerFromConfig(one, custom) : one));
  return isLayerConfig(value) ? layerFromConfig(value, custom) : value;
}

function isList(value: ConfigValue): value is readonly ConfigValue[] {
  return Array.isArray(value);
}

function isLayerConfig(value: ConfigValue): value is LayerConfig & { readonly [name: string]: ConfigValue } {
  if (typeof value !== "object" || value === null || isList(value)) return false;
  return typeof value["kind"] === "string" && typeof value["options"] === "object" && value["options"] !== null;
}
