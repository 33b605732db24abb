// Convolution over pictures, NHWC with HWIO kernels as Keras.

import { SinterError } from "#engine/base/error.ts";
import type { Shape } from "#engine/base/shape.ts";
import { conv } from "#engine/tensor/math.ts";
import { withoutUndefined } from "./dense.ts";
import { checkKernelOptions, finish, kernelOptions, kernelSpecs, type KernelOptions } from "./kernel-weights.ts";
import { makeLayer, single, singleOfRank, weightOf, type Layer } from "./layer.ts";
import { choice, integer, pair } from "#engine/base/options.ts";

export type Padding = "valid" | "same";

export interface Conv2dOptions extends KernelOptions, KernelMoveOptions {
  /** Channels of the output. */
  readonly filters: number;
  readonly groups?: number;
}

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
  return makeLayer({
    kind: "conv2d",
    className: "Conv2D",
    options,
    known: ["filters", "groups", ...kernelMoveOptions, ...kernelOptions],
    config: { ...place, ...withoutUndefined(kernel) },
    weights: (inputs) => {
      const channels = singleOfRank(inputs, 3, "conv2d").shape[2] ?? 1;
      return kernelSpecs(kernel, [...kernelSize, channels / groups, filters]);
    },
    outputTypes: (inputs, label) => {
      const { shape } = singleOfRank(inputs, 3, label);
      checkDivides(label, shape[2] ?? 1, "channels", groups);
      return [{ shape: [...convolvedExtents(shape, place, label), filters], dtype: "f32" }];
    },
    call: (weights, inputs) => {
      const moves = { strides, padding, dilation: dilationRate, groups };
      return finish(kernel, weights, conv(single(inputs, "conv2d"), weightOf(weights, "kernel"), moves));
    },
  });
}

/** How a kernel moves over a picture, as users say it. */
export interface KernelMoveOptions {
  readonly kernelSize: number | readonly [height: number, width: number];
  readonly strides?: number | readonly [height: number, width: number];
  readonly padding?: Padding;
  readonly dilationRate?: number | readonly [height: number, width: number];
}

/** Names of these options. */
export const kernelMoveOptions: readonly string[] = ["kernelSize", "strides", "padding", "dilationRate"];

/** How a kernel moves over a picture, with defaults filled in. */
export type KernelMoves = {
  readonly kernelSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: Padding;
  readonly dilationRate: readonly [number, number];
};

/** @throws option */
export function checkKernelMoves(where: string, options: KernelMoveOptions): KernelMoves {
  return {
    kernelSize: pair(where, "kernelSize", options.kernelSize),
    strides: pair(where, "strides", options.strides ?? 1),
    padding: choice(where, "padding", options.padding ?? "valid", ["valid", "same"]),
    dilationRate: pair(where, "dilationRate", options.dilationRate ?? 1),
  };
}

/** Convolution and its transpose have either. @throws option */
export function checkStridesOrDilation(where: string, { strides, dilationRate }: KernelMoves): void {
  if (Math.max(...strides) === 1 || Math.max(...dilationRate) === 1) return;
  throw new SinterError("option", `${where}: strides and dilationRate are both above 1. Use one of them.`, {
    strides,
    dilationRate,
  });
}

/** Height and width that the kernel reaches over, dilation included. */
export function reachOf({ kernelSize, dilationRate }: KernelMoves): [number, number] {
  const [height, width] = kernelSize;
  return [(height - 1) * dilationRate[0] + 1, (width - 1) * dilationRate[1] + 1];
}

/** Height and width of [height, width, channels] after the kernel moved over it. @throws shape */
export function convolvedExtents(shape: Shape, moves: KernelMoves, label: string): number[] {
  const { strides, padding } = moves;
  return windowOutput(shape, { window: reachOf(moves), strides, padding, what: "kernel" }, label);
}

type Conv2dConfig = KernelMoves & { readonly filters: number; readonly groups: number };

function checkConv2d(options: Conv2dOptions): Conv2dConfig {
  const where = "conv2d";
  const filters = integer(where, "filters", options.filters);
  const groups = integer(where, "groups", options.groups ?? 1);
  const moves = checkKernelMoves(where, options);
  checkDivides(where, filters, "filters", groups);
  checkStridesOrDilation(where, moves);
  return { filters, ...moves, groups };
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
