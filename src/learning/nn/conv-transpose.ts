// Transposed convolution over one to three spatial axes: the gradient of a convolution as a layer, which makes its input
// larger.

import { SinterError } from "#engine/base/error.ts";
import type { Shape } from "#engine/base/shape.ts";
import { convTranspose } from "#engine/tensor/math.ts";
import {
  channelsOf,
  checkKernelMoves,
  checkStridesOrDilation,
  engineMoves,
  kernelMoveOptions,
  reachOf,
  type Extents,
  type Extents1d,
  type Extents2d,
  type Extents3d,
  type KernelMoveOptions,
  type KernelMoves,
} from "./conv.ts";
import { withoutUndefined } from "./dense.ts";
import { checkKernelOptions, finish, kernelOptions, kernelSpecs, type KernelOptions } from "./kernel-weights.ts";
import { makeLayer, single, singleOfRank, weightOf, type Layer } from "./layer.ts";
import { integer, perAxis } from "#engine/base/options.ts";

export interface ConvTransposeOptions<Each extends Extents> extends KernelOptions, KernelMoveOptions<Each> {
  /** Channels of the output. */
  readonly filters: number;
  /** Places more at the end, below the stride; where left out, `padding` alone gives the extents. */
  readonly outputPadding?: Each | null | undefined;
}

export type Conv1dTransposeOptions = ConvTransposeOptions<Extents1d>;
export type Conv2dTransposeOptions = ConvTransposeOptions<Extents2d>;
export type Conv3dTransposeOptions = ConvTransposeOptions<Extents3d>;

/**
 * The transpose of the convolution that takes `filters` channels to those of the input: an input step adds its multiple
 * of the kernel to the output, `strides` apart. Plus a bias. Extents: with padding "same" input · stride; with "valid"
 * (input - 1) · stride + max(kernel, stride).
 * Weights: kernel [steps, filters, channels], bias [filters]. Cost: 2 · kernel elements flops an input step.
 * @source Keras 3, layers.Conv1DTranspose
 */
export function conv1dTranspose(options: Conv1dTransposeOptions): Layer {
  return transposed("conv1dTranspose", "Conv1DTranspose", 1, options);
}

/**
 * The transpose of the convolution that takes `filters` channels to those of the input: an input pixel adds its multiple
 * of the kernel to the output, `strides` apart. Plus a bias. Extents: with padding "same" input · stride; with "valid"
 * (input - 1) · stride + max(kernel, stride).
 * Weights: kernel [height, width, filters, channels], bias [filters]. Cost: 2 · kernel elements flops an input pixel.
 * @source Keras 3, layers.Conv2DTranspose
 */
export function conv2dTranspose(options: Conv2dTransposeOptions): Layer {
  return transposed("conv2dTranspose", "Conv2DTranspose", 2, options);
}

/**
 * The transpose of the convolution that takes `filters` channels to those of the input: an input voxel adds its multiple
 * of the kernel to the output, `strides` apart. Plus a bias. Extents as in `conv2dTranspose`.
 * Weights: kernel [depth, height, width, filters, channels], bias [filters].
 * Cost: 2 · kernel elements flops an input voxel.
 * @source Keras 3, layers.Conv3DTranspose
 */
export function conv3dTranspose(options: Conv3dTransposeOptions): Layer {
  return transposed("conv3dTranspose", "Conv3DTranspose", 3, options);
}

function transposed(kind: string, className: string, numAxes: number, options: ConvTransposeOptions<Extents>): Layer {
  const config = checkConvTranspose(kind, numAxes, options);
  const kernel = checkKernelOptions(kind, options);
  const { filters, kernelSize } = config;
  return makeLayer({
    kind,
    className,
    options,
    known: ["filters", "outputPadding", ...kernelMoveOptions, ...kernelOptions],
    numSpatialAxes: numAxes,
    config: { ...withoutUndefined(config), ...withoutUndefined(kernel) },
    weights: (inputs) => {
      const channels = channelsOf(singleOfRank(inputs, numAxes + 1, kind).shape);
      const [first, ...bias] = kernelSpecs(kernel, [...kernelSize, channels, filters]);
      return first === undefined ? [] : [{ ...first, shape: [...kernelSize, filters, channels] }, ...bias];
    },
    outputTypes: (inputs, label) => {
      const { shape } = singleOfRank(inputs, numAxes + 1, label);
      return [{ shape: [...outputExtents(shape, config), filters], dtype: "f32" }];
    },
    call: (weights, inputs) => {
      const x = single(inputs, kind);
      const moves = { ...engineMoves(config), spatial: outputExtents(x.shape.slice(1), config) };
      return finish(kernel, weights, convTranspose(x, weightOf(weights, "kernel"), moves));
    },
  });
}

type ConvTransposeConfig = KernelMoves & {
  readonly filters: number;
  readonly outputPadding: readonly number[] | undefined;
};

function checkConvTranspose(
  kind: string,
  numAxes: number,
  options: ConvTransposeOptions<Extents>,
): ConvTransposeConfig {
  const { outputPadding: given } = options;
  const moves = checkKernelMoves(kind, numAxes, options);
  checkStridesOrDilation(kind, moves);
  const outputPadding =
    given === undefined || given === null ? undefined : perAxis(kind, "outputPadding", given, { numAxes, least: 0 });
  outputPadding?.forEach((extra, axis) => {
    const stride = moves.strides[axis] ?? 1;
    // With padding "same" an even kernel and no places more would give less than the convolution needs.
    const least = moves.padding === "same" && (reachOf(moves)[axis] ?? 1) % 2 === 0 ? 1 : 0;
    if (extra >= least && extra < Math.max(stride, least + 1)) return;
    throw new SinterError(
      "option",
      `${kind}: outputPadding ${extra} with stride ${stride} and padding "${moves.padding}". ` +
        `Use ${least} to ${Math.max(stride - 1, least)}.`,
      { outputPadding, strides: moves.strides },
    );
  });
  return { filters: integer(kind, "filters", options.filters), ...moves, outputPadding };
}

/** @source Keras 3, backend/common/backend_utils.py, compute_conv_transpose_output_shape */
function outputExtents(shape: Shape, config: ConvTransposeConfig): number[] {
  return reachOf(config).map((reach, axis) => {
    const extent = shape[axis] ?? 0;
    const stride = config.strides[axis] ?? 1;
    const extra = config.outputPadding?.[axis];
    if (config.padding === "valid") return (extent - 1) * stride + reach + (extra ?? Math.max(stride - reach, 0));
    return extra === undefined ? extent * stride : (extent - 1) * stride + (reach % 2) + extra;
  });
}
