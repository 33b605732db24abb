// Gradient accumulation and the average of weights, as fit uses them.

import "#entry/install-node.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { random, tensor, useDevice, type Tensor } from "#entry/engine.ts";
import { layers } from "#learning/nn/layers.ts";
import type { Optimizer } from "#learning/optim/optimizer.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import { sequential } from "#learning/train/model.ts";

beforeAll(() => useDevice("js"));

const numSamples = 16;
const x = (): Tensor => random.normal(random.key(1), [numSamples, 3]);
const y = (): Tensor => random.normal(random.key(2), [numSamples, 1]);

/** The weights after an epoch in file order. */
async function trained(optimizer: Optimizer, batchSize: number, data: { x: Tensor; y: Tensor }): Promise<number[]> {
  const model = sequential([layers.dense({ units: 1, inputShape: [3] })], { seed: 4 });
  model.compile({ optimizer, loss: "meanSquaredError" });
  await model.fit(data.x, data.y, { batchSize, shuffle: false, verbose: 0 });
  const values = await Promise.all((await model.getWeights()).map((weight) => weight.data()));
  return values.flatMap((value) => [...value]);
}

const distance = (left: readonly number[], right: readonly number[]): number =>
  Math.max(...left.map((value, index) => Math.abs(value - (right[index] ?? 0))));

describe("gradientAccumulationSteps", () => {
  test("two batches of 4 make the step of one of 8", async () => {
    const data = { x: x(), y: y() };
    const whole = await trained(optimizers.sgd({ learningRate: 0.1, momentum: 0.9 }), 8, data);
    const parts = optimizers.sgd({ learningRate: 0.1, momentum: 0.9, gradientAccumulationSteps: 2 });
    expect(distance(await trained(parts, 4, data), whole)).toBeLessThan(1e-6);
  });

  test("a batch whose loss is not finite adds nothing, and the step is made", async () => {
    const good = x();
    const values = await good.data();
    const bad = values.slice();
    bad[0] = Number.NaN;
    const sgd = (options: object): Optimizer => optimizers.sgd({ learningRate: 0.1, ...options });
    const spoiled = { x: tensor(bad, { shape: [numSamples, 3] }), y: y() };
    const own = await trained(sgd({ gradientAccumulationSteps: 2 }), 8, spoiled);
    // The first half counts as zeros: the second half's step at half the rate.
    const half = { x: good.slice([8, 0], [8, 3]), y: y().slice([8, 0], [8, 1]) };
    expect(own.every(Number.isFinite)).toBe(true);
    expect(distance(own, await trained(sgd({ learningRate: 0.05 }), 8, half))).toBeLessThan(1e-6);
  });
});

test("useEma: at the end of fit the weights are their average", async () => {
  const data = { x: x(), y: y() };
  const plain = await trained(optimizers.sgd({ learningRate: 0.1 }), 4, data);
  const frozen = await trained(optimizers.sgd({ learningRate: 0.1, useEma: true, emaMomentum: 0 }), 4, data);
  const averaged = await trained(optimizers.sgd({ learningRate: 0.1, useEma: true, emaMomentum: 0.9 }), 4, data);
  expect(distance(frozen, plain)).toBeLessThan(1e-6);
  expect(distance(averaged, plain)).toBeGreaterThan(1e-3);
});
