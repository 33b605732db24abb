// recompute: values that are computed again for the gradient. The same bits, in less memory.

import "#entry/install-node.ts";
import { afterAll, describe, expect, test } from "vitest";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import { bernoulli, key, normal } from "#engine/tensor/random.ts";
import { recompute } from "#engine/tensor/recompute.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit, valueAndGrad } from "#engine/tensor/transforms.ts";

const width = 64;

interface Weights {
  readonly kernels: readonly Tensor[];
  readonly biases: readonly Tensor[];
}

function weightsOf(depth: number, width: number): Weights {
  const numbers = Array.from({ length: depth }, (_, layer) => layer);
  return {
    kernels: numbers.map((layer) => normal(key(layer), [width, 4 * width]).mul(0.1)),
    biases: numbers.map((layer) => normal(key(100 + layer), [4 * width])),
  };
}

/** One block: wide inside, narrow at its ends. */
function block(x: Tensor, kernel: Tensor, bias: Tensor, chance: Tensor): Tensor {
  const wide = x.matMul(kernel).add(bias).tanh();
  const kept = bernoulli(chance, wide.shape, 0.9).cast("f32").mul(wide).exp().sub(1);
  return kept.matMul(kernel.transpose()).mul(0.1).add(x);
}

function lossOf(one: typeof block) {
  return (weights: Weights, x: Tensor) => {
    let value = x;
    for (const [layer, kernel] of weights.kernels.entries()) {
      value = one(value, kernel, weights.biases[layer]!, key(200 + layer));
    }
    return value.square().mean();
  };
}

describe.each(["js", "wasm"] as const)("on %s", (device) => {
  test("gradients have the bits that they have without it", async () => {
    await useDevice(device);
    const [weights, x] = [weightsOf(3, 8), normal(key(7), [4, 8])];
    const [plain, again] = [block, recompute(block)].map((one) => jit(valueAndGrad(lossOf(one)))(weights, x));
    expect(await again!.value.item()).toBe(await plain!.value.item());
    for (const part of ["kernels", "biases"] as const) {
      for (const [layer, slope] of plain!.gradient[part].entries()) {
        expect(await again!.gradient[part][layer]!.data()).toEqual(await slope.data());
      }
    }
  });
});

test("a deep network's program needs a fraction of the memory", async () => {
  await useDevice("wasm", { threads: 1 });
  const [weights, x] = [weightsOf(8, width), normal(key(7), [256, width])];
  const arena = async (one: typeof block): Promise<number> => {
    const text = await jit(valueAndGrad(lossOf(one))).explain(weights, x);
    return Number(/arena ([\d.]+) MiB/.exec(text)![1]);
  };
  const [plain, again] = [await arena(block), await arena(recompute(block))];
  expect(again).toBeLessThan(plain / 3);
});

afterAll(() => closeDevice());
