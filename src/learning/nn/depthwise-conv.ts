// Convolutions over one or two spatial axes whose kernels see one channel each: alone, and followed by a convolution of
// extent 1 that mixes the channels.

import { conv } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { checkActivation, type Activation } from "./activations.ts";
import { constraint, type Constraint, type ConstraintName } from "./constraints.ts";
import {
  channelsOf,
  checkKernelMoves,
  convolvedExtents,
  engineMoves,
  kernelMoveOptions,
  type Extents,
  type Extents1d,
  type Extents2d,
  type KernelMoveOptions,
  type KernelMoves,
} from "./conv.ts";
import { withoutUndefined } from "./dense.ts";
import { initializer, type Initializer, type InitializerName } from "./initializers.ts";
import { finish } from "./kernel-weights.ts";
import { makeLayer, single, singleOfRank, weightOf, type Layer, type WeightSpec } from "./layer.ts";
import { integer } from "#engine/base/options.ts";
import { regularizer, type Regularizer, type RegularizerName } from "./regularizers.ts";

export interface DepthwiseConvOptions<Each extends Extents> extends KernelMoveOptions<Each> {
  /** Output channels of each input channel; 1 by default. */
  readonly depthMultiplier?: number;
  readonly activation?: Activation | null;
  readonly useBias?: boolean;
  readonly depthwiseInitializer?: InitializerName | Initializer;
  readonly biasInitializer?: InitializerName | Initializer;
  readonly depthwiseRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly biasRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly depthwiseConstraint?: ConstraintName | Constraint | null | undefined;
  readonly biasConstraint?: ConstraintName | Constraint | null | undefined;
}

export type DepthwiseConv1dOptions = DepthwiseConvOptions<Extents1d>;
export type DepthwiseConv2dOptions = DepthwiseConvOptions<Extents2d>;

const depthwiseOptions = [
  ...kernelMoveOptions,
  "depthMultiplier",
  "activation",
  "useBias",
  "depthwiseInitializer",
  "biasInitializer",
  "depthwiseRegularizer",
  "biasRegularizer",
  "depthwiseConstraint",
  "biasConstraint",
];

/**
 * Cross-correlation of each channel of [batch, steps, channels] with `depthMultiplier` kernels of its own, plus a bias.
 * Channel c gives the output channels c · depthMultiplier and on.
 * Weights: kernel [steps, channels, depthMultiplier], bias [channels · depthMultiplier].
 * Cost: 2 · steps of the kernel flops an output element.
 * @source Keras 3, layers.DepthwiseConv1D
 */
export function depthwiseConv1d(options: DepthwiseConv1dOptions): Layer {
  return depthwiseLayer("depthwiseConv1d", "DepthwiseConv1D", 1, options);
}

/**
 * Cross-correlation of each channel of [batch, height, width, channels] with `depthMultiplier` kernels of its own, plus
 * a bias. Channel c gives the output channels c · depthMultiplier and on.
 * Weights: kernel [height, width, channels, depthMultiplier], bias [channels · depthMultiplier].
 * Cost: 2 · height · width flops an output element.
 * @source Keras 3, layers.DepthwiseConv2D
 */
export function depthwiseConv2d(options: DepthwiseConv2dOptions): Layer {
  return depthwiseLayer("depthwiseConv2d", "DepthwiseConv2D", 2, options);
}

function depthwiseLayer(
  kind: string,
  className: string,
  numAxes: number,
  options: DepthwiseConvOptions<Extents>,
): Layer {
  const config = checkDepthwise(kind, numAxes, options);
  const { depthMultiplier } = config;
  return makeLayer({
    kind,
    className,
    options,
    known: depthwiseOptions,
    numSpatialAxes: numAxes,
    config: withoutUndefined(config),
    weights: (inputs) => {
      const channels = channelsOf(singleOfRank(inputs, numAxes + 1, kind).shape);
      return [depthwiseSpec("kernel", config, channels), ...biasSpecs(config, channels * depthMultiplier)];
    },
    outputTypes: (inputs, label) => {
      const { shape } = singleOfRank(inputs, numAxes + 1, label);
      const channels = channelsOf(shape) * depthMultiplier;
      return [{ shape: [...convolvedExtents(shape, config, label), channels], dtype: "f32" }];
    },
    call: (weights, inputs) =>
      finish(config, weights, depthwise(single(inputs, kind), weightOf(weights, "kernel"), config)),
  });
}

export interface SeparableConvOptions<Each extends Extents> extends DepthwiseConvOptions<Each> {
  /** Channels of the output. */
  readonly filters: number;
  readonly pointwiseInitializer?: InitializerName | Initializer;
  readonly pointwiseRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly pointwiseConstraint?: ConstraintName | Constraint | null | undefined;
}

export type SeparableConv1dOptions = SeparableConvOptions<Extents1d>;
export type SeparableConv2dOptions = SeparableConvOptions<Extents2d>;

/**
 * A depthwise convolution, then a convolution of extent 1 to `filters` channels, plus a bias.
 * Weights: depthwiseKernel [steps, channels, depthMultiplier], pointwiseKernel [1, channels · depthMultiplier, filters],
 * bias [filters]. Cost: 2 · channels · depthMultiplier · (steps of the kernel + filters) flops an output step.
 * @source Keras 3, layers.SeparableConv1D
 */
