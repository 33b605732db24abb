// Models of several inputs and outputs in everything around a fit: checkpoints, callbacks, findings, places for masks.

import "#entry/install-node.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { layers } from "#learning/nn/layers.ts";
import { calibrate } from "#learning/train/calibrate.ts";
import { callbacks } from "#learning/train/callbacks/callbacks.ts";
import { fromArrays } from "#learning/data/from-arrays.ts";
import { model as functional } from "#learning/train/functional.ts";
import { sequential, type FitOptions, type Model } from "#learning/train/model.ts";

let folder = "";
beforeAll(async () => {
  await useDevice("js");
  folder = await mkdtemp(join(tmpdir(), "sinter-several-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const numSamples = 12;
const column = (seed: number, width: number): { data: Float32Array; shape: number[]; dtype: "f32" } => ({
  data: Float32Array.from({ length: numSamples * width }, (_, at) => Math.sin((at + 1) * seed)),
  shape: [numSamples, width],
  dtype: "f32",
});
const x = { left: column(1, 3), right: column(2, 2) };
const y = { sum: column(3, 1), kind: Int32Array.from({ length: numSamples }, (_, row) => row % 3) };

function two(): Model {
  const [left, right] = [layers.input({ shape: [3], name: "left" }), layers.input({ shape: [2], name: "right" })];
  const joined = layers.dense({ units: 4, activation: "relu" }).apply(layers.concatenate().apply([left, right]));
  const dropped = layers.dropout({ rate: 0.2 }).apply(joined);
  const made = functional({
    inputs: [left, right],
    outputs: [
      layers.dense({ units: 1, name: "sum" }).apply(dropped),
      layers.dense({ units: 3, activation: "softmax", name: "kind" }).apply(dropped),
    ],
    seed: 4,
  });
  made.compile({
    optimizer: "adam",
    loss: { sum: "meanSquaredError", kind: "sparseCategoricalCrossentropy" },
    lossWeights: { sum: 0.5 },
    metrics: { kind: ["accuracy", "f1Score"] },
  });
  return made;
}

const options: FitOptions = { batchSize: 5, epochs: 3, verbose: 0, seed: 2 };

test("a run that goes on gives the bits of one that never stopped", async () => {
  const whole = two();
  await whole.fit(x, y, options);
  const path = join(folder, "run");
  const stop = new AbortController();
  const stopping = callbacks.lambda({
    onTrainBatchEnd: (step, _logs, { epochs: _epochs }) => {
      if (step === 1) stop.abort();
    },
  });
  const first = two().fit(x, y, {
    ...options,
    callbacks: [stopping],
    checkpoints: { folder: path },
    signal: stop.signal,
  });
  await expect(first).rejects.toThrow("stopped by its signal");
  const second = two();
  const { history } = await second.fit(x, y, {
    ...options,
    callbacks: [callbacks.lambda({})],
    checkpoints: { folder: path },
  });
  expect(history["kindAccuracy"]).toHaveLength(3);
  const values = async (made: Model): Promise<number[][]> =>
    Promise.all((await made.getWeights()).map(async (weight) => [...(await weight.data())]));
  expect(await values(second)).toEqual(await values(whole));
  const other = two();
  other.compile({ optimizer: "adam", loss: ["huber", "sparseCategoricalCrossentropy"] });
  const refused = other.fit(x, y, { ...options, callbacks: [callbacks.lambda({})], checkpoints: { folder: path } });
  await expect(refused).rejects.toThrow("loss");
});

test("callbacks watch the numbers of one output", async () => {
  const made = two();
  const watched = [
    callbacks.earlyStopping({ monitor: "valKindAccuracy", patience: 1 }),
    callbacks.reduceLROnPlateau({ monitor: "valSumLoss", patience: 1 }),
  ];
  const { history } = await made.fit(x, y, { ...options, validationSplit: 0.25, callbacks: watched });
  expect(Object.keys(history)).toEqual(
    expect.arrayContaining(["loss", "sumLoss", "kindLoss", "kindF1Score", "valLoss", "valKindAccuracy"]),
  );
});

test("gradients reach the weights of every output", async () => {
  let names: string[] = [];
  const look = callbacks.lambda({
    onEpochEnd: async (_epoch, _logs, context) => {
      names = Object.keys(await context.gradients());
    },
  });
  const made = two();
  await made.fit(x, y, { ...options, epochs: 1, callbacks: [look] });
  expect(names).toEqual(made.network.weights.map(({ path }) => path));
});

test("what is not finite is found in any input, and in the output that it belongs to", async () => {
  const warnings: string[] = [];
  const listen = callbacks.lambda({ onWarning: (message) => void warnings.push(message) });
  const bad = { ...x.right, data: x.right.data.map((value, at) => (at === 9 ? Number.NaN : value)) };
  const once = { ...options, epochs: 1, shuffle: false, callbacks: [listen] };
  await two().fit({ left: x.left, right: bad }, y, once);
  expect(warnings[0]).toContain("It began in the data: sample 4 holds NaN");
  const huge = { ...y.sum, data: y.sum.data.map(() => 3e30) };
  await two().fit(x, { ...y, sum: huge }, once);
  expect(warnings[1]).toContain("It began in the loss meanSquaredError");
});

test("calibrate takes a model of one output", async () => {
  const data = fromArrays(x, y);
  await expect(calibrate(two(), data)).rejects.toThrow("calibrate: the model has 2 outputs. It takes a model of one.");
});

test("two inputs and one output keep the plain names", async () => {
  const [left, right] = [layers.input({ shape: [3] }), layers.input({ shape: [3] })];
  const made = functional({
    inputs: [left, right],
    outputs: layers.dense({ units: 3, activation: "softmax" }).apply(layers.add().apply([left, right])),
  });
  made.compile({ loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const inputs = [column(1, 3), column(2, 3)];
  const { history } = await made.fit(inputs, y.kind, options);
  expect(Object.keys(history)).toEqual(["loss", "accuracy"]);
  const prediction = await made.predict(inputs, { verbose: 0 });
  expect(prediction.shape).toEqual([numSamples, 3]);
  const { temperature } = await calibrate(made, fromArrays(inputs, y.kind));
  expect(temperature).toBeGreaterThan(0);
});

test("a layer that gives two outputs", async () => {
  const start = layers.input({ shape: [3] });
  const shared = layers.dense({ units: 1 });
  const other = layers.dense({ units: 3 }).apply(start);
  const made = functional({ inputs: start, outputs: [shared.apply(start), shared.apply(other)] });
  made.compile({ loss: "meanSquaredError" });
  const logs = await made.evaluate(x.left, [y.sum, y.sum], { verbose: 0 });
  expect(Object.keys(logs)).toEqual(["loss", "denseLoss", "dense_2Loss"]);
});

test("one of several models of one output is learnt by its name", async () => {
  const made = sequential([layers.dense({ units: 1, name: "height" })]);
  made.compile({ loss: { height: "meanSquaredError" }, lossWeights: [2], metrics: { height: "meanAbsoluteError" } });
  const logs = await made.evaluate(x.left, y.sum, { verbose: 0 });
  expect(Object.keys(logs)).toEqual(["loss", "meanAbsoluteError"]);
  const plain = sequential([layers.dense({ units: 1, name: "height" })]);
  plain.compile({ loss: "meanSquaredError" });
  const { loss } = await plain.evaluate(x.left, y.sum, { verbose: 0 });
  expect(logs["loss"]).toBeCloseTo(2 * (loss ?? 0), 6);
});
