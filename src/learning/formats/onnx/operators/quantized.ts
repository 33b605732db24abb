// Integers that stand for real numbers: x = (q - zero point) · scale. Products of integers are exact: they are summed as f32 in
// stretches whose sums stay below 2^24, and those as i32.

import { normalizeAxis } from "#engine/base/shape.ts";
import { conv } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { elementTypeOf } from "../element-types.ts";
import type { ElementType } from "../graph.ts";
import { inParts } from "../limits.ts";
import { input, numberOf, optionalInput, optionalNumber, type Call, type Operators } from "../operator.ts";
import { computed, computedChannelsLast, toChannelsLast, type TensorValue } from "../value.ts";
import { windowsOf } from "../windows.ts";

const ranges: Readonly<Partial<Record<ElementType, readonly [number, number]>>> = {
  u8: [0, 255],
  i8: [-128, 127],
  u16: [0, 65535],
  i16: [-32768, 32767],
};

/** A scale or zero point beside the values: one number, one for each place of an axis, or one for each block of it. */
function beside(call: Call, x: TensorValue, one: TensorValue): Tensor {
  const tensor = one.device().cast(one.type === "f16" || one.type === "bf16" || one.type === "f32" ? "f32" : "i32");
  if (tensor.size === 1) return tensor.reshape([]);
  const axis = normalizeAxis(numberOf(call, "axis", 1), x.shape.length, call.node.operator);
  if (tensor.rank === 1) return tensor.reshape(x.shape.map((_, place) => (place === axis ? tensor.size : 1)));
  const block = numberOf(call, "block_size", 0);
  if (block === 0) return tensor;
  const apart = [...tensor.shape.slice(0, axis + 1), 1, ...tensor.shape.slice(axis + 1)];
  const spread = [...tensor.shape.slice(0, axis + 1), block, ...tensor.shape.slice(axis + 1)];
  const whole = tensor.shape.map((extent, place) => (place === axis ? extent * block : extent));
  const repeated = tensor.reshape(apart).broadcastTo(spread).reshape(whole);
  return repeated.slice(
    x.shape.map(() => 0),
    [...x.shape],
  );
}

function quantized(x: Tensor, scale: Tensor, zero: Tensor | undefined, type: ElementType): TensorValue {
  const [low, high] = ranges[type] ?? [0, 255];
  const steps = x.cast("f32").div(scale).round();
  const moved = zero === undefined ? steps : steps.add(zero.cast("f32"));
  return computed(type, moved.clip(low, high).cast("i32"));
}

function quantize(call: Call): TensorValue {
  const [x, scale, zero] = [input(call, 0), input(call, 1), optionalInput(call, 2)];
  const asked = optionalNumber(call, "output_dtype") ?? 0;
  const type = zero?.type ?? (asked === 0 ? "u8" : elementTypeOf(asked));
  return quantized(x.device(), beside(call, x, scale), zero === undefined ? undefined : beside(call, x, zero), type);
}

function dequantize(call: Call): TensorValue {
  const [x, scale, zero] = [input(call, 0), input(call, 1), optionalInput(call, 2)];
  const whole = x.device().cast("i32");
  const moved = zero === undefined ? whole : whole.sub(beside(call, x, zero));
  return computed(scale.type, moved.cast("f32").mul(beside(call, x, scale)));
}

/** To u8 by the range of the values, which includes 0. */
function dynamicQuantize(call: Call): TensorValue[] {
  const x = input(call, 0).device().cast("f32");
  const [most, least] = [x.max().maximum(0), x.min().minimum(0)];
  const scale = most.sub(least).div(255);
  const zero = least.neg().div(scale).round().clip(0, 255);
  return [quantized(x, scale, zero, "u8"), computed("f32", scale), computed("u8", zero.cast("i32"))];
}

/** An integer tensor less its zero point, which is one number or one for each row or column. */
function centred(x: TensorValue, zero: TensorValue | undefined, isRows: boolean): Tensor {
  const whole = x.device().cast("i32");
  if (zero === undefined) return whole.cast("f32");
  const tensor = zero.device().cast("i32");
  if (tensor.size === 1) return whole.sub(tensor.reshape([])).cast("f32");
  const isVector = tensor.rank === 1 && isRows;
  return whole.sub(isVector ? tensor.expandDims(-1) : tensor).cast("f32");
}

/** Products of bytes whose sums are exact in f32: 256 · 255² < 2^24. */
const stretch = 256;