export function separableConv1d(options: SeparableConv1dOptions): Layer {
  return separableLayer("separableConv1d", "SeparableConv1D", 1, options);
}

/**
 * A depthwise convolution, then a 1 x 1 convolution to `filters` channels, plus a bias.
 * Weights: depthwiseKernel [height, width, channels, depthMultiplier], pointwiseKernel [1, 1, channels ·
 * depthMultiplier, filters], bias [filters]. Cost: 2 · channels · depthMultiplier · (height · width + filters) flops an
 * output pixel.
 * @source Keras 3, layers.SeparableConv2D
 */
export function separableConv2d(options: SeparableConv2dOptions): Layer {
  return separableLayer("separableConv2d", "SeparableConv2D", 2, options);
}

function separableLayer(
  kind: string,
  className: string,
  numAxes: number,
  options: SeparableConvOptions<Extents>,
): Layer {
  const filters = integer(kind, "filters", options.filters);
  const config = {
    filters,
    ...checkDepthwise(kind, numAxes, options),
    pointwiseInitializer: initializer(kind, "pointwiseInitializer", options.pointwiseInitializer, "glorotUniform"),
    pointwiseRegularizer: regularizer(kind, "pointwiseRegularizer", options.pointwiseRegularizer),
    pointwiseConstraint: constraint(kind, "pointwiseConstraint", options.pointwiseConstraint),
  };
  return makeLayer({
    kind,
    className,
    options,
    known: ["filters", ...depthwiseOptions, "pointwiseInitializer", "pointwiseRegularizer", "pointwiseConstraint"],
    numSpatialAxes: numAxes,
    config: withoutUndefined(config),
    weights: (inputs) => separableSpecs(config, channelsOf(singleOfRank(inputs, numAxes + 1, kind).shape)),
    outputTypes: (inputs, label) => {
      const { shape } = singleOfRank(inputs, numAxes + 1, label);
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
  readonly depthwiseConstraint: Constraint | undefined;
  readonly biasConstraint: Constraint | undefined;
};

function checkDepthwise(kind: string, numAxes: number, options: DepthwiseConvOptions<Extents>): DepthwiseConfig {
  return {
    ...checkKernelMoves(kind, numAxes, options),
    depthMultiplier: integer(kind, "depthMultiplier", options.depthMultiplier ?? 1),
    activation: checkActivation(kind, options.activation),
    useBias: options.useBias ?? true,
    depthwiseInitializer: initializer(kind, "depthwiseInitializer", options.depthwiseInitializer, "glorotUniform"),
    biasInitializer: initializer(kind, "biasInitializer", options.biasInitializer, "zeros"),
    depthwiseRegularizer: regularizer(kind, "depthwiseRegularizer", options.depthwiseRegularizer),
    biasRegularizer: regularizer(kind, "biasRegularizer", options.biasRegularizer),
    depthwiseConstraint: constraint(kind, "depthwiseConstraint", options.depthwiseConstraint),
    biasConstraint: constraint(kind, "biasConstraint", options.biasConstraint),
  };
}

function depthwiseSpec(name: string, config: DepthwiseConfig, channels: number): WeightSpec {
  return {
    name,
    shape: [...config.kernelSize, channels, config.depthMultiplier],
    initializer: config.depthwiseInitializer,
    regularizer: config.depthwiseRegularizer,
    constraint: config.depthwiseConstraint,
    trainable: true,
  };
}

function separableSpecs(
  config: DepthwiseConfig & {
    readonly filters: number;
    readonly pointwiseInitializer: Initializer;
    readonly pointwiseRegularizer: Regularizer | undefined;
    readonly pointwiseConstraint: Constraint | undefined;
  },
  channels: number,
): WeightSpec[] {
  const { depthMultiplier, filters, kernelSize } = config;
  return [
    depthwiseSpec("depthwiseKernel", config, channels),
    {
      name: "pointwiseKernel",
      shape: [...kernelSize.map(() => 1), channels * depthMultiplier, filters],
      initializer: config.pointwiseInitializer,
      regularizer: config.pointwiseRegularizer,
      constraint: config.pointwiseConstraint,
      trainable: true,
    },
    ...biasSpecs(config, filters),
  ];
}

function biasSpecs(config: DepthwiseConfig, extent: number): WeightSpec[] {
  const { biasInitializer, biasRegularizer, biasConstraint } = config;
  const rules = { initializer: biasInitializer, regularizer: biasRegularizer, constraint: biasConstraint };
  return config.useBias ? [{ name: "bias", shape: [extent], ...rules, trainable: true }] : [];
}

/** As a convolution in as many groups as channels: [...window, c, m] is [...window, 1, c · m] there. */
function depthwise(x: Tensor, kernel: Tensor, moves: KernelMoves): Tensor {
  const window = kernel.shape.slice(0, -2);
  const [channels = 1, multiplier = 1] = kernel.shape.slice(-2);
  const grouped = kernel.reshape([...window, 1, channels * multiplier]);
  return conv(x, grouped, { ...engineMoves(moves), groups: channels });
}
