// What explain tells of a compiled function: its kernels always, their times on a device that measures.

import { afterEach, expect, test } from "vitest";
import { closeDevice, jit, tensor, useDevice } from "../../src/entry/node.ts";

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
