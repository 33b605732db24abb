// Products of matrices, convolutions and pools of TensorFlow, with what its converter joined to them.

import { normalizeAxis, sizeOf, type Shape } from "#engine/base/shape.ts";
import { einsum } from "#engine/tensor/einsum.ts";
import { averagePool, conv, convTranspose, maxPool, paddingOf, type Padding } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { inParts } from "../../onnx/limits.ts";
import {
  flag,
  input,
  inputNumbers,
  numberOf,
  numbersAttribute,
  optionalInput,
  tensorInputs,
  textOf,
  textsAttribute,
  type Call,
  type Operators,
  wrongNode,
} from "../../onnx/operator.ts";
import { computed, type TensorValue } from "../../onnx/value.ts";
import { isSensible } from "../../onnx/windows.ts";
import { making } from "./calls.ts";
import { activated, parametricRelu } from "./elementwise.ts";

/** A value of floats that was computed. */
export function floats(x: Tensor): TensorValue {
  return computed("f32", x.cast("f32"));
}

/** The last two axes change places. */
function turned(x: Tensor): Tensor {
  const { rank } = x;
  return x.transpose(x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis)));
}

function product(call: Call, first: string, second: string): Tensor {
  const [x, y] = [input(call, 0).device(), input(call, 1).device()];
  if (x.rank < 2 || y.rank < 2) throw wrongNode(call, "operands are no matrices");
  return (flag(call, first) ? turned(x) : x).matMul(flag(call, second) ? turned(y) : y);
}

/** What stands behind a product in one operation: a bias, and an activation. */
function finished(call: Call, result: Tensor): TensorValue {
  let value = floats(result);
  let next = 2;
  for (const name of textsAttribute(call, "fused_ops") ?? []) {
    if (name === "BiasAdd") {
      value = floats(withBias(call, value.device(), input(call, next)));
      next += 1;
    } else if (name === "Prelu") {
      value = parametricRelu(value, input(call, next));
      next += 1;
    } else value = activated(call, name, value);
  }
  return value;
}

/** A number a channel, wherever channels lie. */
function withBias(call: Call, x: Tensor, bias: TensorValue): Tensor {
  const isFirst = textOf(call, "data_format", "NHWC").startsWith("NC") && x.rank > 2;
  const spread = isFirst
    ? bias.device().reshape([sizeOf(bias.shape), ...x.shape.slice(2).map(() => 1)])
    : bias.device();
  return x.add(spread);
}

/** Numbers of an attribute that has one an axis: those of the spatial axes. */
function spatialNumbers(call: Call, name: string, rank: number): number[] {
  const all = numbersAttribute(call, name);
  if (all === undefined || all.length === 0) return Array.from({ length: rank - 2 }, () => 1);
  const spatial = channelsFirst(call) ? all.slice(2) : all.slice(1, -1);
  const others = channelsFirst(call) ? all.slice(0, 2) : [all[0], all.at(-1)];
  const isSound =
    all.length === rank &&
    others.every((one) => one === 1) &&
    spatial.every((one) => Number.isInteger(one) && one >= 1);
  if (!isSound) throw wrongNode(call, `${name} [${all.join(", ")}]`);
  return spatial;
}

function channelsFirst(call: Call): boolean {
  return textOf(call, "data_format", "NHWC").startsWith("NC");
}

/** Pictures with their channels last. */
function pictures(call: Call, x: TensorValue, least = 3): Tensor {
  const rank = x.shape.length;
  if (rank < least) throw wrongNode(call, `an input of ${rank} axes`);
  if (!channelsFirst(call)) return x.device();
  return x.device().transpose([0, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1]);
}

/** A result in the order of the axes that the node has. */
function asGiven(call: Call, x: Tensor): Tensor {
  if (!channelsFirst(call)) return x;
  return x.transpose([0, x.rank - 1, ...Array.from({ length: x.rank - 2 }, (_, axis) => axis + 1)]);
}

