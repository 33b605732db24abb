// Random numbers from explicit keys: equal keys give equal numbers on every device and any number of threads.

import { SinterError } from "#engine/base/error.ts";
import type { Shape } from "#engine/base/shape.ts";
import * as ops from "#engine/ops/index.ts";
import { full, tensor } from "#engine/tensor/create.ts";
import { Tensor } from "#engine/tensor/tensor.ts";

/** A key from a seed (an integer). */
export function key(seed: number): Tensor {
  if (!Number.isSafeInteger(seed)) {
    throw new SinterError("value", `key: seed ${seed} is no integer. Use a whole number.`, { seed });
  }
  return tensor(Int32Array.of(seed | 0, Math.floor(seed / 2 ** 32) | 0));
}

/** A new key from a key and a number; different numbers give independent keys. */
export function fold(parent: Tensor, number: number | Tensor): Tensor {
  const stream = typeof number === "number" ? full([], number | 0, { dtype: "i32" }) : number.cast("i32").reshape([]);
  return new Tensor(ops.randomBits(parent.node, stream.node, { shape: [2], domain: 1 }));
}

/** Uniform f32 numbers in [low, high). */
export function uniform(from: Tensor, shape: Shape, options: { low?: number; high?: number } = {}): Tensor {
  const { low = 0, high = 1 } = options;
  return unit(from, shape, 0)
    .mul(high - low)
    .add(low);
}

/** Normal f32 numbers, by the transform of Box and Muller. */
export function normal(from: Tensor, shape: Shape, options: { mean?: number; stddev?: number } = {}): Tensor {
  const { mean = 0, stddev = 1 } = options;
  const radius = unit(from, shape, 0).neg().log1p().mul(-2).sqrt();
  const angle = unit(from, shape, 1).mul(2 * Math.PI);
  return radius.mul(angle.cos()).mul(stddev).add(mean);
}

/** True with probability `p`. */
export function bernoulli(from: Tensor, shape: Shape, p: number | Tensor): Tensor {
  return unit(from, shape, 0).less(p);
}

/** 24 random bits as f32 in [0, 1). */
function unit(from: Tensor, shape: Shape, stream: number): Tensor {
  const bits = ops.randomBits(from.node, ops.constant(stream, { dtype: "i32", shape: [] }), { shape, domain: 0 });
  const shift = ops.broadcastTo(ops.constant(8, { dtype: "i32", shape: [] }), shape);
  return new Tensor(ops.shiftRightLogical(bits, shift)).cast("f32").mul(2 ** -24);
}
