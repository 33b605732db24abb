// What the three convolutions share: options, shapes, the type rule, cases. Never builds nodes.

import { SinterError } from "#engine/base/error.ts";
import { shapeText } from "#engine/base/shape.ts";
import { typeText, type TensorType } from "#engine/graph/graph.ts";
import type { Primitive } from "#engine/graph/primitive.ts";
import { at, requireDType, requireNumbers, requireSameDType, shapeError } from "#engine/ops/check.ts";
import { bits, normal } from "#engine/ops/samples.ts";

/** One number for each spatial axis; `low` and `high` are padding before and behind, `groups` divides the channels. */
export interface ConvolutionOptions {
  readonly strides: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

/** The options as attributes. */
export interface ConvolutionAttributes extends ConvolutionOptions {
  readonly [key: string]: readonly number[] | number;
}

/** Extents that a convolution is made of. */
export interface Geometry {
  readonly spatial: readonly number[];
  readonly kernel: readonly number[];
  readonly outputs: readonly number[];
  readonly inputPerGroup: number;
  readonly outputPerGroup: number;
}

/** The options with 1, 0 and no groups where left out, and nothing else. */
export function fullOptions(options: Partial<ConvolutionOptions>, rank: number): ConvolutionAttributes {
  const repeat = (value: number): number[] => Array.from({ length: rank }, () => value);
  return {
    strides: options.strides ?? repeat(1),
    low: options.low ?? repeat(0),
    high: options.high ?? repeat(0),
    dilation: options.dilation ?? repeat(1),
    groups: options.groups ?? 1,
  };
}

/** The extents of a checked convolution. */
export function geometryOf(x: TensorType, filter: TensorType, options: ConvolutionOptions): Geometry {
  const spatial = x.shape.slice(1, -1);
  const kernel = filter.shape.slice(0, -2);
  return {
    spatial,
    kernel,
    outputs: spatial.map((_extent, index) => outputExtent(spatial, kernel, options, index)),
    inputPerGroup: filter.shape.at(-2) ?? 0,
    outputPerGroup: (filter.shape.at(-1) ?? 0) / options.groups,
  };
}

/** The type of a convolution's result. @throws dtype, shape, option */
export function typeOfConvolution(
  name: string,
  x: TensorType,
  filter: TensorType,
  options: ConvolutionOptions,
): TensorType {
  requireDType(name, x, ["f32"]);
  requireSameDType(name, x, filter);
  const rank = x.shape.length - 2;
  if (rank < 1 || filter.shape.length !== x.shape.length) {
    throw shapeError(
      `${name}: input ${typeText(x)} and filter ${typeText(filter)}, expected [batch, ...spatial, channels] and ` +
        "[...kernel, channels per group, output channels]. Reshape one.",
      { input: x.shape, filter: filter.shape },
    );
  }
  requireNumbers(name, "strides", options.strides, rank, 1);
  requireNumbers(name, "low", options.low, rank, 0);
  requireNumbers(name, "high", options.high, rank, 0);
  requireNumbers(name, "dilation", options.dilation, rank, 1);
  requireChannels(name, x, filter, options.groups);
  const { spatial, outputs, kernel } = geometryOf(x, filter, options);
  if (outputs.some((extent) => extent < 1)) {
    throw shapeError(
      `${name}: input ${typeText(x)} is smaller than its ${kernel.join(" x ")} kernel. Pad it, or use a smaller kernel.`,
      { spatial, kernel, low: options.low, high: options.high },
    );
  }
  return { dtype: x.dtype, shape: [at(x.shape, 0), ...outputs, at(filter.shape, rank + 1)] };
}

function requireChannels(name: string, x: TensorType, filter: TensorType, groups: number): void {
  const channels = x.shape.at(-1) ?? 0;
  const [perGroup = 0, outputs = 0] = filter.shape.slice(-2);
  if (!Number.isInteger(groups) || groups < 1) {
    throw new SinterError("option", `${name}: groups ${groups}, expected an integer of at least 1.`, { groups });
  }
  if (channels === perGroup * groups && outputs % groups === 0) return;
  throw shapeError(
    `${name}: input ${typeText(x)} and filter ${shapeText(filter.shape)} in ${groups} groups. ` +
      `Give a filter of ${channels / groups} input channels, and output channels that ${groups} divides.`,
    { input: x.shape, filter: filter.shape, groups },
  );
}

function outputExtent(
  spatial: readonly number[],
  kernel: readonly number[],
  options: ConvolutionOptions,
  index: number,
): number {
  const reach = (at(kernel, index) - 1) * at(options.dilation, index) + 1;
  const room = at(spatial, index) + at(options.low, index) + at(options.high, index) - reach;
  return room < 0 || reach < 1 ? 0 : Math.floor(room / at(options.strides, index)) + 1;
}

/** Cases: plain, padded, strided, dilated, grouped, depthwise, one and three spatial axes. */
export const convolutionCases: readonly {
  readonly input: readonly number[];
  readonly filter: readonly number[];
  readonly options: ConvolutionAttributes;
}[] = [
  { input: [2, 5, 4, 3], filter: [3, 2, 3, 4], options: fullOptions({}, 2) },
  { input: [1, 4, 5, 2], filter: [3, 3, 2, 3], options: fullOptions({ low: [1, 1], high: [1, 0] }, 2) },
  { input: [2, 7, 6, 1], filter: [3, 2, 1, 2], options: fullOptions({ strides: [2, 3], low: [1, 0] }, 2) },
  { input: [1, 7, 5, 2], filter: [3, 2, 2, 2], options: fullOptions({ dilation: [2, 1], high: [0, 1] }, 2) },
  { input: [1, 4, 4, 4], filter: [2, 2, 2, 6], options: fullOptions({ groups: 2, strides: [2, 1] }, 2) },
  { input: [2, 6, 3], filter: [3, 1, 3], options: fullOptions({ groups: 3, low: [2] }, 1) },
  { input: [1, 3, 3, 3, 2], filter: [2, 1, 2, 2, 1], options: fullOptions({ low: [0, 0, 1] }, 3) },
  { input: [2, 3, 3, 4], filter: [1, 1, 4, 5], options: fullOptions({}, 2) },
];

/** Rejects of `convolve`. */
export const convolutionRejects: Primitive["rejects"] = [
  { inputs: [bits([1, 4, 1]), bits([2, 1, 1])], attributes: fullOptions({}, 1), code: "dtype" },
  { inputs: [normal([1, 4, 1]), bits([2, 1, 1])], attributes: fullOptions({}, 1), code: "dtype" },
  { inputs: [normal([4, 1]), normal([1, 1])], attributes: fullOptions({}, 0), code: "shape" },
  { inputs: [normal([1, 4, 2]), normal([2, 3, 1])], attributes: fullOptions({}, 1), code: "shape" },
  { inputs: [normal([1, 2, 1]), normal([3, 1, 1])], attributes: fullOptions({}, 1), code: "shape" },
  { inputs: [normal([1, 4, 4]), normal([2, 2, 3])], attributes: fullOptions({ groups: 2 }, 1), code: "shape" },
  { inputs: [normal([1, 4, 1]), normal([2, 1, 1])], attributes: fullOptions({ strides: [0] }, 1), code: "option" },
  { inputs: [normal([1, 4, 1]), normal([2, 1, 1])], attributes: fullOptions({ groups: 0.5 }, 1), code: "option" },
];