function exactMatMul(x: Tensor, y: Tensor): Tensor {
  const depth = x.shape.at(-1) ?? 1;
  if (depth <= stretch) return x.matMul(y).cast("i32");
  const axis = Math.max(y.rank - 2, 0);
  const sums = Array.from({ length: inParts(Math.ceil(depth / stretch), "a product") }, (_, index) => {
    const [start, count] = [index * stretch, Math.min(stretch, depth - index * stretch)];
    const left = x.slice(
      x.shape.map((_, at) => (at === x.rank - 1 ? start : 0)),
      x.shape.map((extent, at) => (at === x.rank - 1 ? count : extent)),
    );
    const right = y.slice(
      y.shape.map((_, at) => (at === axis ? start : 0)),
      y.shape.map((extent, at) => (at === axis ? count : extent)),
    );
    return left.matMul(right).cast("i32");
  });
  const [first = x, ...others] = sums;
  return others.reduce((total, part) => total.add(part), first);
}

function matMulInteger(call: Call): TensorValue {
  const x = centred(input(call, 0), optionalInput(call, 2), true);
  return computed("i32", exactMatMul(x, centred(input(call, 1), optionalInput(call, 3), false)));
}

function quantizedMatMul(call: Call): TensorValue {
  const [x, y, zero] = [input(call, 0), input(call, 3), input(call, 7)];
  const product = exactMatMul(centred(x, input(call, 2), true), centred(y, input(call, 5), false)).cast("f32");
  const real = product.mul(input(call, 1).device().cast("f32").mul(input(call, 4).device()));
  return quantized(real, input(call, 6).device().cast("f32"), zero.device(), zero.type);
}

interface QuantizedConvolution {
  readonly x: TensorValue;
  readonly zero: TensorValue | undefined;
  readonly kernel: TensorValue;
  readonly kernelZero: TensorValue | undefined;
}

/** The convolution of integers with its channels last; exact while windows times channels stay within 256 products. */
function integerConvolution(call: Call, { x, zero, kernel, kernelZero }: QuantizedConvolution): Tensor {
  const windows = windowsOf(call, x.shape.slice(2), kernel.shape.slice(2));
  const pictures = toChannelsLast(x).cast("i32");
  const moved = zero === undefined ? pictures : pictures.sub(zero.device().cast("i32").reshape([]));
  const filters = kernel.device().cast("i32");
  const zeros = kernelZero?.device().cast("i32");
  const own =
    zeros === undefined
      ? filters
      : filters.sub(
          zeros.size === 1 ? zeros.reshape([]) : zeros.reshape([zeros.size, ...kernel.shape.slice(1).map(() => 1)]),
        );
  const spatial = kernel.shape.slice(2).map((_, axis) => axis + 2);
  return conv(moved.cast("f32"), own.cast("f32").transpose([...spatial, 1, 0]), {
    strides: windows.strides,
    padding: [windows.low, windows.high],
    dilation: windows.dilation,
    groups: numberOf(call, "group", 1),
  });
}

function convInteger(call: Call): TensorValue {
  const parts = {
    x: input(call, 0),
    kernel: input(call, 1),
    zero: optionalInput(call, 2),
    kernelZero: optionalInput(call, 3),
  };
  return computedChannelsLast("i32", integerConvolution(call, parts).cast("i32"));
}

function quantizedConvolution(call: Call): TensorValue {
  const parts = { x: input(call, 0), zero: input(call, 2), kernel: input(call, 3), kernelZero: input(call, 5) };
  const sums = integerConvolution(call, parts);
  const bias = optionalInput(call, 8);
  const whole = bias === undefined ? sums : sums.add(bias.device().cast("f32"));
  const scale = input(call, 1).device().cast("f32").mul(input(call, 4).device());
  const zero = input(call, 7);
  const result = quantized(
    whole.mul(scale),
    input(call, 6).device().cast("f32").reshape([]),
    zero.device().reshape([]),
    zero.type,
  );
  return computedChannelsLast(zero.type, result.device());
}

export const quantizedOperators: Operators = {
  QuantizeLinear: { run: (call) => [quantize(call)], frozen: [1, 2] },
  DequantizeLinear: { run: (call) => [dequantize(call)], frozen: [1, 2] },
  DynamicQuantizeLinear: { run: dynamicQuantize },
  MatMulInteger: { run: (call) => [matMulInteger(call)] },
  ConvInteger: { run: (call) => [convInteger(call)] },
  QLinearMatMul: { run: (call) => [quantizedMatMul(call)], frozen: [1, 4, 6] },
  QLinearConv: { run: (call) => [quantizedConvolution(call)], frozen: [1, 4, 6] },
};