function paddingFor(call: Call, rank: number): Padding {
  const padding = textOf(call, "padding", "VALID");
  if (padding === "SAME" || padding === "VALID") return padding === "SAME" ? "same" : "valid";
  const all = numbersAttribute(call, "explicit_paddings") ?? [];
  if (padding !== "EXPLICIT" || all.length !== 2 * rank) throw wrongNode(call, `padding ${padding}`);
  const [start, end] = channelsFirst(call) ? [4, 2 * rank] : [2, 2 * rank - 2];
  const spatial = all.slice(start, end);
  return [spatial.filter((_, place) => place % 2 === 0), spatial.filter((_, place) => place % 2 === 1)];
}

function convolution(call: Call): TensorValue {
  const x = pictures(call, input(call, 0));
  const kernel = input(call, 1).device();
  if (kernel.rank !== x.rank) throw wrongNode(call, "input and kernel differ in rank");
  const channels = x.shape.at(-1) ?? 1;
  const perGroup = kernel.shape.at(-2) ?? 1;
  if (perGroup === 0 || channels % perGroup !== 0)
    throw wrongNode(call, `${channels} channels for a kernel of ${perGroup}`);
  const output = conv(x, kernel, {
    strides: spatialNumbers(call, "strides", x.rank),
    dilation: spatialNumbers(call, "dilations", x.rank),
    padding: paddingFor(call, x.rank),
    groups: channels / perGroup,
  });
  return finished(call, asGiven(call, output));
}

/** Each channel by filters of its own: [height, width, channels, filters a channel]. */
function depthwise(call: Call): TensorValue {
  const x = pictures(call, input(call, 0), 4);
  const kernel = input(call, 1).device();
  const [channels = 1, multiplier = 1] = kernel.shape.slice(-2);
  if (kernel.rank !== x.rank) throw wrongNode(call, "input and kernel differ in rank");
  const output = conv(x, kernel.reshape([...kernel.shape.slice(0, -2), 1, channels * multiplier]), {
    strides: spatialNumbers(call, "strides", x.rank),
    dilation: spatialNumbers(call, "dilations", x.rank),
    padding: paddingFor(call, x.rank),
    groups: channels,
  });
  return finished(call, asGiven(call, output));
}

/** The gradient of a convolution for its input: sizes of the result, kernel, what flows back. */
function transposedConvolution(call: Call): TensorValue {
  const x = pictures(call, input(call, 2));
  const sizes = inputNumbers(call, 0);
  const kernel = input(call, 1).device();
  const spatial = sizes.length === x.rank ? (channelsFirst(call) ? sizes.slice(2) : sizes.slice(1, -1)) : sizes;
  if (spatial.length !== x.rank - 2 || kernel.rank !== x.rank) throw wrongNode(call, "sizes do not fit the input");
  const strides = spatialNumbers(call, "strides", x.rank);
  // A program has a part for each remainder of a stride.
  inParts(sizeOf(strides), "Conv2DBackpropInput");
  const output = convTranspose(x, kernel, {
    spatial,
    strides,
    dilation: spatialNumbers(call, "dilations", x.rank),
    padding: paddingFor(call, x.rank),
  });
  return floats(asGiven(call, output));
}

function pool(call: Call, operation: typeof maxPool): TensorValue {
  const x = pictures(call, input(call, 0));
  const window = spatialNumbers(call, "ksize", x.rank);
  const spatial = x.shape.slice(1, -1);
  if (!isSensible(window, spatial)) throw wrongNode(call, `ksize [${window.join(", ")}] over [${spatial.join(", ")}]`);
  const strides = spatialNumbers(call, "strides", x.rank);
  const padding = paddingOf(paddingFor(call, x.rank), spatial, window, strides);
  const [low, high] = padding;
  const reached = window.some(
    (extent, axis) => (x.shape[axis + 1] ?? 0) + (low[axis] ?? 0) + (high[axis] ?? 0) < extent,
  );
  if (reached) throw wrongNode(call, "a window larger than its input");
  return floats(asGiven(call, operation(x, { window, strides, padding })));
}

