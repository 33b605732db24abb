// U-Net (Ronneberger, Fischer and Brox, U-Net: convolutional networks for biomedical image segmentation, 2015).

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, integer, numberWithin } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import type { Activation } from "#learning/nn/activations.ts";
import type { Padding } from "#learning/nn/conv.ts";
import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { model } from "#learning/train/functional.ts";
import type { Model } from "#learning/train/model.ts";
import { channelsOf } from "./picture-model.ts";

export interface UnetOptions {
  /** Height, width, channels; [572, 572, 1]. */
  readonly inputShape?: Shape;
  /** Of the pixels; 2. */
  readonly classes?: number;
  /** How often the picture is halved, and doubled again; 4. */
  readonly depth?: number;
  /** Maps of the first convolutions; each halving doubles them; 64. */
  readonly filters?: number;
  /** "valid" as in the paper: the result is smaller than the picture. "same" (the default): a class for every pixel. */
  readonly padding?: Padding;
  /** Whether each convolution is normalized, in place of a bias; false. */
  readonly batchNormalization?: boolean;
  /** Of the coarsest maps; 0. The paper drops 0.5. */
  readonly dropout?: number;
  /** "softmax"; "linear" gives logits, "sigmoid" classes that do not exclude each other. */
  readonly classifierActivation?: Activation;
  readonly name?: string;
  /** Of the first weights; 0. */
  readonly seed?: number;
}

type Settings = Required<Pick<UnetOptions, "depth" | "filters" | "padding" | "batchNormalization" | "dropout">>;

/**
 * A class for each pixel: [height, width, channels] becomes [height, width, classes]. Going down, maps are halved after two
 * convolutions; going up they are doubled and meet those of the same size from the way down. As published (classes 2, one
 * channel, padding "valid", [572, 572, 1]) it has 31,030,658 weights and gives [388, 388, 2].
 * @throws option where a picture cannot be halved `depth` times; the error names sizes that can
 * @source Ronneberger et al. 2015, figure 1
 * @example
 * const net = unet({ inputShape: [64, 64, 3], classes: 4, filters: 16, depth: 3 });
 */
export function unet(options: UnetOptions = {}): Model {
  checkOptions("unet", options, [
    "inputShape",
    "classes",
    "depth",
    "filters",
    "padding",
    "batchNormalization",
    "dropout",
    "classifierActivation",
    "name",
    "seed",
  ]);
  const { inputShape = [572, 572, 1], classes = 2, padding = "same", batchNormalization = false } = options;
  const settings: Settings = {
    depth: integer("unet", "depth", options.depth ?? 4),
    filters: integer("unet", "filters", options.filters ?? 64),
    padding: choice("unet", "padding", padding, ["same", "valid"]),
    batchNormalization,
    dropout: numberWithin("unet", "dropout", options.dropout ?? 0, 0, 1),
  };
  integer("unet", "classes", classes);
  checkInput(inputShape, settings);
  const picture = layers.input({ shape: inputShape });
  const activation = options.classifierActivation ?? "softmax";
  const head = layers.conv2d({ filters: classes, kernelSize: 1, activation, name: "predictions" });
  const outputs = head.apply(upAndDown(picture, settings));
  return model({ inputs: picture, outputs, name: options.name ?? "unet", seed: options.seed ?? 0 });
}

function upAndDown(picture: SymbolicTensor, settings: Settings): SymbolicTensor {
  const { depth, dropout } = settings;
  const beside: SymbolicTensor[] = [];
  let x = picture;
  for (let level = 1; level <= depth; level += 1) {
    x = twice(x, `down${level}`, settings.filters * 2 ** (level - 1), settings); // [568, 568, 64]
    beside.unshift(x);
    x = layers.maxPooling2d({ poolSize: 2, name: `down${level}_pool` }).apply(x); // [284, 284, 64]
  }
  x = twice(x, "middle", settings.filters * 2 ** depth, settings); // [28, 28, 1024]
  if (dropout > 0) x = layers.dropout({ rate: dropout, name: "middle_dropout" }).apply(x);
  for (const [step, skipped] of beside.entries()) {
    const [name, filters] = [`up${step + 1}`, channelsOf(skipped)];
    x = layers.conv2dTranspose({ filters, kernelSize: 2, strides: 2, name: `${name}_grow` }).apply(x); // [56, 56, 512]
    x = layers.concatenate({ name: `${name}_concat` }).apply([cropped(skipped, x, name), x]); // [56, 56, 1024]
    x = twice(x, name, filters, settings); // [52, 52, 512]
  }
  return x; // [388, 388, 64]
}

/** Two convolutions of 3 x 3, each with relu. */
function twice(x: SymbolicTensor, name: string, filters: number, settings: Settings): SymbolicTensor {
  const { padding, batchNormalization } = settings;
  const options = {
    filters,
    kernelSize: 3,
    padding,
    kernelInitializer: "heNormal",
    useBias: !batchNormalization,
  } as const;
  for (const number of [1, 2]) {
    x = layers.conv2d({ ...options, name: `${name}_conv${number}` }).apply(x);
    if (batchNormalization) x = layers.batchNormalization({ momentum: 0.9, name: `${name}_bn${number}` }).apply(x);
    x = layers.activation({ activation: "relu", name: `${name}_relu${number}` }).apply(x);
  }
  return x;
}

/** The middle of maps, as large as others. */
function cropped(maps: SymbolicTensor, { type }: SymbolicTensor, name: string): SymbolicTensor {
  const [rows = 0, columns = 0] = maps.type.shape.map((extent, axis) => (extent - (type.shape[axis] ?? extent)) / 2);
  if (rows === 0 && columns === 0) return maps;
  const ends = (border: number): [number, number] => [Math.floor(border), Math.ceil(border)];
  return layers.cropping2d({ cropping: [ends(rows), ends(columns)], name: `${name}_crop` }).apply(maps);
}

/** Height or width of what comes out; 0 where maps are odd when they are halved, or nothing is left. */
function sizeAfter(extent: number, { depth, padding }: Settings): number {
  const lost = padding === "valid" ? 4 : 0; // of two convolutions
  let rest = extent - lost;
  for (let level = 0; level < depth; level += 1) rest = rest % 2 === 0 ? rest / 2 - lost : 0;
  if (rest < 1) return 0;
  for (let level = 0; level < depth; level += 1) rest = rest * 2 - lost;
  return Math.max(0, rest);
}

/** @throws option for what is no picture, or one that cannot be halved as often */
function checkInput(shape: Shape, settings: Settings): void {
  const [height = 0, width = 0, channels = 0] = shape;
  const isFit = Math.min(sizeAfter(height, settings), sizeAfter(width, settings)) > 0;
  if (shape.length === 3 && channels >= 1 && isFit) return;
  const { depth, padding } = settings;
  let fitting = Math.max(1, Math.ceil(Math.max(height, width)));
  while (sizeAfter(fitting, settings) === 0) fitting += 1;
  throw new SinterError(
    "option",
    `unet: inputShape [${shape.join(", ")}]. Give [height, width, channels] that can be halved ${depth} times with ` +
      `padding "${padding}": ${fitting} or ${fitting + 2 ** depth}, or less depth.`,
    { inputShape: shape, fitting },
  );
}
