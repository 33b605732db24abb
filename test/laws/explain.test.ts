// What explain tells of a compiled function: its kernels always, their times on a device that measures.

import { afterEach, expect, test } from "vitest";
import {
  closeDevice,
  conv,
  jit,
  layers,
  scan,
  sequential,
  tensor,
  useDevice,
  zeros,
  type Tensor,
} from "../../src/entry/node.ts";

afterEach(() => closeDevice());

const halve = jit((x) => x.div(x.sum()));

test("kernels with their work, before any run", async () => {
  await useDevice("wasm", { threads: 1 });
  const text = await halve.explain(tensor([1, 3]));
  expect(text).toMatch(/^1 kernels, arena [\d.]+ MiB, compiled in \d+ ms\n/);
  expect(text).toContain("reduceSum");
});

test("times, on a device that profiles", async () => {
  await useDevice("wasm", { threads: 1, profile: true });
  const x = tensor([1, 3]);
  expect(Array.from(await halve(x).data())).toEqual([0.25, 0.75]);
  expect(await halve.explain(x)).toMatch(/ms a run \(mean of 1\)/);
});

test("floating point operations are counted, not what finds their operands", async () => {
  await useDevice("wasm", { threads: 1 });
  const depthwise = jit((x, kernel) => conv(x, kernel, { groups: 16 }));
  const text = await depthwise.explain(zeros([1, 32, 32, 16]), zeros([3, 3, 1, 16]));
  const [, mflop] = text.split("\n")[2]?.trim().split(/ +/) ?? [];
  expect(Number(mflop)).toBeCloseTo((30 * 30 * 16 * 2 * 9) / 1e6, 2);
});

test("the kernels of a loop stand once, with the work and the time of all iterations", async () => {
  await useDevice("wasm", { threads: 1, profile: true });
  const step = (sum: Tensor, x: Tensor): { carry: Tensor; output: Tensor } => ({
    carry: sum.add(x),
    output: sum.mul(x),
  });
  const total = jit((xs: Tensor) => scan(step, zeros([1000]), xs));
  const xs = zeros([7, 1000]);
  await total(xs).carry.data();
  const lines = (await total.explain(xs)).split("\n").filter((line) => line.endsWith(" x 7"));
  expect(lines).toHaveLength(1);
  const [, mflop, , , milliseconds] = lines[0]?.trim().split(/ +/) ?? [];
  expect(Number(mflop)).toBeCloseTo((7 * 2 * 1000) / 1e6, 2);
  expect(Number(milliseconds)).toBeGreaterThan(0);
});

test("a model's train step, and its prediction where no labels are given", async () => {
  await useDevice("wasm", { threads: 1 });
  const model = sequential([layers.dense({ units: 2, activation: "softmax", inputShape: [3] })]);
  model.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
  const x = tensor([[1, 2, 3]]);
  const train = await model.explain(x, tensor([1], { dtype: "i32" }));
  const predict = await model.explain(x);
  expect(train).toContain(" kernels, arena ");
  expect(predict).toMatch(/^\d+ kernels, arena /);
  expect(predict).not.toBe(train);
});
