// Transposed convolution over pictures: the gradient of a convolution as a layer, which makes pictures larger.

import { SinterError } from "#engine/base/error.ts";
import type { Shape } from "#engine/base/shape.ts";
import { convTranspose } from "#engine/tensor/math.ts";
import {
  checkKernelMoves,
  checkStridesOrDilation,
  kernelMoveOptions,
  reachOf,
  type KernelMoveOptions,
  type KernelMoves,
} from "./conv.ts";
import { withoutUndefined } from "./dense.ts";
import { checkKernelOptions, finish, kernelOptions, kernelSpecs, type KernelOptions } from "./kernel-weights.ts";
import { makeLayer, single, singleOfRank, weightOf, type Layer } from "./layer.ts";
import { integer, pair } from "#engine/base/options.ts";

export interface Conv2dTransposeOptions extends KernelOptions, KernelMoveOptions {
  /** Channels of the output. */
  readonly filters: number;
  /** Rows and columns more at the end, below the stride; where left out, `padding` alone gives the extents. */
  readonly outputPadding?: number | readonly [height: number, width: number] | null | undefined;
}

/**
 * The transpose of the convolution that takes `filters` channels to those of the input: an input pixel adds its multiple
 * of the kernel to the output, `strides` apart. Plus a bias. Extents: with padding "same" input · stride; with "valid"
 * (input - 1) · stride + max(kernel, stride).
 * Weights: kernel [height, width, filters, channels], bias [filters]. Cost: 2 · kernel elements flops an input pixel.
 * @source Keras 3, layers.Conv2DTranspose
 */
export function conv2dTranspose(options: Conv2dTransposeOptions): Layer {
  const kind = "conv2dTranspose";
  const config = checkConv2dTranspose(kind, options);
  const kernel = checkKernelOptions(kind, options);
  const { filters, kernelSize, strides, padding, dilationRate } = config;
  return makeLayer({
    kind,
    className: "Conv2DTranspose",
    options,
    known: ["filters", "outputPadding", ...kernelMoveOptions, ...kernelOptions],
    config: { ...withoutUndefined(config), ...withoutUndefined(kernel) },
    weights: (inputs) => {
      const channels = singleOfRank(inputs, 3, kind).shape[2] ?? 1;
      const [first, ...bias] = kernelSpecs(kernel, [...kernelSize, channels, filters]);
      return first === undefined ? [] : [{ ...first, shape: [...kernelSize, filters, channels] }, ...bias];
    },
    outputTypes: (inputs, label) => {
      const { shape } = singleOfRank(inputs, 3, label);
      return [{ shape: [...outputExtents(shape, config), filters], dtype: "f32" }];
    },
    call: (weights, inputs) => {
      const x = single(inputs, kind);
      const spatial = outputExtents(x.shape.slice(1), config);
      const moves = { strides, padding, dilation: dilationRate, spatial };
      return finish(kernel, weights, convTranspose(x, weightOf(weights, "kernel"), moves));
    },
  });
}

type Conv2dTransposeConfig = KernelMoves & {
  readonly filters: number;
  readonly outputPadding: readonly [number, number] | undefined;
};

function checkConv2dTranspose(kind: string, options: Conv2dTransposeOptions): Conv2dTransposeConfig {
  const { outputPadding: given } = options;
  const moves = checkKernelMoves(kind, options);
  checkStridesOrDilation(kind, moves);
  const outputPadding = given === undefined || given === null ? undefined : pair(kind, "outputPadding", given, 0);
  outputPadding?.forEach((extra, axis) => {
    const stride = moves.strides[axis] ?? 1;
    // With padding "same" an even kernel and no rows more would give less than the convolution needs.
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
function outputExtents(shape: Shape, config: Conv2dTransposeConfig): number[] {
  return reachOf(config).map((reach, axis) => {
    const extent = shape[axis] ?? 0;
    const stride = config.strides[axis] ?? 1;
    const extra = config.outputPadding?.[axis];
    if (config.padding === "valid") return (extent - 1) * stride + reach + (extra ?? Math.max(stride - reach, 0));
    return extra === undefined ? extent * stride : (extent - 1) * stride + (reach % 2) + extra;
  });
}
