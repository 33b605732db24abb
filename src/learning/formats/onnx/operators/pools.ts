// Pools over windows and over whole pictures.

import { sizeOf } from "#engine/base/shape.ts";
import * as ops from "#engine/ops/index.ts";
import { arange, full } from "#engine/tensor/create.ts";
import { maxPool, where } from "#engine/tensor/math.ts";
import { Tensor } from "#engine/tensor/tensor.ts";
import { flag, input, numberOf, numbersAttribute, wrongNode, type Call, type Operators } from "../operator.ts";
import { inParts } from "../limits.ts";
import { computed, computedChannelsLast, toChannelsLast, type TensorValue } from "../value.ts";
import { windowsOf, type Windows } from "../windows.ts";

const lowest = Number.NEGATIVE_INFINITY;

function windowsOfPool(call: Call, x: TensorValue): Windows {
  const window = numbersAttribute(call, "kernel_shape");
  if (window === undefined) throw wrongNode(call, "attribute kernel_shape is missing");
  return windowsOf(call, x.shape.slice(2), window, flag(call, "ceil_mode"));
}

/** Whether the engine's own windows can be these. */
function isPlain({ window, dilation, low, high, beyond }: Windows): boolean {
  return window.every((extent, axis) => {
    const behind = (high[axis] ?? 0) + (beyond[axis] ?? 0);
    return dilation[axis] === 1 && (low[axis] ?? 0) < extent && behind < extent;
  });
}

const sums = (left: readonly number[], right: readonly number[]): number[] =>
  left.map((value, axis) => value + (right[axis] ?? 0));

function maxPooled(call: Call): TensorValue[] {
  const x = input(call, 0);
  const windows = windowsOfPool(call, x);
  if (call.node.outputs.length > 1 && call.node.outputs[1] !== "") return maxWithPlaces(call, x, windows);
  const pictures = toChannelsLast(x).cast("f32");
  if (!isPlain(windows)) return [computedChannelsLast(x.type, slowMax(pictures, windows))];
  const { window, strides, low, high, beyond } = windows;
  return [computedChannelsLast(x.type, maxPool(pictures, { window, strides, padding: [low, sums(high, beyond)] }))];
}

/** For each place of the window, what lies there for every output: strided parts of a padded picture. */
export function windowParts(x: Tensor, windows: Windows, fill: number): Tensor[] {
  const { window, strides, dilation, low, high, beyond } = windows;
  const behind = sums(high, beyond);
  const padded = x.pad([0, ...low, 0], [0, ...behind, 0], fill);
  const spatial = padded.shape.slice(1, -1);
  const counts = spatial.map(
    (extent, axis) =>
      Math.floor((extent - ((window[axis] ?? 1) - 1) * (dilation[axis] ?? 1) - 1) / (strides[axis] ?? 1)) + 1,
  );
  const [batch = 1, channels = 1] = [x.shape[0], x.shape.at(-1)];
  return placesOfWindow(window).map((place) =>
    padded.slice(
      [0, ...place.map((offset, axis) => offset * (dilation[axis] ?? 1)), 0],
      [batch, ...counts, channels],
      [1, ...strides, 1],
    ),
  );
}

function placesOfWindow(window: readonly number[]): number[][] {
  inParts(sizeOf(window), "a window");
  return window.reduce<number[][]>(
    (places, extent) => places.flatMap((place) => Array.from({ length: extent }, (_, offset) => [...place, offset])),
    [[]],
  );
}

function slowMax(x: Tensor, windows: Windows): Tensor {
  const [first = x, ...others] = windowParts(x, windows, lowest);
  return others.reduce((most, part) => most.maximum(part), first);
}

