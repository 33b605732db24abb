// Convolution over one to three spatial axes, channels last: NHWC with HWIO kernels for pictures, as Keras.

import { SinterError } from "#engine/base/error.ts";
import type { Shape } from "#engine/base/shape.ts";
import { conv, type Padding as EnginePadding } from "#engine/tensor/math.ts";
import { withoutUndefined } from "./dense.ts";
import { checkKernelOptions, finish, kernelOptions, kernelSpecs, type KernelOptions } from "./kernel-weights.ts";
import { type SpatialOptions, makeLayer, single, singleOfRank, weightOf, type Layer } from "./layer.ts";
import { choice, integer, perAxis } from "#engine/base/options.ts";

export type Padding = "valid" | "same";

/** "causal": nothing after, so that no output sees a later input. */
export type SeriesPadding = Padding | "causal";

/** A number for every spatial axis, or one each. */
export type Extents = number | readonly number[];
export type Extents1d = number | readonly [steps: number];
export type Extents2d = number | readonly [height: number, width: number];
export type Extents3d = number | readonly [depth: number, height: number, width: number];

export interface ConvOptions<Each extends Extents, Pad extends SeriesPadding>
  extends KernelOptions, KernelMoveOptions<Each, Pad> {
  /** Channels of the output. */
  readonly filters: number;
  readonly groups?: number;
}

export type Conv1dOptions = ConvOptions<Extents1d, SeriesPadding>;
export type Conv2dOptions = ConvOptions<Extents2d, Padding>;
export type Conv3dOptions = ConvOptions<Extents3d, Padding>;

/**
 * Cross-correlation of [batch, steps, channels] with a kernel, plus a bias. With padding "causal" output t sees the
 * inputs up to t.
 * Weights: kernel [steps, channels / groups, filters], bias [filters]. Cost: 2 · kernel elements flops an output step.
 * @source Keras 3, layers.Conv1D
 */
export function conv1d(options: Conv1dOptions): Layer {
  return convolution("conv1d", "Conv1D", 1, options);
}

/**
 * Cross-correlation of [batch, height, width, channels] with a kernel, plus a bias.
 * Weights: kernel [height, width, channels / groups, filters], bias [filters].
 * Cost: 2 · kernel elements flops an output pixel.
 * @source Keras 3, layers.Conv2D
 */
export function conv2d(options: Conv2dOptions): Layer {
  return convolution("conv2d", "Conv2D", 2, options);
}

/**
 * Cross-correlation of [batch, depth, height, width, channels] with a kernel, plus a bias.
 * Weights: kernel [depth, height, width, channels / groups, filters], bias [filters].
 * Cost: 2 · kernel elements flops an output voxel.
 * @source Keras 3, layers.Conv3D
 */
export function conv3d(options: Conv3dOptions): Layer {
  return convolution("conv3d", "Conv3D", 3, options);
}

function convolution(
  kind: string,
  className: string,
  numAxes: number,
  options: ConvOptions<Extents, SeriesPadding>,
): Layer {
  const place = checkConvolution(kind, numAxes, options);
  const kernel = checkKernelOptions(kind, options);
  const { filters, kernelSize, groups } = place;
  return makeLayer({
    kind,
    className,
    options,
    known: ["filters", "groups", ...kernelMoveOptions, ...kernelOptions],
    numSpatialAxes: numAxes,
    config: { ...place, ...withoutUndefined(kernel) },
    weights: (inputs) => {
      const channels = channelsOf(singleOfRank(inputs, numAxes + 1, kind).shape);
      return kernelSpecs(kernel, [...kernelSize, channels / groups, filters]);
    },
    outputTypes: (inputs, label) => {
      const { shape } = singleOfRank(inputs, numAxes + 1, label);
      checkDivides(label, channelsOf(shape), "channels", groups);
      return [{ shape: [...convolvedExtents(shape, place, label), filters], dtype: "f32" }];
    },
    call: (weights, inputs) => {
      const moves = { ...engineMoves(place), groups };
      return finish(kernel, weights, conv(single(inputs, kind), weightOf(weights, "kernel"), moves));
    },
  });
}

