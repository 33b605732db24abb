// The orthogonal initializer: orthonormal vectors, their gain, and no direction that is preferred.

import "#entry/install-node.ts";
import { beforeAll, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { key } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit } from "#engine/tensor/transforms.ts";
import { initializers, initialValue } from "#learning/nn/initializers.ts";

beforeAll(() => useDevice("js"));

const drawn = (shape: readonly number[], gain: number, seed: number): Tensor =>
  initialValue(initializers.orthogonal({ gain }), shape, key(seed));

test.each([
  [[12, 12], 1],
  [[30, 7], 2],
  [[5, 40], 0.5],
  [[3, 3, 2, 8], 1],
  [[1, 4], 3],
])("%o with gain %d has orthonormal vectors on its shorter side", async (shape, gain) => {
  const columns = shape.at(-1)!;
  const rows = shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
  const matrix = drawn(shape, gain, 3).reshape([rows, columns]);
  const gram = await (rows < columns ? matrix.matMul(matrix.transpose()) : matrix.transpose().matMul(matrix)).data();
  const size = Math.min(rows, columns);
  gram.forEach((value, at) => {
    expect(Math.abs(value / gain ** 2 - Number(at % (size + 1) === 0))).toBeLessThan(5e-6);
  });
});

test("the values have the moments of an evenly spread matrix, and other seeds give others", async () => {
  const size = 8;
  const draws = await Promise.all(Array.from({ length: 40 }, (_, seed) => drawn([size, size], 1, seed).data()));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const corner = draws.map((values) => values[0] ?? 0);
  expect(new Set(corner).size).toBe(corner.length);
  const all = draws.flatMap((values) => Array.from(values));
  expect(Math.abs(mean(all))).toBeLessThan(0.02);
  // E x⁴ = 3 / (n (n + 2)) for a uniformly random unit vector's entry.
  expect(mean(all.map((value) => value ** 4)) * size * (size + 2)).toBeCloseTo(3, 0);
});

test("it may be part of a compiled function", async () => {
  const compiled = jit((from: Tensor) => initialValue(initializers.orthogonal(), [4, 3], from));
  expect(await compiled(key(5)).data()).toEqual(await drawn([4, 3], 1, 5).data());
});

test("one axis is refused", () => {
  expect(() => drawn([4], 1, 0)).toThrow("orthogonal: shape [4] has no matrix");
});
