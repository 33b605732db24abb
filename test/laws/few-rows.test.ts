// Products of a few rows: the right side is read, or computed, where it is multiplied, whatever the left side is; weights
// that are stored in fewer bits are never written out in full length.

import { afterAll, expect, test } from "vitest";
import type { Node } from "#engine/graph/graph.ts";
import * as ops from "#engine/ops/index.ts";
import { openDevices } from "./graph-devices.ts";

const devices = openDevices();
afterAll(() => devices.close());

const parameter = (dtype: Node["type"]["dtype"], ...shape: number[]): Node => ops.parameter({ dtype, shape });
const times = (left: Node, right: Node): Node => ops.dot(left, right, { leftContract: [1], rightContract: [0] });
const wide = (x: Node, shape: readonly number[]): Node => ops.broadcastTo(x, shape);
const number = (value: number, like: Node): Node =>
  wide(ops.constant(value, { dtype: like.type.dtype, shape: [] }), like.type.shape);

/** Bytes with a scale for each 32 of the depth. */
function eightBits(depth: number, columns: number): { readonly parameters: Node[]; readonly weight: Node } {
  const shape = [depth / 32, 32, columns];
  const [bytes, scales] = [parameter("u8", ...shape), parameter("f16", depth / 32, 1, columns)];
  const middle = ops.cast(bytes, "f32");
  const scaled = ops.multiply(ops.subtract(middle, number(128, middle)), wide(ops.cast(scales, "f32"), shape));
  return { parameters: [bytes, scales], weight: ops.reshape(scaled, [depth, columns]) };
}

/** Two numbers a byte: the lower ones are the first 16 of a block. */
function fourBits(depth: number, columns: number): { readonly parameters: Node[]; readonly weight: Node } {
  const [bytes, scales] = [parameter("u8", depth / 32, 1, 16, columns), parameter("f16", depth / 32, 1, 1, columns)];
  const shape = [depth / 32, 2, 16, columns];
  const both = wide(ops.cast(bytes, "i32"), shape);
  const half = ops.iota(shape, 1, "i32");
  const shifted = ops.shiftRightLogical(both, ops.multiply(half, number(4, half)));
  const nibble = ops.cast(ops.subtract(ops.bitwiseAnd(shifted, number(15, shifted)), number(8, shifted)), "f32");
  const scaled = ops.multiply(nibble, wide(ops.cast(scales, "f32"), shape));
  return { parameters: [bytes, scales], weight: ops.reshape(scaled, [depth, columns]) };
}

const kinds = {
  eightBits,
  fourBits,
  bf16: (depth: number, columns: number) => {
    const stored = parameter("bf16", depth, columns);
    return { parameters: [stored], weight: ops.cast(stored, "f32") };
  },
  f32: (depth: number, columns: number) => {
    const stored = parameter("f32", depth, columns);
    return { parameters: [stored], weight: stored };
  },
};

test.each(Object.entries(kinds))("%s", { timeout: 60_000 }, async (_name, make) => {
  for (const [rows, depth, columns] of [
    [1, 512, 128],
    [1, 2048, 201],
    [3, 96, 131],
    [4, 160, 77],
    [1, 64, 640],
  ] as const) {
    const { parameters, weight } = make(depth, columns);
    const [x, scale, bias] = [parameter("f32", rows, depth), parameter("f32", depth), parameter("f32", columns)];
    const bare = await devices.check([x, ...parameters], times(x, weight), 1e-5);
    for (const text of bare) expect(text).toMatch(/^1 kernels, arena 0.0 MiB/);
    const scaled = ops.multiply(x, wide(scale, [rows, depth]));
    const product = times(scaled, weight);
    const output = ops.relu(ops.add(product, wide(bias, product.type.shape)));
    await devices.check([x, scale, bias, ...parameters], output, 1e-5);
  }
});

test.each([1, 5, 40])("%i rows times a table of bytes, a scale for each 32 of a row", async (rows) => {
  for (const [words, depth] of [
    [129, 96],
    [77, 320],
  ] as const) {
    const shape = [words, depth / 32, 32];
    const [bytes, scales] = [parameter("u8", ...shape), parameter("f16", words, depth / 32, 1)];
    const [x, gain] = [parameter("f32", rows, depth), parameter("f32", depth)];
    const scaled = ops.multiply(ops.cast(bytes, "f32"), wide(ops.cast(scales, "f32"), shape));
    const table = ops.transpose(ops.reshape(scaled, [words, depth]), [1, 0]);
    await devices.check([bytes, scales, x], times(x, table), 1e-5);
    const left = ops.multiply(x, wide(gain, [rows, depth]));
    await devices.check([bytes, scales, x, gain], times(left, table), 1e-5);
  }
});

test("a right side for each place of a batch", async () => {
  const [left, right, scale] = [parameter("f32", 3, 2, 48), parameter("bf16", 3, 48, 96), parameter("f32", 3, 1, 96)];
  const scaled = ops.multiply(ops.cast(right, "f32"), wide(scale, [3, 48, 96]));
  const product = ops.dot(left, scaled, {
    leftContract: [2],
    rightContract: [1],
    leftBatch: [0],
    rightBatch: [0],
  });
  await devices.check([left, right, scale], product, 1e-5);
});

test("splits of a long depth, into parts that hold no whole blocks, too", async () => {
  const { parameters, weight } = eightBits(4096, 64);
  const x = parameter("f32", 2, 4096);
  await devices.check([x, ...parameters], times(x, weight), 1e-5);
  for (const rows of [1, 2]) {
    const [bytes, scales] = [parameter("u8", 80, 48, 64), parameter("f32", 80, 1, 64)];
    const scaled = ops.multiply(ops.cast(bytes, "f32"), wide(scales, [80, 48, 64]));
    const left = parameter("f32", rows, 3840);
    await devices.check([left, bytes, scales], times(left, ops.reshape(scaled, [3840, 64])), 1e-5);
    const [turned, own] = [parameter("u8", 64, 80, 48), parameter("f32", 64, 80, 1)];
    const table = ops.reshape(ops.multiply(ops.cast(turned, "f32"), wide(own, [64, 80, 48])), [64, 3840]);
    await devices.check([left, turned, own], times(left, ops.transpose(table, [1, 0])), 1e-5);
  }
});

test("one row times a matrix whose memory runs along the depth", async () => {
  for (const [depth, columns] of [
    [64, 640],
    [320, 77],
    [2048, 129],
    [72, 512],
    [1280, 16],
  ] as const) {
    const [x, gain, right] = [parameter("f32", 1, depth), parameter("f32", depth), parameter("f32", columns, depth)];
    const turned = ops.transpose(right, [1, 0]);
    await devices.check([x, right], times(x, turned), 1e-5);
    const scaled = ops.multiply(x, wide(gain, [1, depth]));
    const [bias, product] = [parameter("f32", columns), times(scaled, turned)];
    const output = ops.relu(ops.add(product, wide(bias, [1, columns])));
    await devices.check([x, gain, right, bias], output, 1e-5);
  }
});
