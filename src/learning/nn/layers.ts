// The closed list of layers: what `layers.` offers, what a model file may name, and what the laws run over.

import { SinterError } from "#engine/base/error.ts";
import { conv2dTranspose } from "./conv-transpose.ts";
import { conv2d } from "./conv.ts";
import { activation, dense, dropout, flatten, input, rescaling, reshape } from "./dense.ts";
import { depthwiseConv2d, separableConv2d } from "./depthwise-conv.ts";
import { layerNormalization } from "./layer-norm.ts";
import type { Layer, LayerConfig } from "./layer.ts";
import { add, average, concatenate, dot, maximum, minimum, multiply, subtract } from "./merge.ts";
import { batchNormalization } from "./norm.ts";
import { normalization } from "./normalization.ts";
import { nearest } from "#engine/base/options.ts";
import { averagePooling2d, globalAveragePooling2d, globalMaxPooling2d, maxPooling2d } from "./pool.ts";
import { categoryEncoding, discretization } from "./preprocessing/categories.ts";
import { contrastLimitedAdaptiveHistogramEqualization } from "./preprocessing/adaptive-equalization.ts";
import { hashedCrossing, hashing } from "./preprocessing/hashing.ts";
import { integerLookup } from "./preprocessing/integer-lookup.ts";
import { autoContrast, equalization, randomPosterization, solarization } from "./preprocessing/levels.ts";
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
import { upSampling2d, zeroPadding2d } from "./resize.ts";

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
  return maker.make(config.options);
}
