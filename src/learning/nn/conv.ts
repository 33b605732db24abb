// Convolution over pictures, NHWC with HWIO kernels as Keras.

import { SinterError } from "#engine/base/error.ts";
import type { Shape } from "#engine/base/shape.ts";
import { conv } from "#engine/tensor/math.ts";
import { activate, checkActivation, logitsOf, type Activation } from "./activations.ts";
import { withoutUndefined } from "./dense.ts";
import { initializer, type Initializer, type InitializerName } from "./initializers.ts";
import { makeLayer, single, singleOfRank, weightOf, type Layer, type LayerOptions, type WeightSpec } from "./layer.ts";
import { choice, integer, pair } from "#engine/base/options.ts";
import { regularizer, type Regularizer, type RegularizerName } from "./regularizers.ts";

export type Padding = "valid" | "same";

export interface Conv2dOptions extends LayerOptions {
  /** Channels of the output. */
  readonly filters: number;
  readonly kernelSize: number | readonly [height: number, width: number];
  readonly strides?: number | readonly [height: number, width: number];
  readonly padding?: Padding;
  readonly dilationRate?: number | readonly [height: number, width: number];
  readonly groups?: number;
  readonly activation?: Activation | null;
  readonly useBias?: boolean;
  readonly kernelInitializer?: InitializerName | Initializer;
  readonly biasInitializer?: InitializerName | Initializer;
  readonly kernelRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly biasRegularizer?: RegularizerName | Regularizer | null | undefined;
}

const ownOptions = [
  "filters",
  "kernelSize",
  "strides",
  "padding",
  "dilationRate",
  "groups",
  "activation",
  "useBias",
  "kernelInitializer",
  "biasInitializer",
  "kernelRegularizer",
  "biasRegularizer",
];

/**
 * Cross-correlation of [batch, height, width, channels] with a kernel, plus a bias.
 * Weights: kernel [height, width, channels / groups, filters], bias [filters].
 * Cost: 2 · kernel elements flops an output pixel.
 * @source Keras 3, layers.Conv2D
 */
export function conv2d(options: Conv2dOptions): Layer {
  const config = checkConv2d(options);
  const { filters, kernelSize, strides, padding, dilationRate, groups, activation, useBias } = config;
  const window = kernelSize.map((extent, axis) => (extent - 1) * (dilationRate[axis] ?? 1) + 1);
  return makeLayer({
    kind: "conv2d",
    className: "Conv2D",
    options,
    known: ownOptions,
    config: withoutUndefined(config),
    weights: (inputs) => {
      const channels = singleOfRank(inputs, 3, "conv2d").shape[2] ?? 1;
      const kernel: WeightSpec = {
        name: "kernel",
        shape: [...kernelSize, channels / groups, filters],
        initializer: config.kernelInitializer,
        regularizer: config.kernelRegularizer,
        trainable: true,
      };
      const bias: WeightSpec = {
        name: "bias",
        shape: [filters],
        initializer: config.biasInitializer,
        regularizer: config.biasRegularizer,
        trainable: true,
      };
      return useBias ? [kernel, bias] : [kernel];
    },
    outputTypes: (inputs, label) => {
      const { shape } = singleOfRank(inputs, 3, label);
      const channels = shape[2] ?? 1;
      if (channels % groups !== 0) {
        throw new SinterError(
          "shape",
          `${label}: ${channels} channels do not split into ${groups} groups. Use a divisor.`,
          {
            channels,
            groups,
          },
        );
      }
      return [
        { shape: [...windowOutput(shape, { window, strides, padding, what: "kernel" }, label), filters], dtype: "f32" },
      ];
    },
    call: (weights, inputs) => {
      const x = single(inputs, "conv2d");
      const product = conv(x, weightOf(weights, "kernel"), { strides, padding, dilation: dilationRate, groups });
      const sum = useBias ? product.add(weightOf(weights, "bias")) : product;
      return { outputs: [activate(activation, sum)], logits: logitsOf(activation, sum) };
    },
  });
}

type Conv2dConfig = {
  readonly filters: number;
  readonly kernelSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: Padding;
  readonly dilationRate: readonly [number, number];
  readonly groups: number;
  readonly activation: Activation;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | undefined;
  readonly biasRegularizer: Regularizer | undefined;
};

function checkConv2d(options: Conv2dOptions): Conv2dConfig {
  const where = "conv2d";
  const filters = integer(where, "filters", options.filters);
  const groups = integer(where, "groups", options.groups ?? 1);
  const strides = pair(where, "strides", options.strides ?? 1);
  const dilationRate = pair(where, "dilationRate", options.dilationRate ?? 1);
  if (filters % groups !== 0) {
    throw new SinterError("option", `conv2d: ${filters} filters do not split into ${groups} groups. Use a divisor.`, {
      filters,
      groups,
    });
  }
  if (Math.max(...strides) > 1 && Math.max(...dilationRate) > 1) {
    throw new SinterError("option", "conv2d: strides and dilationRate are both above 1. Use one of them.", {
      strides,
      dilationRate,
    });
  }
  return {
    filters,
    kernelSize: pair(where, "kernelSize", options.kernelSize),
    strides,
    padding: choice(where, "padding", options.padding ?? "valid", ["valid", "same"]),
    dilationRate,
    groups,
    activation: checkActivation(where, options.activation),
    useBias: options.useBias ?? true,
    kernelInitializer: initializer(where, "kernelInitializer", options.kernelInitializer, "glorotUniform"),
    biasInitializer: initializer(where, "biasInitializer", options.biasInitializer, "zeros"),
    kernelRegularizer: regularizer(where, "kernelRegularizer", options.kernelRegularizer),
    biasRegularizer: regularizer(where, "biasRegularizer", options.biasRegularizer),
  };
}

/** How a window moves over a picture. */
export interface WindowOptions {
  /** Extents that it reaches over, dilation included. */
  readonly window: Shape;
  readonly strides: Shape;
  readonly padding: Padding;
  /** What the error calls it. */
  readonly what: string;
}

/**
 * Height and width after a window moved over [height, width, channels].
 * @throws shape where the window is larger than the picture
 */
export function windowOutput(shape: Shape, options: WindowOptions, label: string): number[] {
  const { window, strides, padding, what } = options;
  return window.map((reach, axis) => {
    const extent = shape[axis] ?? 0;
    const stride = strides[axis] ?? 1;
    if (padding === "same") return Math.ceil(extent / stride);
    if (extent < reach) {
      throw new SinterError(
        "shape",
        `${label}: input [batch, ${shape.join(", ")}] is smaller than its ${window.join(" x ")} ${what}. ` +
          'Use padding: "same", or remove a pooling layer before it.',
        { shape, window },
      );
    }
    return Math.floor((extent - reach) / stride) + 1;
  });
}
