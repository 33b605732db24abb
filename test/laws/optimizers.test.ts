// Laws that every optimizer of the closed list obeys; golden/learning.test.ts holds their trajectories.

import "#entry/install-node.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { full, tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { jit } from "#engine/tensor/transforms.ts";
import type { Optimizer, OptimizerState, Tensors } from "#learning/optim/optimizer.ts";
import { optimizerFromConfig, optimizerNames, optimizers, type OptimizerName } from "#learning/optim/optimizers.ts";

/** Settings that switch each part of an optimizer on. */
const settings: Readonly<Record<OptimizerName, readonly Optimizer[]>> = {
  sgd: [
    optimizers.sgd(),
    optimizers.sgd({ momentum: 0.9 }),
    optimizers.sgd({ momentum: 0.9, nesterov: true, clipnorm: 1 }),
    optimizers.sgd({ clipvalue: 0.5, weightDecay: 0.01 }),
  ],
  adam: [
    optimizers.adam(),
    optimizers.adam({ amsgrad: true, globalClipnorm: 1 }),
    optimizers.adam({ useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 3 }),
  ],
  adamw: [optimizers.adamw(), optimizers.adamw({ weightDecay: 0.1, gradientAccumulationSteps: 2 })],
  nadam: [optimizers.nadam(), optimizers.nadam({ beta1: 0.8, useEma: true })],
  adagrad: [optimizers.adagrad(), optimizers.adagrad({ initialAccumulatorValue: 0 })],
  lion: [optimizers.lion(), optimizers.lion({ beta1: 0.8, gradientAccumulationSteps: 3 })],
  rmsprop: [optimizers.rmsprop(), optimizers.rmsprop({ momentum: 0.5, centered: true })],
  adadelta: [optimizers.adadelta({ learningRate: 1 }), optimizers.adadelta({ rho: 0.8, gradientAccumulationSteps: 2 })],
  adamax: [optimizers.adamax(), optimizers.adamax({ beta1: 0.8, clipnorm: 1 })],
  ftrl: [
    optimizers.ftrl(),
    optimizers.ftrl({ l1RegularizationStrength: 0.01, beta: 0.2, learningRatePower: -0.4 }),
    optimizers.ftrl({ l2ShrinkageRegularizationStrength: 0.1, useEma: true }),
  ],
  lamb: [optimizers.lamb(), optimizers.lamb({ weightDecay: 0.01, beta2: 0.9 })],
  adafactor: [optimizers.adafactor(), optimizers.adafactor({ clipThreshold: 0.5, relativeStep: false })],
  muon: [
    optimizers.muon(),
    optimizers.muon({ excludeLayers: ["b"], weightDecay: null }),
    optimizers.muon({ nesterov: false, rmsRate: null, adamWeightDecay: null }),
  ],
  scheduleFreeAdamw: [
    optimizers.scheduleFreeAdamw(),
    optimizers.scheduleFreeAdamw({ warmupSteps: 4, weightDecay: 0.01 }),
  ],
  lookahead: [
    optimizers.lookahead(),
    optimizers.lookahead({ optimizer: optimizers.sgd({ momentum: 0.9, useEma: true }), syncPeriod: 2 }),
    optimizers.lookahead({ optimizer: optimizers.muon({ gradientAccumulationSteps: 2 }), slowStepSize: 0.8 }),
  ],
  multiOptimizer: [
    optimizers.multiOptimizer(),
    optimizers.multiOptimizer({
      optimizer: optimizers.sgd({ learningRate: 0.1, useEma: true }),
      optimizers: { b: optimizers.nadam({ learningRate: 0.1 }) },
    }),
  ],
};
const cases = optimizerNames.flatMap((kind) =>
  settings[kind].map((optimizer, index) => ({ name: `${kind} ${index}`, optimizer })),
);

beforeAll(() => useDevice("js"));

const weights = (): Tensors => ({
  a: tensor(Float32Array.of(1, -2, 3)),
  b: tensor(Float32Array.of(0.5), { shape: [1, 1] }),
});

function steps(optimizer: Optimizer, count: number, isTraced: boolean): { weights: Tensors; state: OptimizerState } {
  // The gradient of Σ w² / 2 is w itself.
  const update = (
    w: Tensors,
    state: OptimizerState,
    rate: ReturnType<typeof full>,
    step: ReturnType<typeof full>,
  ): ReturnType<Optimizer["update"]> => optimizer.update(w, w, state, rate, step);
  const run = isTraced ? jit(update) : update;
  let values = weights();
  let state = optimizer.initialState(values);
  for (let step = 0; step < count; step += 1) {
    ({ weights: values, state } = run(values, state, full([], 0.05), full([], step, { dtype: "i32" })));
  }
  return { weights: values, state };
}

async function size(values: Tensors): Promise<number> {
  const all = await Promise.all(Object.values(values).map((value) => value.data()));
  return all.flatMap((data) => [...data]).reduce((sum, value) => sum + value * value, 0);
}

describe.each(cases)("$name", ({ optimizer }) => {
  test("twenty steps bring weights nearer the minimum", async () => {
    expect(await size(steps(optimizer, 20, false).weights)).toBeLessThan(await size(weights()));
  });

  test("traced equals eager", async () => {
    const [eager, traced] = [steps(optimizer, 3, false), steps(optimizer, 3, true)];
    for (const [path, value] of Object.entries(eager.weights)) {
      expect(await traced.weights[path]!.data()).toEqual(await value.data());
    }
  });

  test("keeps the tree of its state", () => {
    const before = optimizer.initialState(weights());
    const { state } = steps(optimizer, 1, false);
    const shapes = (tree: OptimizerState): unknown =>
      Object.entries(tree).map(([slot, values]) => [
        slot,
        Object.entries(values).map(([path, { shape }]) => [path, shape]),
      ]);
    expect(shapes(state)).toEqual(shapes(before));
  });

  test("stores 0 for moments below 1e-30", async () => {
    const tiny = { a: tensor(Float32Array.of(1e-33, 1e-16, 0)), b: tensor(Float32Array.of(1e-34), { shape: [1, 1] }) };
    const { state } = optimizer.update(
      weights(),
      tiny,
      optimizer.initialState(weights()),
      full([], 0.01),
      full([], 0, { dtype: "i32" }),
    );
    for (const values of Object.values(state)) {
      for (const value of Object.values(values)) {
        for (const moment of await value.data()) expect(moment === 0 || Math.abs(moment) >= 1e-30).toBe(true);
      }
    }
  });

  test("is made again by its configuration", () => {
    const config = JSON.parse(JSON.stringify(optimizer.config)) as typeof optimizer.config;
    expect(optimizerFromConfig(config).config).toEqual(optimizer.config);
  });
});

test("wrong options name the right ones", () => {
  const make: (options: object) => Optimizer = optimizers.adam;
  expect(() => make({ learning_rate: 0.1 })).toThrow("Write learningRate.");
  expect(() => make({ beta_1: 0.9 })).toThrow("Write beta1.");
  expect(() => optimizers.sgd({ clipnorm: 1, clipvalue: 1 })).toThrow("exclude each other");
});
