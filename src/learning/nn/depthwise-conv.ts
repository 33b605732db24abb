// Convolutions whose kernels see one channel each: alone, and followed by a 1 x 1 convolution that mixes the channels.

import { conv } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { checkActivation, type Activation } from "./activations.ts";
import {
  checkKernelMoves,
  convolvedExtents,
  kernelMoveOptions,
  type KernelMoveOptions,
  type KernelMoves,
} from "./conv.ts";
import { withoutUndefined } from "./dense.ts";
import { initializer, type Initializer, type InitializerName } from "./initializers.ts";
import { finish } from "./kernel-weights.ts";
import { makeLayer, single, singleOfRank, weightOf, type Layer, type LayerOptions, type WeightSpec } from "./layer.ts";
import { integer } from "#engine/base/options.ts";
import { regularizer, type Regularizer, type RegularizerName } from "./regularizers.ts";

export interface DepthwiseConv2dOptions extends LayerOptions, KernelMoveOptions {
  /** Output channels of each input channel; 1 by default. */
  readonly depthMultiplier?: number;
  readonly activation?: Activation | null;
  readonly useBias?: boolean;
  readonly depthwiseInitializer?: InitializerName | Initializer;
  readonly biasInitializer?: InitializerName | Initializer;
  readonly depthwiseRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly biasRegularizer?: RegularizerName | Regularizer | null | undefined;
}

const depthwiseOptions = [
  ...kernelMoveOptions,
  "depthMultiplier",
  "activation",
  "useBias",
  "depthwiseInitializer",
  "biasInitializer",
  "depthwiseRegularizer",
  "biasRegularizer",
];

/**
 * Cross-correlation of each channel of [batch, height, width, channels] with `depthMultiplier` kernels of its own, plus
 * a bias. Channel c gives the output channels c · depthMultiplier and on.
 * Weights: kernel [height, width, channels, depthMultiplier], bias [channels · depthMultiplier].
 * Cost: 2 · height · width flops an output element.
 * @source Keras 3, layers.DepthwiseConv2D
 */
export function depthwiseConv2d(options: DepthwiseConv2dOptions): Layer {
  const kind = "depthwiseConv2d";
  const config = checkDepthwise(kind, options);
  const { depthMultiplier, depthwiseInitializer, depthwiseRegularizer } = config;
  return makeLayer({
    kind,
    className: "DepthwiseConv2D",
    options,
    known: depthwiseOptions,
    config: withoutUndefined(config),
    weights: (inputs) => {
      const channels = singleOfRank(inputs, 3, kind).shape[2] ?? 1;
      const kernel = {
        name: "kernel",
        shape: [...config.kernelSize, channels, depthMultiplier],
        initializer: depthwiseInitializer,
        regularizer: depthwiseRegularizer,
        trainable: true,
      };
      return [kernel, ...biasSpecs(config, channels * depthMultiplier)];
    },
    outputTypes: (inputs, label) => {
      const { shape } = singleOfRank(inputs, 3, label);
      const channels = (shape[2] ?? 1) * depthMultiplier;
      return [{ shape: [...convolvedExtents(shape, config, label), channels], dtype: "f32" }];
    },
    call: (weights, inputs) =>
      finish(config, weights, depthwise(single(inputs, kind), weightOf(weights, "kernel"), config)),
  });
}

export interface SeparableConv2dOptions extends DepthwiseConv2dOptions {
  /** Channels of the output. */
  readonly filters: number;
  readonly pointwiseInitializer?: InitializerName | Initializer;
  readonly pointwiseRegularizer?: RegularizerName | Regularizer | null | undefined;
}

/**
 * A depthwise convolution, then a 1 x 1 convolution to `filters` channels, plus a bias.
 * Weights: depthwiseKernel [height, width, channels, depthMultiplier], pointwiseKernel [1, 1, channels ·
 * depthMultiplier, filters], bias [filters]. Cost: 2 · channels · depthMultiplier · (height · width + filters) flops an
 * output pixel.
 * @source Keras 3, layers.SeparableConv2D
 */
