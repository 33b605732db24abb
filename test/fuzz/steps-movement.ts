// Steps of random graphs that move values: no arithmetic but that of scattered sums.

import type { DType } from "#engine/base/dtype.ts";
import { sizeOf } from "#engine/base/shape.ts";
import type { Node } from "#engine/graph/graph.ts";
import * as ops from "#engine/ops/index.ts";
import type { Pool } from "./pool.ts";
import { limit, type Step } from "./step.ts";

const floats = ["f32", "f32", "f32", "f32", "f16", "bf16"] as const;
const movable: readonly DType[] = [...floats, "i32", "i32", "u8", "bool"];

export const movement: Readonly<Record<string, Step>> = {
  identity: moved((_pool, x) => ops.identity(x)),
  after: moved((pool, x) => ops.after(x, [pool.pick(pool.choices.of(movable)).node])),
  constant: (pool) => {
    pool.add(ops.constant(pool.choices.between(-4, 4) / 2, { dtype: "f32", shape: pool.shape() }), 2, true);
  },
  iota: (pool) => {
    const shape = pool.shape(1);
    const dtype = pool.choices.of(["f32", "i32"] as const);
    pool.add(ops.iota(shape, pool.choices.below(shape.length), dtype), 33, true);
  },
  reshape: moved((pool, x) => {
    const { shape } = x.type;
    const size = sizeOf(shape);
    const divisors = [2, 3, 4, 8].filter((divisor) => size % divisor === 0);
    if (divisors.length === 0) return ops.reshape(x, [size]);
    const divisor = pool.choices.of(divisors);
    return ops.reshape(x, pool.choices.of([[size], [size / divisor, divisor], [1, divisor, size / divisor]]));
  }),
  transpose: moved((pool, x) => {
    const keys = x.type.shape.map(() => pool.choices.below(10));
    return ops.transpose(
      x,
      [...keys.keys()].toSorted((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0)),
    );
  }),
  broadcastTo: moved((pool, x) => {
    const { shape } = x.type;
    if (sizeOf(shape) > 512 || shape.length > 3) return x;
    const widened = shape.map((extent) => (extent === 1 ? pool.choices.between(1, 4) : extent));
    return ops.broadcastTo(x, [pool.choices.between(1, 4), ...widened]);
  }),
  slice: moved((pool, x) => {
    const { shape } = x.type;
    const starts = shape.map((extent) => pool.choices.below(extent));
    const ends = shape.map((extent, axis) => pool.choices.between((starts[axis] ?? 0) + 1, Math.max(extent, 1)));
    const strides = shape.map(() => pool.choices.between(1, 3));
    return shape.includes(0) ? x : ops.slice(x, starts, ends, strides);
  }),
  pad: moved((pool, x) => {
    const numbers = (most: number): number[] => x.type.shape.map(() => pool.choices.between(0, most));
    const value = x.type.dtype === "bool" ? 1 : pool.choices.between(0, 2);
    return sizeOf(x.type.shape) > 1024 ? x : ops.pad(x, numbers(2), numbers(2), numbers(1), value);
  }),
  reverse: moved((pool, x) =>
    ops.reverse(
      x,
      [...x.type.shape.keys()].filter(() => pool.choices.chance(2)),
    ),
  ),
  concatenate: (pool) => {
    const x = pool.pick(pool.choices.of(movable), undefined, 1);
    const { dtype, shape } = x.node.type;
    const axis = pool.choices.below(shape.length);
    const others = Array.from({ length: pool.choices.between(1, 2) }, () => {
      const extent = pool.choices.between(0, 3);
      return pool.parameter({ dtype, shape: shape.map((own, index) => (index === axis ? extent : own)) });
    });
    pool.add(
      ops.concatenate([x.node, ...others.map(({ node }) => node)], axis),
      Math.max(x.bound, ...others.map(({ bound }) => bound)),
      x.isExact,
    );
  },
  takeRows: (pool) => {
    const table = pool.pick(pool.choices.of(movable), ({ node }) => !node.type.shape.includes(0), 1);
    if (table.node.type.shape.includes(0)) return;
    // Now and then outside: a gather clamps.
    const index = pool.pick("i32", ({ node }) => sizeOf(node.type.shape) <= 32);
    const row = sizeOf(table.node.type.shape.slice(1));
    if (row * sizeOf(index.node.type.shape) > 4096 || index.node.type.shape.length > 3) return;
    pool.add(ops.takeRows(table.node, index.node), table.bound, table.isExact);
  },
  scatterAddRows: (pool) => {
    const base = pool.pickBounded(limit, 1);
    const rows = pool.choices.of([0, 1, 2, 5, 9, 40]);
    const { shape } = base.node.type;
    const index = pool.parameter({ dtype: "i32", shape: [rows] }, (shape[0] ?? 0) + 2);
    const updates = pool.parameter({ dtype: "f32", shape: [rows, ...shape.slice(1)] });
    pool.add(ops.scatterAddRows(base.node, index.node, updates.node), base.bound + 60, false);
  },
  randomBits: (pool) => {
    const key = pool.parameter({ dtype: "i32", shape: [2] }, 1000).node;
    const stream = pool.parameter({ dtype: "i32", shape: [] }, 1000).node;
    const bits = ops.randomBits(key, stream, { shape: pool.shape(), domain: pool.choices.below(2) });
    const shift = ops.constant(20, bits.type);
    if (pool.choices.chance(3)) pool.add(bits, 2 ** 31, true);
    else pool.add(ops.shiftRightLogical(bits, shift), 2 ** 12, true);
  },
};

function moved(move: (pool: Pool, x: Node) => Node): Step {
  return (pool) => {
    const x = pool.pick(pool.choices.of(movable));
    const node = move(pool, x.node);
    if (node !== x.node) pool.add(node, Math.max(x.bound, 2), x.isExact);
  };
}
