// Products of matrices and convolutions. Pictures come as [batch, channels, ...spatial] and are computed with their channels
// last, as the engine has them; between such operators nothing is moved.

import { sizeOf } from "#engine/base/shape.ts";
import { concat, conv, convTranspose } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { inParts } from "../limits.ts";
import {
  flag,
  input,
  numberOf,
  numbersAttribute,
  optionalInput,
  textOf,
  wrongNode,
  type Call,
  type Operators,
} from "../operator.ts";
import { computed, computedChannelsLast, toChannelsLast, type TensorValue } from "../value.ts";
import { windowsOf } from "../windows.ts";

function matMul(call: Call): TensorValue {
  const [x, y] = [input(call, 0), input(call, 1)];
  return computed(x.type, x.device().matMul(y.device()));
}

function gemm(call: Call): TensorValue {
  const [x, y] = [input(call, 0), input(call, 1)];
  const left = flag(call, "transA") ? x.device().transpose() : x.device();
  const right = flag(call, "transB") ? y.device().transpose() : y.device();
  const [alpha, beta] = [numberOf(call, "alpha", 1), numberOf(call, "beta", 1)];
  const product = left.matMul(right);
  const scaled = alpha === 1 ? product : product.mul(alpha);
  const bias = optionalInput(call, 2)?.device();
  if (bias === undefined || beta === 0) return computed(x.type, scaled);
  return computed(x.type, scaled.add(beta === 1 ? bias : bias.cast("f32").mul(beta)));
}

/** [filters, channels / groups, ...window] as [...window, channels / groups, filters]. */
function kernelOf(kernel: TensorValue): Tensor {
  const rank = kernel.shape.length;
  return kernel.device().transpose([...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1, 0]);
}

function convolution(call: Call): TensorValue {
  const [x, kernel] = [input(call, 0), input(call, 1)];
  if (x.shape.length < 3 || kernel.shape.length !== x.shape.length)
    throw wrongNode(call, "input and kernel differ in rank");
  const windows = windowsOf(call, x.shape.slice(2), kernel.shape.slice(2));
  const output = conv(toChannelsLast(x), kernelOf(kernel), {
    strides: windows.strides,
    padding: [windows.low, windows.high],
    dilation: windows.dilation,
    groups: numberOf(call, "group", 1),
  });
  const bias = optionalInput(call, 2);
  return computedChannelsLast(x.type, bias === undefined ? output : output.add(bias.device()));
}

/** The transposed convolution, group by group: [channels, filters / groups, ...window] is its kernel. */
function transposedConvolution(call: Call): TensorValue {
  const [x, kernel] = [input(call, 0), input(call, 1)];
  const rank = x.shape.length;
  const groups = inParts(numberOf(call, "group", 1), "ConvTranspose");
  const channels = (x.shape[1] ?? 1) / groups;
  const geometry = transposedGeometry(call, x, kernel);
  // A program has a part for each remainder of a stride.
  inParts(sizeOf(geometry.strides), "ConvTranspose");
  const pictures = toChannelsLast(x);
  const window = Array.from({ length: rank - 2 }, (_, axis) => axis + 2);
  const filters = kernel.device().transpose([...window, 1, 0]);
  const outputs = Array.from({ length: groups }, (_, group) => {
    const from = (one: Tensor): Tensor =>
      groups === 1
        ? one
        : one.slice([...one.shape.slice(0, -1).map(() => 0), group * channels], [...one.shape.slice(0, -1), channels]);
    return convTranspose(from(pictures), from(filters), geometry);
  });
  const output = outputs.length === 1 ? (outputs[0] ?? pictures) : concat(outputs, -1);
  const bias = optionalInput(call, 2);
  return computedChannelsLast(x.type, bias === undefined ? output : output.add(bias.device()));
}

function transposedGeometry(
  call: Call,
  x: TensorValue,
  kernel: TensorValue,
): { spatial: number[]; strides: number[]; dilation: number[]; padding: readonly [number[], number[]] } {
  const spatial = x.shape.slice(2);
  const window = kernel.shape.slice(2);
  const strides = [...(numbersAttribute(call, "strides") ?? window.map(() => 1))];
  const dilation = [...(numbersAttribute(call, "dilations") ?? window.map(() => 1))];
  const extra = numbersAttribute(call, "output_padding") ?? window.map(() => 0);
  const asked = numbersAttribute(call, "output_shape")?.slice(-spatial.length);
  const automatic = textOf(call, "auto_pad", "NOTSET");
  const pads = numbersAttribute(call, "pads") ?? [...window, ...window].map(() => 0);
  const full = spatial.map(
    (extent, axis) =>
      (extent - 1) * (strides[axis] ?? 1) + (extra[axis] ?? 0) + ((window[axis] ?? 1) - 1) * (dilation[axis] ?? 1) + 1,
  );
  const same = automatic.startsWith("SAME") ? spatial.map((extent, axis) => extent * (strides[axis] ?? 1)) : undefined;
  const target = asked ?? same;
  if (target === undefined) {
    const low = spatial.map((_, axis) => pads[axis] ?? 0);
    const high = spatial.map((_, axis) => pads[axis + spatial.length] ?? 0);
    return {
      spatial: full.map((extent, axis) => extent - (low[axis] ?? 0) - (high[axis] ?? 0)),
      strides,
      dilation,
      padding: [low, high],
    };
  }
  const total = full.map((extent, axis) => Math.max(extent - (target[axis] ?? 0), 0));
  const low = total.map((pad) => (automatic === "SAME_LOWER" ? Math.ceil(pad / 2) : Math.floor(pad / 2)));
  return { spatial: [...target], strides, dilation, padding: [low, total.map((pad, axis) => pad - (low[axis] ?? 0))] };
}

export const productOperators: Operators = {
  MatMul: { run: (call) => [matMul(call)] },
  Gemm: { run: (call) => [gemm(call)] },
  Conv: { run: (call) => [convolution(call)] },
  ConvTranspose: { run: (call) => [transposedConvolution(call)] },
};
