// Operations that take several tensors or windows.

import { SinterError } from "#engine/base/error.ts";
import { broadcastShapes, normalizeAxis, type Shape } from "#engine/base/shape.ts";
import * as ops from "#engine/ops/index.ts";
import { arange, full } from "#engine/tensor/create.ts";
import { stop } from "#engine/tensor/convert.ts";
import { Tensor, type TensorLike } from "#engine/tensor/tensor.ts";

/** Padding of the spatial axes: none, so that extents divide by the stride round up, or elements before and after. */
export type Padding = "valid" | "same" | readonly [low: readonly number[], high: readonly number[]];

export interface ConvolutionOptions {
  readonly strides?: readonly number[];
  readonly padding?: Padding;
  readonly dilation?: readonly number[];
  readonly groups?: number;
}

export interface PoolOptions {
  readonly window: readonly number[];
  readonly strides?: readonly number[];
  readonly padding?: Padding;
}

/** `x` where the condition holds, else `y`; all three broadcast. */
export function where(condition: Tensor, x: TensorLike, y: TensorLike): Tensor {
  const dtype = [x, y].some((one) => (typeof one === "number" ? !Number.isInteger(one) : one.dtype === "f32"))
    ? "f32"
    : typeof x === "number" && typeof y === "number"
      ? "f32"
      : "i32";
  const tensors = [x, y].map((one) => (typeof one === "number" ? full([], one, { dtype }) : one.cast(dtype)));
  const [a = full([], 0), b = full([], 0)] = tensors;
  const shape = broadcastShapes(condition.shape, broadcastShapes(a.shape, b.shape, "where"), "where");
  const nodes = [condition.cast("bool"), a, b].map((one) => ops.broadcastTo(one.node, shape));
  const [c, first, second] = nodes;
  if (c === undefined || first === undefined || second === undefined) return a;
  return new Tensor(ops.select(c, first, second));
}

/** Tensors one after another along an axis. */
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  const [first] = tensors;
  if (first === undefined) throw new SinterError("shape", "concat: no tensors. Give at least one.");
  return new Tensor(
    ops.concatenate(
      tensors.map((one) => one.node),
      normalizeAxis(axis, first.rank, "concat"),
    ),
  );
}

/** Tensors of one shape along a new axis. */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  return concat(
    tensors.map((one) => one.expandDims(axis)),
    axis,
  );
}

/** 1 at the named class, 0 elsewhere: i32 [...] to f32 [..., depth]. */
export function oneHot(index: Tensor, depth: number): Tensor {
  return index.cast("i32").expandDims(-1).equal(arange(depth)).cast("f32");
}

/** The value, through which no gradient flows. */
export function stopGradient(x: Tensor): Tensor {
  return new Tensor(stop(x.node));
}

/** The general contraction: result axes are batch, free of left, free of right. */
export function dot(left: Tensor, right: Tensor, axes: ops.DotAxes): Tensor {
  return new Tensor(ops.dot(left.cast("f32").node, right.cast("f32").node, axes));
}

/**
 * Cross-correlation over the spatial axes, as Keras's convolutions.
 * @param x f32 [batch, ...spatial, channels]
 * @param kernel f32 [...window, channels / groups, filters]
 * @returns f32 [batch, ...output spatial, filters]
 */
export function conv(x: Tensor, kernel: Tensor, options: ConvolutionOptions = {}): Tensor {
  const numSpatial = x.rank - 2;
  const window = kernel.shape.slice(0, numSpatial);
  const strides = options.strides ?? window.map(() => 1);
  const dilation = options.dilation ?? window.map(() => 1);
  const reach = window.map((extent, axis) => (extent - 1) * (dilation[axis] ?? 1) + 1);
  const [low, high] = paddingOf(options.padding ?? "valid", x.shape.slice(1, -1), reach, strides);
  return new Tensor(
    ops.convolve(x.cast("f32").node, kernel.cast("f32").node, {
      strides,
      low,
      high,
      dilation,
      groups: options.groups ?? 1,
    }),
  );
}

export interface TransposedConvolutionOptions extends Omit<ConvolutionOptions, "groups"> {
  /** Spatial extents of the result: such that `conv` makes of them those of `x`. */
  readonly spatial: readonly number[];
}

/**
 * The transposed convolution: the gradient of `conv` for its input.
 * @param x f32 [batch, ...spatial, channels]
 * @param kernel f32 [...window, filters, channels]
 * @returns f32 [batch, ...options.spatial, filters]
 */
export function convTranspose(x: Tensor, kernel: Tensor, options: TransposedConvolutionOptions): Tensor {
  const { spatial } = options;
  const window = kernel.shape.slice(0, spatial.length);
  const strides = options.strides ?? window.map(() => 1);
  const dilation = options.dilation ?? window.map(() => 1);
  const reach = window.map((extent, axis) => (extent - 1) * (dilation[axis] ?? 1) + 1);
  const [low, high] = paddingOf(options.padding ?? "valid", spatial, reach, strides);
  const moves = { strides, low, high, dilation, spatial };
  return new Tensor(ops.convolveInputGradient(kernel.cast("f32").node, x.cast("f32").node, moves));
}

/** The largest of each window, [batch, ...spatial, channels]. */
export function maxPool(x: Tensor, options: PoolOptions): Tensor {
  return new Tensor(ops.windowMax(x.cast("f32").node, windowsOf(x, options)));
}

/** The mean of each window; padding does not count, as in Keras. */
export function averagePool(x: Tensor, options: PoolOptions): Tensor {
  const windows = windowsOf(x, options);
  const sums = new Tensor(ops.windowSum(x.cast("f32").node, windows));
  const isPadded = [...windows.low, ...windows.high].some((extent) => extent > 0);
  if (!isPadded) return sums.mul(1 / windows.window.reduce((product, extent) => product * extent, 1));
  const counts = new Tensor(ops.windowSum(full([1, ...x.shape.slice(1, -1), 1], 1).node, windows));
  return sums.div(counts);
}

function windowsOf(x: Tensor, options: PoolOptions): ops.WindowOptions {
  const { window } = options;
  const strides = options.strides ?? window;
  const [low, high] = paddingOf(options.padding ?? "valid", x.shape.slice(1, -1), window, strides);
  return { window, strides, low, high };
}

/** Elements before and after each spatial axis; "same" puts the odd one after, as TensorFlow. */
export function paddingOf(padding: Padding, spatial: Shape, reach: Shape, strides: Shape): [number[], number[]] {
  if (typeof padding !== "string") return [[...padding[0]], [...padding[1]]];
  const totals = spatial.map((extent, axis) => {
    const stride = strides[axis] ?? 1;
    if (padding === "valid") return 0;
    return Math.max((Math.ceil(extent / stride) - 1) * stride + (reach[axis] ?? 1) - extent, 0);
  });
  return [totals.map((total) => Math.floor(total / 2)), totals.map((total) => Math.ceil(total / 2))];
}
