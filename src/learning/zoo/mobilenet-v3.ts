// MobileNetV3 (Howard et al., Searching for MobileNetV3, 2019).

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

export interface MobileNetV3Options extends PictureModelOptions {
  /** Width: what the published numbers of channels are multiplied by; 1. */
  readonly alpha?: number;
  /** Of the classifier's input; 0.2. */
  readonly dropout?: number;
  /** Whether pixels of 0 to 255 are brought to -1 to 1 by the first layer; true. */
  readonly includePreprocessing?: boolean;
}

interface BlockSpec {
  /** How many times as wide inside. */
  readonly expansion: number;
  readonly filters: number;
  readonly kernel: number;
  readonly strides: number;
  readonly hasSqueeze: boolean;
  readonly activation: "relu" | "hardSwish";
}

/** expansion, channels, window, stride, squeeze and excitation, activation */
type Row = readonly [number, number, number, number, boolean, "relu" | "hardSwish"];

const large: readonly Row[] = [
  [1, 16, 3, 1, false, "relu"],
  [4, 24, 3, 2, false, "relu"],
  [3, 24, 3, 1, false, "relu"],
  [3, 40, 5, 2, true, "relu"],
  [3, 40, 5, 1, true, "relu"],
  [3, 40, 5, 1, true, "relu"],
  [6, 80, 3, 2, false, "hardSwish"],
  [2.5, 80, 3, 1, false, "hardSwish"],
  [2.3, 80, 3, 1, false, "hardSwish"],
  [2.3, 80, 3, 1, false, "hardSwish"],
  [6, 112, 3, 1, true, "hardSwish"],
  [6, 112, 3, 1, true, "hardSwish"],
  [6, 160, 5, 2, true, "hardSwish"],
  [6, 160, 5, 1, true, "hardSwish"],
  [6, 160, 5, 1, true, "hardSwish"],
];

const small: readonly Row[] = [
  [1, 16, 3, 2, true, "relu"],
  [72 / 16, 24, 3, 2, false, "relu"],
  [88 / 24, 24, 3, 1, false, "relu"],
  [4, 40, 5, 2, true, "hardSwish"],
  [6, 40, 5, 1, true, "hardSwish"],
  [6, 40, 5, 1, true, "hardSwish"],
  [3, 48, 5, 1, true, "hardSwish"],
  [3, 48, 5, 1, true, "hardSwish"],
  [6, 96, 5, 2, true, "hardSwish"],
  [6, 96, 5, 1, true, "hardSwish"],
  [6, 96, 5, 1, true, "hardSwish"],
];

/** MobileNetV3, large, with random weights: 5,507,432 weights. @throws option @source Keras 3, applications.MobileNetV3Large */
export const mobileNetV3Large: PictureNetwork<MobileNetV3Options> = pictureNetwork(
  { preprocessing: "none", file: kerasFile("weights_mobilenet_v3_large_224_1.0_float", "", "_no_top_v2") },
  (options: MobileNetV3Options = {}) => mobileNetV3("MobileNetV3Large", { rows: large, lastChannels: 1280 }, options),
);

/** MobileNetV3, small, with random weights: 2,554,968 weights. @throws option @source Keras 3, applications.MobileNetV3Small */
export const mobileNetV3Small: PictureNetwork<MobileNetV3Options> = pictureNetwork(
  { preprocessing: "none", file: kerasFile("weights_mobilenet_v3_small_224_1.0_float", "", "_no_top_v2") },
  (options: MobileNetV3Options = {}) => mobileNetV3("MobileNetV3Small", { rows: small, lastChannels: 1024 }, options),
);

interface Plan {
  readonly rows: readonly Row[];
  /** Of the layer before the classifier. */
  readonly lastChannels: number;
}

