// Pools over windows and over whole pictures.

import { BugError } from "#engine/base/error.ts";
import { sizeOf } from "#engine/base/shape.ts";
import * as ops from "#engine/ops/index.ts";
import { arange, full } from "#engine/tensor/create.ts";
import { maxPool, where } from "#engine/tensor/math.ts";
import { Tensor } from "#engine/tensor/tensor.ts";
import { inParts } from "../limits.ts";
import { flag, input, numberOf, numbersAttribute, wrongNode, type Call, type Operators } from "../operator.ts";
import { computed, computedChannelsLast, toChannelsLast, type TensorValue } from "../value.ts";
import { isSensible, windowsOf, type Windows } from "../windows.ts";

const lowest = Number.NEGATIVE_INFINITY;

function windowsOfPool(call: Call, x: TensorValue): Windows {
  const window = numbersAttribute(call, "kernel_shape");
  if (window === undefined) throw wrongNode(call, "attribute kernel_shape is missing");
  const spatial = x.shape.slice(2);
  if (!isSensible(window, spatial))
    throw wrongNode(call, `kernel_shape [${window.join(", ")}] over [${spatial.join(", ")}]`);
  return windowsOf(call, spatial, window, flag(call, "ceil_mode"));
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

/** A picture with its edges, of which every window lies inside. */
function padded(x: Tensor, { low, high, beyond }: Windows, fill: number): Tensor {
  return x.pad([0, ...low, 0], [0, ...sums(high, beyond), 0], fill);
}

/** Along one spatial axis, for each place of the window what lies there for every output: strided parts of a padded picture. */
function axisParts(x: Tensor, axis: number, { window, strides, dilation }: Windows): Tensor[] {
  const [extent, step, stride] = [window[axis] ?? 1, dilation[axis] ?? 1, strides[axis] ?? 1];
  const at = axis + 1;
  const count = Math.floor(((x.shape[at] ?? 1) - (extent - 1) * step - 1) / stride) + 1;
  const along = (own: number, others: readonly number[]): number[] =>
    others.map((other, index) => (index === at ? own : other));
  const [starts, ones] = [x.shape.map(() => 0), x.shape.map(() => 1)];
  return Array.from({ length: inParts(extent, "a window") }, (_, place) =>
    x.slice(along(place * step, starts), along(count, x.shape), along(stride, ones)),
  );
}

/** All items as one, in pairs: a program of many places is not as deep as they are many. */
function paired<Item>(items: readonly Item[], combine: (left: Item, right: Item) => Item): Item {
  const [first, second] = items;
  if (first === undefined) throw new BugError("a window without places");
  if (second === undefined) return first;
  const middle = Math.ceil(items.length / 2);
  return combine(paired(items.slice(0, middle), combine), paired(items.slice(middle), combine));
}

/** Combines each window of a padded picture axis by axis: as many parts as its sides are long together. */
function overWindows(x: Tensor, windows: Windows, combine: (left: Tensor, right: Tensor) => Tensor): Tensor {
  return windows.window.reduceRight((picture, _, axis) => paired(axisParts(picture, axis, windows), combine), x);
}

function slowMax(x: Tensor, windows: Windows): Tensor {
  return overWindows(padded(x, windows, lowest), windows, (left, right) => left.maximum(right));
}

/** The largest of each window and where it lies in the whole tensor; of equal ones the first. */
function maxWithPlaces(call: Call, x: TensorValue, windows: Windows): TensorValue[] {
  const values = padded(toChannelsLast(x).cast("f32"), windows, lowest);
  const places = padded(placesIn(x.shape, flag(call, "storage_order")), windows, -1);
  const [most, at] = windows.window.reduceRight<readonly [Tensor, Tensor]>(
    ([value, place], _, axis) => {
      const indices = axisParts(place, axis, windows);
      const parts = axisParts(value, axis, windows).map((part, index) => [part, indices[index] ?? place] as const);
      return paired(parts, larger);
    },
    [values, places],
  );
  return [computedChannelsLast(x.type, most), computedChannelsLast("i64", at)];
}

function larger(
  [most, at]: readonly [Tensor, Tensor],
  [value, place]: readonly [Tensor, Tensor],
): readonly [Tensor, Tensor] {
  const isMore = value.greater(most).or(at.less(0));
  return [where(isMore, value, most), where(isMore, place, at)];
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
  return overWindows(padded(x, windows, 0), windows, (left, right) => left.add(right));
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