/** Extent of the last axis. */
export function channelsOf(shape: Shape): number {
  return shape.at(-1) ?? 1;
}

/** How a kernel moves over the spatial axes, as users say it. */
export interface KernelMoveOptions<
  Each extends Extents = Extents,
  Pad extends SeriesPadding = Padding,
> extends SpatialOptions {
  readonly kernelSize: Each;
  readonly strides?: Each;
  readonly padding?: Pad;
  readonly dilationRate?: Each;
}

/** Names of these options. */
export const kernelMoveOptions: readonly string[] = ["kernelSize", "strides", "padding", "dilationRate"];

/** How a kernel moves over the spatial axes, with defaults filled in. */
export type KernelMoves = {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: SeriesPadding;
  readonly dilationRate: readonly number[];
};

/** @throws option */
export function checkKernelMoves(
  where: string,
  numAxes: number,
  options: KernelMoveOptions<Extents, SeriesPadding>,
  paddings: readonly SeriesPadding[] = ["valid", "same"],
): KernelMoves {
  return {
    kernelSize: perAxis(where, "kernelSize", options.kernelSize, { numAxes }),
    strides: perAxis(where, "strides", options.strides ?? 1, { numAxes }),
    padding: choice(where, "padding", options.padding ?? "valid", paddings),
    dilationRate: perAxis(where, "dilationRate", options.dilationRate ?? 1, { numAxes }),
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

/** Extents that the kernel reaches over, dilation included. */
export function reachOf({ kernelSize, dilationRate }: KernelMoves): number[] {
  return kernelSize.map((extent, axis) => (extent - 1) * (dilationRate[axis] ?? 1) + 1);
}

/** Spatial extents of [...spatial, channels] after the kernel moved over it. @throws shape */
export function convolvedExtents(shape: Shape, moves: KernelMoves, label: string): number[] {
  const { strides, padding } = moves;
  return windowOutput(shape, { window: reachOf(moves), strides, padding, what: "kernel" }, label);
}

/** How a kernel moves, as the engine takes it. */
export function engineMoves(moves: KernelMoves): {
  strides: readonly number[];
  padding: EnginePadding;
  dilation: readonly number[];
} {
  const { strides, padding, dilationRate: dilation } = moves;
  if (padding !== "causal") return { strides, padding, dilation };
  const reach = reachOf(moves);
  return { strides, padding: [reach.map((extent) => extent - 1), reach.map(() => 0)], dilation };
}

type ConvolutionConfig = KernelMoves & { readonly filters: number; readonly groups: number };

function checkConvolution(
  where: string,
  numAxes: number,
  options: ConvOptions<Extents, SeriesPadding>,
): ConvolutionConfig {
  const filters = integer(where, "filters", options.filters);
  const groups = integer(where, "groups", options.groups ?? 1);
  const paddings: readonly SeriesPadding[] = numAxes === 1 ? ["valid", "same", "causal"] : ["valid", "same"];
  const moves = checkKernelMoves(where, numAxes, options, paddings);
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

/** How a window moves over the spatial axes. */
export interface WindowOptions {
  /** Extents that it reaches over, dilation included. */
  readonly window: Shape;
  readonly strides: Shape;
  readonly padding: SeriesPadding;
  /** What the error calls it. */
  readonly what: string;
}

/**
 * Spatial extents after a window moved over [...spatial, channels].
 * @throws shape where the window is larger than the input
 */
export function windowOutput(shape: Shape, options: WindowOptions, label: string): number[] {
  const { window, strides, padding, what } = options;
  return window.map((reach, axis) => {
    const extent = shape[axis] ?? 0;
    const stride = strides[axis] ?? 1;
    if (padding !== "valid") return Math.ceil(extent / stride);
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