function mobileNetV3(name: string, { rows, lastChannels }: Plan, options: MobileNetV3Options): Model {
  checkPictureOptions(name, options, ["alpha", "dropout", "includePreprocessing"]);
  const { alpha = 1, dropout = 0.2, includePreprocessing = true } = options;
  const features = (picture: SymbolicTensor): SymbolicTensor => {
    let x = picture;
    if (includePreprocessing) x = layers.rescaling({ scale: 1 / 127.5, offset: -1, name: "rescaling" }).apply(x);
    const stem = { filters: 16, kernelSize: 3, strides: 2, padding: "same", useBias: false } as const;
    x = normalized(layers.conv2d({ ...stem, name: "conv" }).apply(x), "conv_bn"); // [112, 112, 16]
    x = activated(x, "hardSwish", "conv_hard_swish");
    rows.forEach(([expansion, filters, kernel, strides, hasSqueeze, activation], index) => {
      const spec = { expansion, filters: divisible(filters * alpha), kernel, strides, hasSqueeze, activation };
      x = block(x, spec, index);
    });
    const last = { filters: divisible(6 * channelsOf(x)), kernelSize: 1, padding: "same", useBias: false } as const;
    x = normalized(layers.conv2d({ ...last, name: "conv_1" }).apply(x), "conv_1_bn");
    return activated(x, "hardSwish", "conv_1_hard_swish"); // [7, 7, 960] or [7, 7, 576]
  };
  const filters = alpha > 1 ? divisible(lastChannels * alpha) : lastChannels;
  const top = (maps: SymbolicTensor, end: Classifier): SymbolicTensor => classified(maps, { filters, dropout }, end);
  return pictureModel({ name, options, size: 224, leastSize: 32, features, top });
}

function normalized(x: SymbolicTensor, name: string): SymbolicTensor {
  return layers.batchNormalization({ epsilon: 1e-3, momentum: 0.999, name }).apply(x);
}

/** Wider, each channel alone, weighed channels, narrow again without an activation. */
function block(x: SymbolicTensor, spec: BlockSpec, index: number): SymbolicTensor {
  const { expansion, filters, kernel, strides, hasSqueeze, activation } = spec;
  const name = index === 0 ? "expanded_conv" : `expanded_conv_${index}`;
  const width = divisible(channelsOf(x) * expansion);
  const point = { kernelSize: 1, padding: "same", useBias: false } as const;
  let y = x;
  if (index > 0) {
    y = layers.conv2d({ ...point, filters: width, name: `${name}_expand` }).apply(y);
    y = activated(normalized(y, `${name}_expand_bn`), activation, `${name}_expand_activation`);
  }
  if (strides === 2) y = padForStride(y, kernel, `${name}_depthwise_pad`);
  const deep = { kernelSize: kernel, strides, padding: strides === 1 ? "same" : "valid", useBias: false } as const;
  y = layers.depthwiseConv2d({ ...deep, name: `${name}_depthwise` }).apply(y);
  y = activated(normalized(y, `${name}_depthwise_bn`), activation, `${name}_depthwise_activation`);
  if (hasSqueeze) {
    const names = namesOf(`${name}_squeeze_excite`);
    y = squeezeExcite(y, { filters: divisible(width * 0.25), activation: "relu", gate: "hardSigmoid", names });
  }
  y = layers.conv2d({ ...point, filters, name: `${name}_project` }).apply(y);
  y = normalized(y, `${name}_project_bn`);
  const isResidual = strides === 1 && channelsOf(x) === filters;
  return isResidual ? layers.add({ name: `${name}_add` }).apply([x, y]) : y;
}

function namesOf(name: string): Parameters<typeof squeezeExcite>[1]["names"] {
  return {
    squeeze: `${name}_avg_pool`,
    reduce: `${name}_conv`,
    activation: `${name}_relu`,
    expand: `${name}_conv_1`,
    gate: `${name}_gate`,
    excite: `${name}_mul`,
  };
}

function classified(
  maps: SymbolicTensor,
  { filters, dropout }: { readonly filters: number; readonly dropout: number },
  { classes, activation }: Classifier,
): SymbolicTensor {
  let x = layers.globalAveragePooling2d({ keepdims: true, name: "avg_pool" }).apply(maps);
  x = layers.conv2d({ filters, kernelSize: 1, padding: "same", name: "conv_2" }).apply(x);
  x = activated(x, "hardSwish", "conv_2_hard_swish");
  if (dropout > 0) x = layers.dropout({ rate: dropout, name: "dropout" }).apply(x);
  x = layers.conv2d({ filters: classes, kernelSize: 1, padding: "same", name: "logits" }).apply(x);
  return activated(layers.flatten({ name: "flatten" }).apply(x), activation, "predictions");
}
