// Reductions over the same rows, and what follows them, against the oracle: one kernel where the compiler may fuse.

import { afterAll, describe, expect, test } from "vitest";
import "#entry/install-node.ts";
import { createJsDevice } from "#engine/runtime/js-device.ts";
import { DeviceQueue } from "#engine/runtime/queue.ts";
import { createWasmDevice } from "#engine/runtime/wasm-device.ts";
import { tensor } from "#engine/tensor/create.ts";
import { grad, jit } from "#engine/tensor/transforms.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { errorOf } from "./compare.ts";
import { makeSample } from "./samples.ts";
import { fuzzGradientTolerance } from "../tolerances.ts";

const oracle = new DeviceQueue(createJsDevice({ precision: "f64" }));
const devices = [1, 2].map((threads) => new DeviceQueue(createWasmDevice({ threads })));
afterAll(() => Promise.all([oracle, ...devices].map(({ device }) => device.close())));

type Compute = (x: Tensor, y: Tensor) => Tensor | Tensor[];

/** Runs it everywhere; gives how many kernels it took. */
async function kernelsOf(compute: Compute, shape: readonly number[]): Promise<number> {
  const make = (seed: number): Tensor =>
    tensor(makeSample({ kind: "normal", type: { dtype: "f32", shape } }, seed), { shape });
  const [x, y] = [make(1), make(2)];
  const results = async (device: DeviceQueue): Promise<(Float32Array | Float64Array)[]> => {
    const value = jit(compute, { device })(x, y);
    const all = Array.isArray(value) ? value : [value];
    return Promise.all(all.map(async (one) => Float64Array.from(await one.data())));
  };
  const expected = await results(oracle);
  for (const device of devices) {
    for (const [index, value] of (await results(device)).entries()) {
      expect(errorOf(value, expected[index]!, "f32")).toBeLessThan(fuzzGradientTolerance);
    }
  }
  const text = await jit(compute, { device: devices[0]! }).explain(x, y);
  return Number(text.match(/^(\d+) kernels/)?.[1]);
}

const softmax = (x: Tensor, axis: number): Tensor => {
  const raised = x.sub(x.max(axis, { keepDims: true })).exp();
  return raised.div(raised.sum(axis, { keepDims: true }));
};
const logSoftmax = (x: Tensor, axis: number): Tensor => {
  const shifted = x.sub(x.max(axis, { keepDims: true }));
  return shifted.sub(shifted.exp().sum(axis, { keepDims: true }).log());
};
const norm = (x: Tensor, axes: number[]): Tensor => {
  const centred = x.sub(x.mean(axes, { keepDims: true }));
  return centred.div(centred.mul(centred).mean(axes, { keepDims: true }).add(1e-3).sqrt());
};

describe.each([
  { shape: [5, 7] },
  { shape: [33, 4] },
  { shape: [64, 130] },
  { shape: [2, 3] },
  { shape: [9, 1] },
  { shape: [3, 5, 6] },
])("$shape", ({ shape }) => {
  const last = shape.length - 1;
  test("softmax, log-softmax and norm over the last axis are one kernel", async () => {
    expect(await kernelsOf((x) => softmax(x, last), shape)).toBe(1);
    expect(await kernelsOf((x) => logSoftmax(x, last), shape)).toBe(1);
    expect(await kernelsOf((x) => norm(x, [last]), shape)).toBe(1);
  });
  test("and over the first", async () => {
    expect(await kernelsOf((x) => softmax(x, 0), shape)).toBe(1);
    expect(await kernelsOf((x) => norm(x, [0]), shape)).toBe(1);
  });
  test("gradients agree", async () => {
    await kernelsOf((x, y) => grad((one: Tensor) => softmax(one, last).mul(y).sum())(x), shape);
    await kernelsOf((x, y) => grad((one: Tensor) => logSoftmax(one, last).mul(y).sum())(x), shape);
    await kernelsOf((x, y) => grad((one: Tensor) => norm(one, [last]).mul(y).sum())(x), shape);
  });
  test("what a row gives may be kept beside what its elements give", async () => {
    const compute: Compute = (x, y) => {
      const highest = x.max(last, { keepDims: true });
      const raised = x.sub(highest).exp();
      const total = raised.mul(y).sum(last);
      return [raised, total, total.mul(total).add(1).log(), raised.sum(last), x.min(last)];
    };
    expect(await kernelsOf(compute, shape)).toBe(1);
  });
});

test("rows over axes in the middle", async () => {
  expect(await kernelsOf((x) => norm(x, [1, 2]), [3, 4, 5, 6])).toBe(1);
  expect(await kernelsOf((x) => norm(x, [2]), [3, 4, 5, 6])).toBe(1);
});

test("an element that needs another row's result waits for all rows", async () => {
  const compute: Compute = (x) => x.mul(x.max(1, { keepDims: true }).transpose());
  expect(await kernelsOf(compute, [6, 6])).toBe(2);
});

test("independent reductions of one array share its walk, also where it is split", async () => {
  expect(await kernelsOf((x, y) => [x.sum(1), x.mul(y).sum(1), x.max(1)], [12, 40])).toBe(1);
  expect(await kernelsOf((x, y) => [x.sum(), x.mul(y).sum()], [500, 700])).toBe(2);
});

test("a long row is not held up by what follows it", async () => {
  expect(await kernelsOf((x) => x.sub(x.max()), [300, 400])).toBe(3);
});

test("reductions that wait for each other through another kernel stay apart", async () => {
  const compute: Compute = (x, y) => {
    const first = x.sum(1, { keepDims: true });
    const sorted = y.mul(first.transpose()).sum(0, { keepDims: true }).transpose();
    return [x.mul(sorted).sum(1), first];
  };
  await kernelsOf(compute, [16, 16]);
});