export function separableConv2d(options: SeparableConv2dOptions): Layer {
  const kind = "separableConv2d";
  const filters = integer(kind, "filters", options.filters);
  const config = {
    filters,
    ...checkDepthwise(kind, options),
    pointwiseInitializer: initializer(kind, "pointwiseInitializer", options.pointwiseInitializer, "glorotUniform"),
    pointwiseRegularizer: regularizer(kind, "pointwiseRegularizer", options.pointwiseRegularizer),
  };
  return makeLayer({
    kind,
    className: "SeparableConv2D",
    options,
    known: ["filters", ...depthwiseOptions, "pointwiseInitializer", "pointwiseRegularizer"],
    config: withoutUndefined(config),
    weights: (inputs) => separableSpecs(config, singleOfRank(inputs, 3, kind).shape[2] ?? 1),
    outputTypes: (inputs, label) => {
      const { shape } = singleOfRank(inputs, 3, label);
      return [{ shape: [...convolvedExtents(shape, config, label), filters], dtype: "f32" }];
    },
    call: (weights, inputs) => {
      const apart = depthwise(single(inputs, kind), weightOf(weights, "depthwiseKernel"), config);
      return finish(config, weights, conv(apart, weightOf(weights, "pointwiseKernel")));
    },
  });
}

type DepthwiseConfig = KernelMoves & {
  readonly depthMultiplier: number;
  readonly activation: Activation;
  readonly useBias: boolean;
  readonly depthwiseInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly depthwiseRegularizer: Regularizer | undefined;
  readonly biasRegularizer: Regularizer | undefined;
};

function checkDepthwise(kind: string, options: DepthwiseConv2dOptions): DepthwiseConfig {
  return {
    ...checkKernelMoves(kind, options),
    depthMultiplier: integer(kind, "depthMultiplier", options.depthMultiplier ?? 1),
    activation: checkActivation(kind, options.activation),
    useBias: options.useBias ?? true,
    depthwiseInitializer: initializer(kind, "depthwiseInitializer", options.depthwiseInitializer, "glorotUniform"),
    biasInitializer: initializer(kind, "biasInitializer", options.biasInitializer, "zeros"),
    depthwiseRegularizer: regularizer(kind, "depthwiseRegularizer", options.depthwiseRegularizer),
    biasRegularizer: regularizer(kind, "biasRegularizer", options.biasRegularizer),
  };
}

function separableSpecs(
  config: DepthwiseConfig & {
    readonly filters: number;
    readonly pointwiseInitializer: Initializer;
    readonly pointwiseRegularizer: Regularizer | undefined;
  },
  channels: number,
): WeightSpec[] {
  const { depthMultiplier, filters, kernelSize } = config;
  return [
    {
      name: "depthwiseKernel",
      shape: [...kernelSize, channels, depthMultiplier],
      initializer: config.depthwiseInitializer,
      regularizer: config.depthwiseRegularizer,
      trainable: true,
    },
    {
      name: "pointwiseKernel",
      shape: [1, 1, channels * depthMultiplier, filters],
      initializer: config.pointwiseInitializer,
      regularizer: config.pointwiseRegularizer,
      trainable: true,
    },
    ...biasSpecs(config, filters),
  ];
}

function biasSpecs({ useBias, biasInitializer, biasRegularizer }: DepthwiseConfig, extent: number): WeightSpec[] {
  const bias = { name: "bias", shape: [extent], initializer: biasInitializer, regularizer: biasRegularizer };
  return useBias ? [{ ...bias, trainable: true }] : [];
}

/** As a convolution in as many groups as channels: [height, width, c, m] is [height, width, 1, c · m] there. */
function depthwise(x: Tensor, kernel: Tensor, { strides, padding, dilationRate }: KernelMoves): Tensor {
  const [height = 1, width = 1, channels = 1, multiplier = 1] = kernel.shape;
  const grouped = kernel.reshape([height, width, 1, channels * multiplier]);
  return conv(x, grouped, { strides, padding, dilation: dilationRate, groups: channels });
}
