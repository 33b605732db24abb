// Chains in which each value is used several times, as a search by halves: compiling takes time by their length, not by the
// number of ways through them.

import { expect, test } from "vitest";
import "#entry/install-node.ts";
import { tensor } from "#engine/tensor/create.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit } from "#engine/tensor/transforms.ts";

const numHalvings = 24;

/** A bound above the fifth and the seventh largest value of two rows, found by halves. */
function search(values: Tensor, wanted: Tensor): Tensor {
  let high = values.max(1, { keepDims: true });
  let low = high.mul(0);
  for (let step = 0; step < numHalvings; step += 1) {
    const middle = low.add(high).mul(0.5);
    const numAbove = values.greaterEqual(middle).cast("f32").sum(1, { keepDims: true });
    const isLow = numAbove.greater(wanted);
    low = where(isLow, middle, low);
    high = where(isLow, high, middle);
  }
  return high;
}

test("a search by halves compiles in time and finds what it should", { timeout: 30_000 }, async () => {
  await useDevice("wasm", { threads: 1 });
  const values = Array.from({ length: 200 }, (_, index) => ((index * 37) % 101) / 101);
  const found = await jit(search)(tensor(values, { shape: [2, 100] }), tensor([[5], [7]])).data();
  await closeDevice();
  const rows = [values.slice(0, 100), values.slice(100)].map((row) => row.toSorted((a, b) => b - a));
  for (const [row, wanted] of [5, 7].entries()) {
    expect(found[row]).toBeGreaterThan((rows[row]?.[wanted] ?? 1) - 1e-5);
    expect(found[row]).toBeLessThanOrEqual((rows[row]?.[wanted - 1] ?? 0) + 1e-5);
  }
});
