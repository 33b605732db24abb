import { additiveAttention, attention } from "./attention.js";
import { conv2dTranspose, conv1dTranspose, conv3dTranspose } from "./conv-transpose.js";
import { conv2d, conv1d, conv3d } from "./conv.js";
import { activation, dense, flatten, input, rescaling, reshape } from "./dense.js";
import { bidirectional } from "./bidirectional.js";
import { convLstm1d, convLstm2d, convLstm3d } from "./conv-lstm.js";
import { gruCell } from "./gru-cell.js";
import { lstmCell } from "./lstm-cell.js";
import { gru, lstm, simpleRnn } from "./recurrent.js";
import { pipeline } from "./pipeline.js";
import { recompute } from "./recompute.js";
import { rnn, stackedRnnCells } from "./rnn.js";
import { simpleRnnCell } from "./simple-rnn-cell.js";
import { timeDistributed } from "./time-distributed.js";
import { depthwiseConv2d, separableConv2d, depthwiseConv1d, separableConv1d } from "./depthwise-conv.js";
import { embedding, masking, reversibleEmbedding } from "./embedding.js";
import { causalAttention } from "./causal-attention.js";
import { groupQueryAttention } from "./group-query-attention.js";
import { layerNormalization } from "./layer-norm.js";
import { classToken, layerScale } from "./learned-rows.js";
import type { Layer, LayerConfig } from "./layer.js";
import { add, average, concatenate, dot, maximum, minimum, multiply, subtract } from "./merge.js";
import { multiHeadAttention } from "./multi-head-attention.js";
import { batchNormalization } from "./norm.js";
import { normalization } from "./normalization.js";
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
} from "./pool.js";
import { positionEmbedding, rotaryEmbedding, sinePositionEncoding } from "./positions.js";
import { categoryEncoding, discretization } from "./preprocessing/categories.js";
import { contrastLimitedAdaptiveHistogramEqualization } from "./preprocessing/adaptive-equalization.js";
import { hashedCrossing, hashing } from "./preprocessing/hashing.js";
import { integerLookup } from "./preprocessing/integer-lookup.js";
import { autoContrast, equalization, randomPosterization, solarization } from "./preprocessing/levels.js";
import { preprocessInputLayer } from "./preprocessing/preprocess-input.js";
import { augMix, randAugment } from "./preprocessing/rand-augment.js";
import {
  randomColorDegeneration,
  randomColorJitter,
  randomGrayscale,
  randomHue,
  randomInvert,
  randomSaturation,
} from "./preprocessing/random-colours.js";
import { randomElasticTransform } from "./preprocessing/random-elastic.js";
import { randomErasing } from "./preprocessing/random-erasing.js";
import { randomFlip } from "./preprocessing/random-flip.js";
import { randomBrightness, randomContrast, randomGaussianBlur, randomSharpness } from "./preprocessing/random-light.js";
import { randomRotation, randomShear, randomTranslation, randomZoom } from "./preprocessing/random-motion.js";
import { randomPerspective } from "./preprocessing/random-perspective.js";
import { centerCrop, randomCrop, resizing } from "./preprocessing/resizing.js";
import { upSampling2d, upSampling1d, upSampling3d } from "./resize.js";
import { elu, leakyRelu, prelu, relu, softmax } from "./activation-layers.js";
import { activityRegularization } from "./activity.js";
import { cropping1d, cropping2d, cropping3d, zeroPadding1d, zeroPadding2d, zeroPadding3d } from "./borders.js";
import { einsumDense } from "./einsum-dense.js";
import { groupNormalization } from "./group-norm.js";
import { lambda } from "./lambda.js";
import { rmsNormalization, unitNormalization } from "./length-norm.js";
import {
  adaptiveAveragePooling1d,
  adaptiveAveragePooling2d,
  adaptiveAveragePooling3d,
  adaptiveMaxPooling1d,
  adaptiveMaxPooling2d,
  adaptiveMaxPooling3d,
} from "./adaptive-pool.js";
import {
  alphaDropout,
  dropout,
  gaussianDropout,
  gaussianNoise,
  spatialDropout1d,
  spatialDropout2d,
  spatialDropout3d,
} from "./noise.js";
import { identity, permute, repeatVector } from "./rearrange.js";
import { spectralNormalization } from "./spectral-norm.js";
export declare const layers: {
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
};
export interface LayerMaker {
  make(options: object): Layer;
}
export declare function layerFromConfig(config: LayerConfig, custom?: Readonly<Record<string, LayerMaker>>): Layer;