/** The largest of each window and where it lies in the whole tensor. */
function maxWithPlaces(call: Call, x: TensorValue, windows: Windows): TensorValue[] {
  const pictures = toChannelsLast(x).cast("f32");
  const places = placesIn(x.shape, flag(call, "storage_order"));
  const values = windowParts(pictures, windows, lowest);
  const indices = windowParts(places, windows, -1);
  let [most, at] = [values[0] ?? pictures, indices[0] ?? places];
  for (let index = 1; index < values.length; index += 1) {
    const [value, place] = [values[index] ?? most, indices[index] ?? at];
    const isMore = value.greater(most).or(at.less(0));
    [most, at] = [where(isMore, value, most), where(isMore, place, at)];
  }
  return [computedChannelsLast(x.type, most), computedChannelsLast("i64", at)];
}

/** Row-major places of a [batch, channels, ...spatial] tensor, with its channels last. */
function placesIn(shape: readonly number[], isColumnMajor: boolean): Tensor {
  const [batch = 1, channels = 1, ...spatial] = shape;
  const inner = sizeOf(spatial);
  const order = spatial.map((_, axis) => axis);
  const counted = isColumnMajor
    ? arange(inner).reshape(spatial.toReversed()).transpose(order.toReversed())
    : arange(inner).reshape(spatial);
  const planes = arange(batch * channels)
    .mul(inner)
    .reshape([batch, ...spatial.map(() => 1), channels]);
  return planes.add(counted.reshape([1, ...spatial, 1]));
}

function windowSum(x: Tensor, { window, strides, low, high, beyond }: Windows): Tensor {
  return new Tensor(ops.windowSum(x.cast("f32").node, { window, strides, low, high: sums(high, beyond) }));
}

function summed(x: Tensor, windows: Windows): Tensor {
  if (isPlain(windows)) return windowSum(x, windows);
  const [first = x, ...others] = windowParts(x, windows, 0);
  return others.reduce((total, part) => total.add(part), first);
}

function averagePooled(call: Call): TensorValue {
  const x = input(call, 0);
  const windows = windowsOfPool(call, x);
  const total = summed(toChannelsLast(x).cast("f32"), windows);
  const isEven = [...windows.low, ...windows.high, ...windows.beyond].every((extent) => extent === 0);
  if (isEven) return computedChannelsLast(x.type, total.mul(1 / sizeOf(windows.window)));
  const spatial = x.shape.slice(2);
  if (!flag(call, "count_include_pad")) {
    return computedChannelsLast(x.type, total.div(summed(full([1, ...spatial, 1], 1), windows)));
  }
  const none = spatial.map(() => 0);
  const whole = sums(sums(spatial, windows.low), windows.high);
  const counts = summed(full([1, ...whole, 1], 1), { ...windows, low: none, high: none });
  return computedChannelsLast(x.type, total.div(counts));
}

function normPooled(call: Call): TensorValue {
  const x = input(call, 0);
  const p = numberOf(call, "p", 2);
  const powers = toChannelsLast(x).cast("f32").abs().pow(p);
  return computedChannelsLast(x.type, summed(powers, windowsOfPool(call, x)).pow(1 / p));
}

const wholePicture = (change: (x: Tensor, axes: number[], call: Call) => Tensor): Operators[string] => ({
  run: (call) => {
    const x = input(call, 0);
    const spatial = x.shape.slice(2);
    if (x.channelsLast !== undefined) {
      const axes = spatial.map((_, axis) => axis + 1);
      return [computedChannelsLast(x.type, change(x.channelsLast.cast("f32"), axes, call))];
    }
    const axes = spatial.map((_, axis) => axis + 2);
    return [computed(x.type, change(x.device().cast("f32"), axes, call))];
  },
});

export const poolOperators: Operators = {
  MaxPool: { run: maxPooled },
  AveragePool: { run: (call) => [averagePooled(call)] },
  LpPool: { run: (call) => [normPooled(call)] },
  GlobalAveragePool: wholePicture((x, axes) => x.mean(axes, { keepDims: true })),
  GlobalMaxPool: wholePicture((x, axes) => x.max(axes, { keepDims: true })),
  GlobalLpPool: wholePicture((x, axes, call) => {
    const p = numberOf(call, "p", 2);
    return x
      .abs()
      .pow(p)
      .sum(axes, { keepDims: true })
      .pow(1 / p);
  }),
};
