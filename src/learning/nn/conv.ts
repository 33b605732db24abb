// Convolution over pictures, NHWC with HWIO kernels as Keras.

import { SinterError } from "#engine/base/error.ts";
import type { Shape } from "#engine/base/shape.ts";
import { conv } from "#engine/tensor/math.ts";
import { withoutUndefined } from "./dense.ts";
import { checkKernelOptions, finish, kernelOptions, kernelSpecs, type KernelOptions } from "./kernel-weights.ts";
import { makeLayer, single, singleOfRank, weightOf, type Layer } from "./layer.ts";
import { choice, integer, pair } from "#engine/base/options.ts";

export type Padding = "valid" | "same";

export interface Conv2dOptions extends KernelOptions {
  /** Channels of the output. */
  readonly filters: number;
  readonly kernelSize: number | readonly [height: number, width: number];
  readonly strides?: number | readonly [height: number, width: number];
  readonly padding?: Padding;
  readonly dilationRate?: number | readonly [height: number, width: number];
  readonly groups?: number;
}

const ownOptions = ["filters", "kernelSize", "strides", "padding", "dilationRate", "groups"];

/**
 * Cross-correlation of [batch, height, width, channels] with a kernel, plus a bias.
 * Weights: kernel [height, width, channels / groups, filters], bias [filters].
 * Cost: 2 · kernel elements flops an output pixel.
 * @source Keras 3, layers.Conv2D
 */
export function conv2d(options: Conv2dOptions): Layer {
  const place = checkConv2d(options);
  const kernel = checkKernelOptions("conv2d", options);
  const { filters, kernelSize, strides, padding, dilationRate, groups } = place;
  const window = kernelSize.map((extent, axis) => (extent - 1) * (dilationRate[axis] ?? 1) + 1);
  return makeLayer({
    kind: "conv2d",
    className: "Conv2D",
    options,
    known: [...ownOptions, ...kernelOptions],
    config: { ...place, ...withoutUndefined(kernel) },
    weights: (inputs) => {
      const channels = singleOfRank(inputs, 3, "conv2d").shape[2] ?? 1;
      return kernelSpecs(kernel, [...kernelSize, channels / groups, filters]);
    },
    outputTypes: (inputs, label) => {
      const { shape } = singleOfRank(inputs, 3, label);
      checkDivides(label, shape[2] ?? 1, "channels", groups);
      const spatial = windowOutput(shape, { window, strides, padding, what: "kernel" }, label);
      return [{ shape: [...spatial, filters], dtype: "f32" }];
    },
    call: (weights, inputs) => {
      const moves = { strides, padding, dilation: dilationRate, groups };
      return finish(kernel, weights, conv(single(inputs, "conv2d"), weightOf(weights, "kernel"), moves));
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
};

function checkConv2d(options: Conv2dOptions): Conv2dConfig {
  const where = "conv2d";
  const filters = integer(where, "filters", options.filters);
  const groups = integer(where, "groups", options.groups ?? 1);
  const strides = pair(where, "strides", options.strides ?? 1);
  const dilationRate = pair(where, "dilationRate", options.dilationRate ?? 1);
  checkDivides(where, filters, "filters", groups);
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
  };
}

function checkDivides(label: string, count: number, what: string, groups: number): void {
  if (count % groups === 0) return;
  throw new SinterError("option", `${label}: ${count} ${what} do not split into ${groups} groups. Use a divisor.`, {
    [what]: count,
    groups,
  });
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
