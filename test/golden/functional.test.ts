// A functional network with branches, merges and a shared layer against Keras, in float64; saved and loaded; frozen.

import "#entry/install-node.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { layers } from "#learning/nn/layers.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import { model as functional } from "#learning/train/functional.ts";
import { loadModel } from "#learning/train/load-model.ts";
import type { Model } from "#learning/train/model.ts";
import { distance, goldenValues, read, readGolden, uniformTensor, type GoldenTensor } from "./golden.ts";

const golden = readGolden("functional") as {
  shape: number[];
  names: string[];
  shapes: number[][];
  labels: number[];
  output: GoldenTensor;
  loss: number;
  after: GoldenTensor[];
  summaries: Record<"branches" | "chain", string[]>;
};

let folder = "";
beforeAll(async () => {
  await useDevice("js", { precision: "f64" });
  folder = await mkdtemp(join(tmpdir(), "sinter-functional-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The network of scripts/golden/functional.py. */
function branches(): Model {
  const x = layers.input({ shape: golden.shape.slice(1) });
  const left = layers.conv2d({ filters: 4, kernelSize: 3, padding: "same", activation: "relu" }).apply(x);
  const right = layers.conv2d({ filters: 4, kernelSize: 1, activation: "tanh" }).apply(x);
  const joined = layers.concatenate().apply([left, right]);
  const normal = layers.batchNormalization().apply(layers.add().apply([left, right]));
  const shared = layers.dense({ units: 6, activation: "relu" });
  const one = shared.apply(layers.globalAveragePooling2d().apply(joined));
  const two = shared.apply(layers.globalMaxPooling2d().apply(layers.concatenate().apply([normal, right])));
  const head = layers.dense({ units: 3, activation: "softmax" });
  const made = functional({ inputs: x, outputs: head.apply(layers.subtract().apply([one, two])) });
  made.setWeights(
    golden.shapes.map((shape, index) =>
      uniformTensor(10 + index, shape, 0.5, golden.names[index]!.includes("variance") ? 0.6 : 0),
    ),
  );
  made.compile({ optimizer: optimizers.sgd({ learningRate: 0.1 }), loss: "sparseCategoricalCrossentropy" });
  return made;
}

const x = (): Tensor => uniformTensor(1, golden.shape, 1);
const labels = (): Tensor => tensor(Int32Array.from(golden.labels));

async function expectOutput(made: Model): Promise<void> {
  expect(distance(await read(await made.predictOnBatch(x())), goldenValues(golden.output))).toBeLessThan(1e-12);
}

describe("a network with branches", () => {
  test("has Keras's weights in Keras's order", () => {
    expect(branches().network.weights.map(({ path }) => path)).toEqual(
      golden.names.map((name) => name.replaceAll(/_([a-z])(?=[a-z]*$)/g, (_, letter: string) => letter.toUpperCase())),
    );
  });

  test("gives Keras's outputs", () => expectOutput(branches()));

  test("takes Keras's step", async () => {
    const made = branches();
    const { loss } = await made.trainOnBatch(x(), labels());
    expect(loss).toBeCloseTo(golden.loss, 7);
    for (const [index, weight] of (await made.getWeights()).entries()) {
      expect(distance(await read(weight), goldenValues(golden.after[index]!))).toBeLessThan(1e-6);
    }
  });

  test("prints Keras's summary", () => {
    expect(branches().summary().trimEnd().split("\n")).toEqual(
      golden.summaries.branches.join("\n").trimEnd().split("\n"),
    );
  });

  test("is the same when it was saved and loaded", async () => {
    const made = branches();
    const path = join(folder, "branches");
    await made.save(path);
    const loaded = await loadModel(path);
    expect(loaded.summary()).toBe(made.summary());
    const both = await Promise.all([made, loaded].map(async (one) => read(await one.predictOnBatch(x()))));
    expect(distance(both[1]!, both[0]!)).toBeLessThan(1e-6);
  });

  test("learns in fit", async () => {
    const made = branches();
    const history = await made.fit(x(), labels(), { epochs: 10, verbose: 0 });
    expect(history.history["loss"]!.at(-1)).toBeLessThan(history.history["loss"]![0]!);
  });
});

test("a chain prints as layers in a row", () => {
  const start = layers.input({ shape: [6] });
  // Keras's numbers follow the order in which layers were made: the outer one first.
  const last = layers.dense({ units: 2 });
  const made = functional({
    inputs: start,
    outputs: last.apply(layers.dense({ units: 4, activation: "relu" }).apply(start)),
  });
  expect(made.summary().trimEnd().split("\n")).toEqual(golden.summaries.chain.join("\n").trimEnd().split("\n"));
});

describe("frozen layers", () => {
  const named = async (made: Model): Promise<Record<string, number[]>> => {
    const values = await Promise.all((await made.getWeights()).map(read));
    return Object.fromEntries(made.network.weights.map(({ path }, index) => [path, [...values[index]!]]));
  };

  test("do not move, and batch normalization keeps its statistics", async () => {
    const made = branches();
    made.setTrainable(false, ["conv2d", "batch_normalization"]);
    const before = await named(made);
    await made.trainOnBatch(x(), labels());
    const after = await named(made);
    for (const [path, values] of Object.entries(before)) {
      const isFrozen = /^(?:conv2d|batch_normalization)\//.test(path);
      expect([path, JSON.stringify(after[path]) === JSON.stringify(values)]).toEqual([path, isFrozen]);
    }
    made.setTrainable(true);
    await made.trainOnBatch(x(), labels());
    expect((await named(made))["conv2d/kernel"]).not.toEqual(before["conv2d/kernel"]);
  });

  test("that are not there are an error", () => {
    expect(() => branches().setTrainable(false, ["conv3d"])).toThrow('Write "conv2d"');
  });
});