/** Channels scaled and shifted by what was measured; the further results only training reads. */
function batchNormalization(call: Call): TensorValue[] {
  const x = input(call, 0);
  if (flag(call, "is_training", 1)) throw wrongNode(call, "batch normalization in training mode");
  const [scale, offset, mean, variance] = [1, 2, 3, 4].map((place) => input(call, place).device().cast("f32"));
  if (scale === undefined || offset === undefined || mean === undefined || variance === undefined) return [];
  const factor = scale.mul(
    variance
      .add(numberOf(call, "epsilon", 1e-4))
      .sqrt()
      .pow(-1),
  );
  const shift = offset.sub(mean.mul(factor));
  const spread = (vector: Tensor): Tensor =>
    channelsFirst(call) ? vector.reshape([vector.size, ...x.shape.slice(2).map(() => 1)]) : vector;
  const output = floats(x.device().mul(spread(factor)).add(spread(shift)));
  return [output, ...[1, 2, 3, 4].map((place) => input(call, place)), input(call, 3)];
}

/** A channel divided by a power of the squares around it. */
function localResponse(call: Call): TensorValue {
  const x = input(call, 0).device();
  const radius = numberOf(call, "depth_radius", 5);
  const channels = x.shape.at(-1) ?? 1;
  const at = (count: number): number[] => x.shape.map((_, axis) => (axis === x.rank - 1 ? count : 0));
  const padded = x.square().pad(at(radius), at(radius));
  const window: Shape = [...x.shape.slice(0, -1), channels];
  const parts = Array.from({ length: inParts(2 * radius + 1, "LRN") }, (_, offset) => padded.slice(at(offset), window));
  const [first = x, ...others] = parts;
  const sum = others.reduce((total, part) => total.add(part), first);
  const scaled = sum.mul(numberOf(call, "alpha", 1)).add(numberOf(call, "bias", 1));
  return floats(x.div(scaled.pow(numberOf(call, "beta", 0.5))));
}

function softmax(call: Call, change: (x: Tensor, axis: number) => Tensor): TensorValue {
  const x = input(call, 0).device();
  return floats(change(x, normalizeAxis(-1, x.rank, "Softmax")));
}

const convolved = making(convolution);
const separated = making(depthwise);

export const productOperators: Operators = {
  MatMul: making((call) => finished(call, product(call, "transpose_a", "transpose_b"))),
  _FusedMatMul: making((call) => finished(call, product(call, "transpose_a", "transpose_b"))),
  BatchMatMul: making((call) => floats(product(call, "adj_x", "adj_y"))),
  BatchMatMulV2: making((call) => floats(product(call, "adj_x", "adj_y"))),
  Einsum: making((call) => floats(einsum(textOf(call, "equation", ""), ...tensorInputs(call).map((x) => x.device())))),
  Conv2D: convolved,
  Conv3D: convolved,
  _FusedConv2D: convolved,
  FusedConv2D: convolved,
  DepthwiseConv2d: separated,
  DepthwiseConv2dNative: separated,
  FusedDepthwiseConv2dNative: separated,
  Conv2DBackpropInput: making(transposedConvolution, [0]),
  Conv2DTranspose: making(transposedConvolution, [0]),
  Conv3DBackpropInputV2: making(transposedConvolution, [0]),
  MaxPool: making((call) => pool(call, maxPool)),
  MaxPool3D: making((call) => pool(call, maxPool)),
  AvgPool: making((call) => pool(call, averagePool)),
  AvgPool3D: making((call) => pool(call, averagePool)),
  BiasAdd: making((call) => floats(withBias(call, input(call, 0).device(), optionalInput(call, 1) ?? input(call, 1)))),
  FusedBatchNorm: { run: batchNormalization, frozen: [3, 4] },
  FusedBatchNormV2: { run: batchNormalization, frozen: [3, 4] },
  FusedBatchNormV3: { run: batchNormalization, frozen: [3, 4] },
  LRN: making(localResponse),
  Softmax: making((call) => softmax(call, (x, axis) => x.softmax(axis))),
  LogSoftmax: making((call) => softmax(call, (x, axis) => x.logSoftmax(axis))),
};
