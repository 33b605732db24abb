// `keep` is the identity, for values and for gradients, and stops a deep formula from growing with its uses.

import "#entry/install-node.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { keep } from "#engine/tensor/keep.ts";
import { key, uniform } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { grad, jit } from "#engine/tensor/transforms.ts";

beforeAll(() => useDevice("wasm", { threads: 1 }));
afterAll(() => useDevice("js"));

const x = (): Tensor => uniform(key(1), [3, 5], { low: -2, high: 2 });

test("values and gradients pass", async () => {
  expect(await keep(x()).data()).toEqual(await x().data());
  const whole = tensor(Int32Array.of(-3, 0, 2147483647));
  expect(await keep(whole).data()).toEqual(await whole.data());
  expect(await keep(tensor(4)).item()).toBe(4);
  const kept = grad((one: Tensor) =>
    keep(one.square())
      .mul(uniform(key(2), [3, 5]))
      .sum(),
  )(x());
  const plain = grad((one: Tensor) =>
    one
      .square()
      .mul(uniform(key(2), [3, 5]))
      .sum(),
  )(x());
  expect(await kept.data()).toEqual(await plain.data());
});

test("a formula whose every step is used three times compiles", async () => {
  const deep = jit((one: Tensor) => {
    let value = one;
    for (let step = 0; step < 30; step += 1) value = keep(value.abs().mul(0.5).add(value.floor()).sub(value.mul(0.25)));
    return value;
  });
  expect((await deep(x()).data()).every(Number.isFinite)).toBe(true);
});
