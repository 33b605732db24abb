// Steps of random graphs over windows: pooling, convolutions, matrix products, and their gradients.

import { sizeOf } from "#engine/base/shape.ts";
import type { Node } from "#engine/graph/graph.ts";
import * as ops from "#engine/ops/index.ts";
import type { Pool } from "./pool.ts";
import { limit, type Step } from "./step.ts";

/** Options of windows that fit the spatial extents; undefined where nothing fits. */
function windowsOver(pool: Pool, x: Node): ops.WindowOptions | undefined {
  if (x.type.shape.includes(0)) return undefined;
  const spatial = x.type.shape.slice(1, -1);
  const window = spatial.map((extent) => pool.choices.between(1, Math.min(3, Math.max(extent, 1))));
  const strides = spatial.map(() => pool.choices.between(1, 3));
  const below = window.map((extent) => pool.choices.below(extent));
  const behind = window.map((extent) => pool.choices.below(extent));
  return { window, strides, low: below, high: behind };
}

export const windows: Readonly<Record<string, Step>> = {
  windowMax: (pool) => {
    const x = pool.pickKinked(3);
    const options = windowsOver(pool, x.node);
    if (options === undefined) return;
    pool.add(ops.windowMax(x.node, options), x.bound, x.isExact);
  },
  windowArgmax: (pool) => {
    const x = pool.pickExact("f32", 3);
    const options = windowsOver(pool, x.node);
    if (options === undefined) return;
    const argmax = ops.windowArgmax(x.node, options);
    pool.add(argmax, 27, true);
    const values = pool.parameter({ dtype: "f32", shape: argmax.type.shape });
    const spatial = x.node.type.shape.slice(1, -1);
    pool.add(ops.windowMaxGradient(argmax, values.node, { ...options, spatial }), values.bound * 27, false);
    const taken = pool.parameter(x.node.type);
    pool.add(ops.windowTake(argmax, taken.node, options), taken.bound, true);
  },
  windowSum: (pool) => {
    const x = pool.pickBounded(limit, 3);
    const options = windowsOver(pool, x.node);
    if (options === undefined) return;
    const sums = pool.add(ops.windowSum(x.node, options), x.bound * 27, false);
    const spatial = x.node.type.shape.slice(1, -1);
    if (pool.choices.chance(3)) {
      pool.add(ops.windowSumGradient(pool.tame(sums, limit).node, { ...options, spatial }), limit * 27, false);
    }
  },
};

export const contractions: Readonly<Record<string, Step>> = {
  dot: (pool) => {
    const x = pool.pickBounded(30, 1);
    const { shape } = x.node.type;
    const first = pool.choices.below(shape.length);
    const roles = shape.map((_, axis) =>
      axis === first ? "contract" : pool.choices.of(["free", "free", "batch", "contract"] as const),
    );
    const axesOf = (role: string): number[] => [...shape.keys()].filter((axis) => roles[axis] === role);
    const [contract, batch] = [axesOf("contract"), axesOf("batch")];
    const paired = [...contract, ...batch];
    const free = Array.from({ length: pool.choices.between(0, 2) }, () => pool.choices.of([1, 3, 8, 17]));
    const extents = [...paired.map((axis) => shape[axis] ?? 0), ...free];
    const keys = extents.map(() => pool.choices.below(10));
    const order = [...extents.keys()].toSorted((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
    const numOutputs = sizeOf(shape.filter((_, axis) => roles[axis] !== "contract")) * sizeOf(free);
    if (sizeOf(extents) > 2 ** 13 || numOutputs > 2 ** 14) return;
    const y = pool.parameter({ dtype: "f32", shape: order.map((index) => extents[index] ?? 0) });
    const placeOf = (axis: number): number => order.indexOf(paired.indexOf(axis));
    const made = ops.dot(x.node, y.node, {
      leftContract: contract,
      rightContract: contract.map(placeOf),
      leftBatch: batch,
      rightBatch: batch.map(placeOf),
    });
    pool.add(made, x.bound * y.bound * sizeOf(contract.map((axis) => shape[axis] ?? 0)), false);
  },
  convolve: (pool) => {
    const x = pool.pickBounded(30, 3);
    const { shape } = x.node.type;
    const channels = shape.at(-1) ?? 0;
    if (shape.includes(0) || sizeOf(shape) > 2500 || shape.length > 5) return;
    const groups = groupsOf(pool, channels);
    const spatial = shape.slice(1, -1);
    const dilation = spatial.map((extent) => (extent > 4 ? pool.choices.between(1, 2) : 1));
    const most = pool.choices.of([1, 3, 3, 5]);
    const kernel = spatial.map((extent, axis) =>
      pool.choices.between(1, Math.min(most, Math.floor((extent - 1) / (dilation[axis] ?? 1)) + 1)),
    );
    const numbers = (low: number, high: number): number[] => spatial.map(() => pool.choices.between(low, high));
    const options = { strides: numbers(1, 3), low: numbers(0, 2), high: numbers(0, 2), dilation, groups };
    const outputs = groups * pool.choices.of(groups > 2 ? [1, 2, 3] : [1, 2, 4, 9, 16, 32]);
    const filter = pool.parameter({ dtype: "f32", shape: [...kernel, channels / groups, outputs] });
    const made = ops.convolve(x.node, filter.node, options);
    const bound = x.bound * filter.bound * sizeOf(kernel) * channels;
    pool.add(made, bound, false);
    if (!pool.choices.chance(3)) return;
    const cotangent = pool.parameter(made.type);
    pool.add(ops.convolveInputGradient(filter.node, cotangent.node, { ...options, spatial }), 36 * 9 * outputs, false);
    const toFilter = ops.convolveFilterGradient(x.node, cotangent.node, { ...options, kernel });
    pool.add(toFilter, x.bound * 6 * sizeOf(made.type.shape), false);
  },
  convolveTransposed: (pool) => {
    const x = pool.pickBounded(30, 3);
    const { shape } = x.node.type;
    const channels = shape.at(-1) ?? 0;
    if (shape.includes(0) || sizeOf(shape) > 1000 || shape.length > 4) return;
    const groups = groupsOf(pool, channels);
    const numbers = (low: number, high: number): number[] =>
      shape.slice(1, -1).map(() => pool.choices.between(low, high));
    const [kernel, strides, dilation] = [numbers(1, 3), numbers(1, 3), numbers(1, 2)];
    const [low, high] = [numbers(0, 1), numbers(0, 1)];
    const spatial = kernel.map((extent, axis) => {
      const stride = strides[axis] ?? 1;
      const reach = (extent - 1) * (dilation[axis] ?? 1) + 1;
      const least = ((shape[axis + 1] ?? 1) - 1) * stride + reach - (low[axis] ?? 0) - (high[axis] ?? 0);
      return least + pool.choices.below(stride);
    });
    if (spatial.some((extent) => extent < 1)) return;
    const inputs = pool.choices.of([1, 2, 4, 9, 16]);
    const filter = pool.parameter({ dtype: "f32", shape: [...kernel, inputs, channels] });
    const options = { strides, low, high, dilation, groups, spatial };
    const made = ops.convolveInputGradient(filter.node, x.node, options);
    pool.add(made, x.bound * filter.bound * sizeOf(kernel) * channels, false);
  },
};

/** Mostly one group; else two, or one for each channel. */
function groupsOf(pool: Pool, channels: number): number {
  return pool.choices.of([1, 1, 1, channels % 2 === 0 ? 2 : 1, channels]);
}
