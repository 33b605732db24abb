// Train steps of one's own: two models against each other, and one network for both halves of a pair.

import "#entry/install-node.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import * as random from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit, valueAndGrad } from "#engine/tensor/transforms.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import { model as functional } from "#learning/train/functional.ts";
import { lossValue } from "#learning/train/loss-value.ts";
import { losses } from "#learning/train/losses.ts";
import { sequential } from "#learning/train/model.ts";
import { networkFunction } from "#learning/train/network-function.ts";

beforeAll(() => useDevice("wasm"));

const scalar = (value: number): Tensor => tensor(Float32Array.of(value), { shape: [] });
const stepNumber = (step: number): Tensor => tensor(Int32Array.of(step), { shape: [] });

test("a generator learns the numbers that a critic knows", { timeout: 60_000 }, async () => {
  const generator = sequential(
    [layers.dense({ units: 8, activation: "relu", inputShape: [4] }), layers.dense({ units: 1 })],
    { seed: 1 },
  );
  const critic = sequential(
    [layers.dense({ units: 8, activation: "relu", inputShape: [1] }), layers.dense({ units: 1 })],
    { seed: 2 },
  );
  const [make, judge] = [networkFunction(generator), networkFunction(critic)];
  const optimizer = optimizers.adam({ learningRate: 0.01, beta1: 0.5 });
  const loss = losses.binaryCrossentropy({ fromLogits: true });
  const verdict = (weights: Weights, x: Tensor, isReal: number): Tensor => {
    const { output } = judge.apply(weights, x, { training: true });
    return lossValue(loss, output.mul(0).add(isReal), { output });
  };
  const begin = (weights: Weights) => ({ weights, state: optimizer.initialState(weights) });
  const step = jit(
    ({ maker, judging }: Record<"maker" | "judging", ReturnType<typeof begin>>, key: Tensor, number: Tensor) => {
      const real = random.normal(random.fold(key, 0), [32, 1], { mean: 3, stddev: 0.5 });
      const noise = random.normal(random.fold(key, 1), [32, 4]);
      const made = make.apply(maker.weights, noise, { training: true }).output;
      const judged = valueAndGrad((own: Weights) => verdict(own, real, 1).add(verdict(own, made, 0)))(judging.weights);
      const fooled = valueAndGrad((own: Weights) =>
        verdict(judging.weights, make.apply(own, noise, { training: true }).output, 1),
      )(maker.weights);
      const rate = scalar(0.01);
      return {
        maker: optimizer.update(maker.weights, fooled.gradient, maker.state, rate, number),
        judging: optimizer.update(judging.weights, judged.gradient, judging.state, rate, number),
      };
    },
    { donate: [0] },
  );
  let state: Parameters<typeof step>[0] = { maker: begin(make.weights), judging: begin(judge.weights) };
  const before = await generator.getWeights();
  for (let number = 0; number < 400; number += 1) {
    state = step(state, random.fold(random.key(5), number), stepNumber(number));
  }
  // The model keeps its own weights until it is given others.
  expect(await (await generator.getWeights())[0]!.data()).toEqual(await before[0]!.data());
  generator.setWeights(state.maker.weights);
  const noise = random.normal(random.key(9), [500, 4]);
  const values = Array.from(await (await generator.predictOnBatch(noise)).data());
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean - 3)).toBeLessThan(0.7);
});

describe("twins", () => {
  test("one network for both inputs learns from both", { timeout: 60_000 }, async () => {
    const encoder = sequential([layers.dense({ units: 4, activation: "tanh", inputShape: [3] })], {
      name: "encoder",
      seed: 3,
    }).asLayer();
    const [left, right] = [layers.input({ shape: [3], name: "left" }), layers.input({ shape: [3], name: "right" })];
    const difference = layers.subtract().apply([encoder.apply(left), encoder.apply(right)]);
    const squared = layers.multiply().apply([difference, difference]);
    const isOther = layers.dense({ units: 1, activation: "sigmoid" }).apply(squared);
    const twins = functional({ inputs: [left, right], outputs: isOther });
    expect(twins.network.weights.map(({ path }) => path)).toEqual([
      "encoder/dense/kernel",
      "encoder/dense/bias",
      "dense/kernel",
      "dense/bias",
    ]);
    const numPairs = 64;
    const values = (seed: number): Float32Array =>
      Float32Array.from({ length: numPairs * 3 }, (_, at) => Math.sin((at + 1) * (seed + 0.7) * 12.9898) * 1.5);
    const first = values(1);
    const labels = Float32Array.from({ length: numPairs }, (_, pair) => pair % 2);
    const others = values(2);
    const second = first.map((value, at) => (labels[Math.floor(at / 3)] === 1 ? (others[at] ?? 0) : value + 0.05));
    const pairs = [first, second].map((data) => ({ data, shape: [numPairs, 3], dtype: "f32" }) as const);
    twins.compile({ optimizer: "adam", learningRate: 0.05, loss: "binaryCrossentropy", metrics: ["accuracy"] });
    await twins.fit(pairs, labels, { epochs: 60, batchSize: 16, verbose: 0 });
    const { accuracy } = await twins.evaluate({ right: pairs[1]!, left: pairs[0]! }, labels, { verbose: 0 });
    expect(accuracy).toBeGreaterThan(0.9);
    const [same] = (await (await twins.predict([pairs[0]!, pairs[0]!], { verbose: 0 })).data()) as Float32Array;
    expect(same).toBeLessThan(0.5);
  });
});

test("weights by path", async () => {
  const made = sequential([layers.dense({ units: 2, inputShape: [1] })], { seed: 1 });
  const bias = tensor(Float32Array.of(5, 6));
  made.setWeights({ "dense/bias": bias });
  expect([...(await (await made.predictOnBatch([[0]])).data())]).toEqual([5, 6]);
  expect(() => made.setWeights({ "dense/bias": scalar(1) })).toThrow("setWeights: it is [], but dense/bias is [2].");
  expect(() => made.setWeights({ "dense/bais": bias })).toThrow('Write "dense/bias".');
});

test("moving statistics and penalties are results of the function", async () => {
  const made = sequential([
    layers.batchNormalization({ inputShape: [2] }),
    layers.dense({ units: 1, kernelRegularizer: "l2" }),
  ]);
  const { weights, frozen, apply } = networkFunction(made);
  expect(Object.keys(frozen).toSorted()).toEqual([
    "batch_normalization/movingMean",
    "batch_normalization/movingVariance",
  ]);
  const x = tensor(Float32Array.of(1, 2, 3, 4), { shape: [2, 2] });
  const { state, losses: penalties } = apply({ ...weights, ...frozen }, x, { training: true });
  expect(Object.keys(state).toSorted()).toEqual(Object.keys(frozen).toSorted());
  expect(penalties).toHaveLength(1);
});
