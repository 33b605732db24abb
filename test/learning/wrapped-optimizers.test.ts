// Optimizers around others: saved, loaded, trained on, and their rates set from outside.

import "#entry/install-node.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { layers } from "#learning/nn/layers.ts";
import type { Optimizer } from "#learning/optim/optimizer.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import { schedules } from "#learning/optim/schedules.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { sequential, type Model } from "#learning/train/model.ts";

let folder = "";
beforeAll(async () => {
  await useDevice("js");
  folder = await mkdtemp(join(tmpdir(), "sinter-wrapped-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const x = (): Tensor =>
  tensor(
    Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
    { shape: [8, 3] },
  );
const y = (): Tensor =>
  tensor(
    Float32Array.from({ length: 8 }, (_, i) => Math.cos(i)),
    { shape: [8, 1] },
  );

function build(optimizer: Optimizer): Model {
  const model = sequential([
    layers.dense({ units: 4, activation: "tanh", inputShape: [3], name: "first" }),
    layers.dense({ units: 1, name: "second" }),
  ]);
  model.compile({ optimizer, loss: "meanSquaredError" });
  return model;
}

const weightsOf = async (model: Model): Promise<number[]> => {
  const values = await Promise.all((await model.getWeights()).map((weight) => weight.data()));
  return values.flatMap((value) => [...value]);
};

const { sgd, nadam, lookahead, multiOptimizer, muon, adafactor, scheduleFreeAdamw } = optimizers;
const made: readonly (() => Optimizer)[] = [
  () => muon({ learningRate: 0.01 }),
  () => adafactor({ learningRate: 0.05 }),
  () => scheduleFreeAdamw({ warmupSteps: 2 }),
  () => lookahead({ optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), syncPeriod: 2 }),
  () => lookahead({ learningRate: 0.01, syncPeriod: 1 }),
  () =>
    multiOptimizer({
      optimizer: sgd({ learningRate: 0.1 }),
      optimizers: { "second/.*": nadam({ learningRate: 0.02 }) },
    }),
  () => lookahead({ optimizer: multiOptimizer({ learningRate: 0.01 }), syncPeriod: 3 }),
];

test.each(made.map((make) => ({ kind: make().config.kind, make })))(
  "$kind goes on after save and load",
  async ({ make }) => {
    const model = build(make());
    for (let step = 0; step < 3; step += 1) await model.trainOnBatch(x(), y());
    await model.save(folder);
    const loaded = await loadModel(folder);
    expect(loaded.core.compiled?.optimizer.config).toEqual(model.core.compiled?.optimizer.config);
    for (let step = 0; step < 4; step += 1) {
      await model.trainOnBatch(x(), y());
      await loaded.trainOnBatch(x(), y());
    }
    expect(await weightsOf(loaded)).toEqual(await weightsOf(model));
  },
);

test("a rate that was set while training is saved in the optimizer inside, the others' in proportion", async () => {
  const model = build(
    lookahead({
      optimizer: multiOptimizer({
        optimizer: sgd({ learningRate: 0.1 }),
        optimizers: { "second/kernel": nadam({ learningRate: 0.02 }) },
      }),
    }),
  );
  model.learningRate = 0.05;
  await model.trainOnBatch(x(), y());
  await model.save(folder);
  const loaded = await loadModel(folder);
  expect(loaded.learningRate).toBe(0.05);
  expect(loaded.core.compiled?.optimizer.config.options).toMatchObject({
    optimizer: { options: { optimizer: { options: { learningRate: 0.05 } } } },
  });
  for (const one of [model, loaded]) await one.trainOnBatch(x(), y());
  const [own, other] = [await weightsOf(model), await weightsOf(loaded)];
  own.forEach((value, index) => expect(other[index]).toBeCloseTo(value, 6));
});

test("averages of some weights leave the others as they are at the end of fit", async () => {
  const optimizer = multiOptimizer({
    optimizer: sgd({ learningRate: 0.1 }),
    optimizers: { "first/kernel": sgd({ learningRate: 0.1, useEma: true }) },
  });
  const [mixed, plain] = [build(optimizer), build(sgd({ learningRate: 0.1 }))];
  for (const model of [mixed, plain])
    await model.fit(x(), y(), { epochs: 2, batchSize: 4, shuffle: false, verbose: 0 });
  const [own, other] = [await weightsOf(mixed), await weightsOf(plain)];
  expect(own.slice(12)).toEqual(other.slice(12));
  expect(own.slice(0, 12)).not.toEqual(other.slice(0, 12));
  await mixed.fit(x(), y(), { verbose: 0 });
});

test("what cannot be joined is refused", async () => {
  const schedule = schedules.exponentialDecay({ initialLearningRate: 0.1, decaySteps: 3, decayRate: 0.5 });
  const several = (first: Optimizer, patterns: Record<string, Optimizer>): Optimizer =>
    multiOptimizer({ optimizer: first, optimizers: patterns });
  expect(() => several(sgd({ learningRate: schedule }), { a: sgd() })).toThrow("Give each a number.");
  expect(() => several(sgd(), { "(": sgd() })).toThrow('"(" is no regular expression');
  const unclear = build(several(sgd(), { "first/.*": sgd(), ".*kernel": sgd() }));
  await expect(unclear.trainOnBatch(x(), y())).rejects.toThrow('first/kernel fits "first/.*" and ".*kernel".');
  expect(() => lookahead({ optimizer: sgd(), learningRate: 0.1 })).toThrow("Give it to the optimizer.");
  expect(() => muon({ excludeLayers: ["["] })).toThrow('"[" is no regular expression');
});
