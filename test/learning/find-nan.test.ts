// A loss that is not finite: fit names where it began.

import "#entry/install-node.ts";
import { beforeAll, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { makeLayer, type Layer } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import { callbacks } from "#learning/train/callbacks/callbacks.ts";
import type { LossName } from "#learning/train/losses.ts";
import { sequential, type FitOptions, type Model } from "#learning/train/model.ts";

beforeAll(() => useDevice("js"));

const x = Array.from({ length: 8 }, (_, index) => [Math.sin(index + 1), Math.cos(index + 1)]);
const y = x.map(([a = 0]) => [a]);

/** A layer without weights that applies a function. */
function applied(name: string, change: (x: Tensor) => Tensor): Layer {
  return makeLayer({
    kind: "applied",
    className: "Applied",
    options: { name },
    known: [],
    config: {},
    outputTypes: (inputs) => inputs,
    call: (_weights, [input]) => ({ outputs: input === undefined ? [] : [change(input)] }),
  });
}

function build(rate = 0.01, between: readonly Layer[] = [], loss: LossName = "meanSquaredError"): Model {
  const activation = loss === "meanSquaredError" ? "linear" : "sigmoid";
  const model = sequential([
    layers.dense({ units: 3, activation: "relu", inputShape: [2] }),
    ...between,
    layers.dense({ units: 1, activation }),
  ]);
  model.compile({ optimizer: optimizers.sgd({ learningRate: rate }), loss });
  return model;
}

async function warningsOf(model: Model, options: FitOptions = {}, data = { x, y }): Promise<string[]> {
  const warnings: string[] = [];
  const listen = callbacks.lambda({ onWarning: (message) => void warnings.push(message) });
  await model.fit(data.x, data.y, { batchSize: 4, verbose: 0, shuffle: false, callbacks: [listen], ...options });
  return warnings;
}

test("NaN in the data names the sample", async () => {
  const bad = x.map((sample, index) => (index === 5 ? [Number.NaN, 0] : sample));
  expect(await warningsOf(build(), { epochs: 2 }, { x: bad, y })).toEqual([
    "fit: the loss of step 2 is NaN, so the weights were left as they were. " +
      "It began in the data: sample 5 holds NaN. Mend or remove it.",
  ]);
});

test("infinite labels name the sample", async () => {
  const bad = y.map((label, index) => (index === 2 ? [Number.POSITIVE_INFINITY] : label));
  const [warning] = await warningsOf(build(), {}, { x, y: bad });
  expect(warning).toContain("the loss of step 1 is Infinity");
  expect(warning).toContain("It began in the labels: sample 2 holds Infinity");
});

test("NaN in a weight from before names the weight", async () => {
  const model = build();
  const weights = await model.getWeights();
  model.setWeights(weights.map((weight, index) => (index === 2 ? weight.mul(Number.NaN) : weight)));
  const [warning] = await warningsOf(model);
  expect(warning).toContain("It began in the weights: dense_1/kernel held NaN before the first step.");
});

test("a rate that explodes names the place and the rate", async () => {
  const [loss] = await warningsOf(build(1e6), { epochs: 40 });
  expect(loss).toMatch(
    /It began in the loss meanSquaredError: predictions \(up to \d.\d+e\+\d+\) and labels are finite/,
  );
  expect(loss).toContain("Lower the learning rate (now 1000000)");
  const [output] = await warningsOf(build(1e20), { epochs: 40 });
  expect(output).toMatch(/It began in the (output|gradient) of dense "dense(_1)?"/);
  expect(output).toContain("Lower the learning rate (now 100000000000000000000)");
});

test("the logarithm of a negative number names its layer", async () => {
  const log = applied("logarithm", (value) => value.sub(1e3).log());
  const [warning] = await warningsOf(build(0.01, [log]));
  expect(warning).toContain('It began in the output of applied "logarithm": its weights and its input are finite');
  expect(warning).toContain("output is NaN");
});

test("a gradient that is NaN while the loss is finite is told by the last layer that it spoiled", async () => {
  // The root of x - x is 0, but its slope is infinite times 0.
  const root = applied("root", (value) => value.add(value.sub(value).sqrt()));
  const [warning] = await warningsOf(build(0.01, [root]), { epochs: 3 });
  expect(warning).toContain("the loss of step 2 is NaN");
  expect(warning).toContain('It began in the gradient of dense "dense": an earlier update left NaN in dense/');
});

test("a loss that overflows by itself names the loss", async () => {
  const [warning] = await warningsOf(build(), {}, { x, y: y.map(() => [1e30]) });
  expect(warning).toContain("It began in the loss meanSquaredError: predictions (up to ");
});

test("a logit that overflows is found before the sigmoid hides it", async () => {
  const model = build(0.01, [], "binaryCrossentropy");
  const weights = await model.getWeights();
  model.setWeights(
    weights.map((weight, index) =>
      index === 0 || index === 2 ? tensor(new Float32Array(weight.size).fill(3e38), { shape: weight.shape }) : weight,
    ),
  );
  const [warning] = await warningsOf(model, {}, { x: x.map(() => [0.3, 0.3]), y: y.map(() => [1]) });
  expect(warning).toMatch(/the loss of step 1 is (NaN|Infinity)/);
  expect(warning).toContain('It began in the output before the last activation of dense "dense_1"');
});

test("it is told once, and training goes on", async () => {
  const bad = x.map((sample, index) => (index === 0 ? [Number.NaN, 0] : sample));
  const model = build();
  const before = await Promise.all((await model.getWeights()).map((weight) => weight.data()));
  expect(await warningsOf(model, { epochs: 3 }, { x: bad, y })).toHaveLength(1);
  const after = await Promise.all((await model.getWeights()).map((weight) => weight.data()));
  expect(after).not.toEqual(before);
  expect(after.every((values) => values.every(Number.isFinite))).toBe(true);
});
