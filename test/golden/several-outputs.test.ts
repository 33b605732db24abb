// Models of two inputs and two outputs against Keras, in float64: losses, metrics, weights and predictions; saved and loaded;
// by name in any order.

import "#entry/install-node.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { fromArrays } from "#learning/data/from-arrays.ts";
import { layers } from "#learning/nn/layers.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import { model as functional } from "#learning/train/functional.ts";
import { loadModel } from "#learning/train/load-model.ts";
import type { Model } from "#learning/train/model.ts";
import type { Goals } from "#learning/train/objectives.ts";
import { distance, goldenValues, read, readGolden, uniformTensor, uniformValues, type GoldenTensor } from "./golden.ts";

interface Case {
  readonly compile: Goals;
  readonly outputs: string[];
  readonly sampleWeight: number[] | number[][] | null;
  readonly history: Record<string, number[]>;
  readonly evaluated: Record<string, number>;
  readonly predictions: GoldenTensor[];
  readonly after: GoldenTensor[];
}
const golden = readGolden("several-outputs") as {
  kind: number[];
  cases: Record<string, Case>;
  summary: string[];
};
const cases = Object.entries(golden.cases);

let folder = "";
beforeAll(async () => {
  await useDevice("js", { precision: "f64" });
  folder = await mkdtemp(join(tmpdir(), "sinter-outputs-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const quiet = { verbose: 0, batchSize: 5 } as const;
const data = {
  left: uniformTensor(1, [10, 3]),
  right: uniformTensor(2, [10, 4]),
  age: uniformTensor(3, [10, 1], 2),
  other: uniformTensor(4, [10, 3]),
  kind: tensor(Int32Array.from(golden.kind)),
};

/** The network of scripts/golden/several_outputs.py. */
function two({ compile, outputs }: Case): Model {
  const left = layers.input({ shape: [3], name: "left" });
  const right = layers.input({ shape: [4], name: "right" });
  const joined = layers.dense({ units: 5, activation: "tanh" }).apply(layers.concatenate().apply([left, right]));
  const isNamed = outputs.includes("age");
  const age = layers.dense({ units: 1, ...(isNamed ? { name: "age" } : {}) }).apply(joined);
  const kind = layers.dense({ units: 3, ...(isNamed ? { name: "kind", activation: "softmax" } : {}) }).apply(joined);
  const model = functional({ inputs: [left, right], outputs: [age, kind] });
  model.setWeights(model.network.weights.map(({ shape }, index) => uniformTensor(10 + index, shape, 0.5)));
  model.compile({ ...compile, optimizer: optimizers.sgd({ learningRate: 0.1 }) });
  return model;
}

function targets({ outputs, compile }: Case): Tensor[] {
  const isPartial = Array.isArray(compile.loss) && compile.loss[0] === null;
  if (isPartial) return [data.kind];
  return [data.age, outputs.includes("kind") ? data.kind : data.other];
}

const inputs = [data.left, data.right];

describe.each(cases)("%s", (_, one) => {
  const weights = one.sampleWeight === null ? {} : { sampleWeight: one.sampleWeight };

  test("trains, validates, evaluates and predicts as Keras", async () => {
    const model = two(one);
    const y = targets(one);
    const { history } = await model.fit(inputs, y, {
      ...quiet,
      ...weights,
      epochs: 2,
      shuffle: false,
      validationData: [{ right: data.right, left: data.left }, y],
    });
    expect(Object.keys(history).toSorted()).toEqual(Object.keys(one.history).toSorted());
    for (const [name, values] of Object.entries(one.history)) {
      expect([name, distance(history[name]!, values) < 1e-6]).toEqual([name, true]);
    }
    for (const [index, weight] of (await model.getWeights()).entries()) {
      expect(distance(await read(weight), goldenValues(one.after[index]!))).toBeLessThan(1e-7);
    }
    const evaluated = await model.evaluate(inputs, y, { ...quiet, ...weights });
    expect(Object.keys(evaluated).toSorted()).toEqual(Object.keys(one.evaluated).toSorted());
    for (const [name, value] of Object.entries(one.evaluated)) expect(evaluated[name]).toBeCloseTo(value, 6);
    const predictions = await model.predictAll(inputs, quiet);
    expect(predictions.map(({ shape }) => shape)).toEqual(one.predictions.map(({ shape }) => shape));
    for (const [index, prediction] of predictions.entries()) {
      expect(distance(await read(prediction), goldenValues(one.predictions[index]!))).toBeLessThan(1e-7);
    }
  });

  test("is the same when it was saved and loaded", async () => {
    const model = two(one);
    const path = join(folder, one.outputs.join("-"));
    await model.save(path);
    const loaded = await loadModel(path);
    const objectives = [model, loaded].map(({ core }) => JSON.stringify(core.compiled?.objectives));
    expect(objectives[1]).toBe(objectives[0]);
    const y = targets(one);
    const logs = await Promise.all([model, loaded].map((each) => each.testOnBatch(inputs, y, weights)));
    expect(distance(Object.values(logs[1]!), Object.values(logs[0]!))).toBeLessThan(1e-6);
    expect(Object.keys(logs[1]!)).toEqual(Object.keys(logs[0]!));
  });
});

test("prints Keras's summary", () => {
  const text = two(golden.cases["records"]!).summary();
  expect(text.trimEnd().split("\n")).toEqual(golden.summary.join("\n").trimEnd().split("\n"));
});

describe("values by name", () => {
  const one = golden.cases["records"]!;
  const float = (seed: number, shape: number[], limit = 1) =>
    ({ data: Float32Array.from(uniformValues(seed, shape[0]! * shape[1]!, limit)), shape, dtype: "f32" }) as const;
  const arrays = {
    left: float(1, [10, 3]),
    right: float(2, [10, 4]),
    age: float(3, [10, 1], 2),
    kind: Int32Array.from(golden.kind),
  };

  test("data sets are put in the model's order", async () => {
    const options = { batchSize: 5, shuffle: false };
    const { left, right, age, kind } = arrays;
    const dataset = fromArrays(
      { right, left },
      { kind, age },
      { ...options, sampleWeight: { age: Array(10).fill(1), kind: Array(10).fill(1) } },
    );
    const { history } = await two(one).fit(dataset, { verbose: 0, epochs: 2 });
    const { loss, ageLoss, kindAccuracy } = one.history;
    expect(distance(history["loss"]!, loss!)).toBeLessThan(1e-6);
    expect(distance(history["ageLoss"]!, ageLoss!)).toBeLessThan(1e-6);
    expect(distance(history["kindAccuracy"]!, kindAccuracy!)).toBeLessThan(1e-6);
    const predictions = await two(one).predictAll(fromArrays([left, right]), quiet);
    expect(predictions.map(({ shape }) => shape)).toEqual([
      [10, 1],
      [10, 3],
    ]);
  });

  test("one batch", async () => {
    const model = two(one);
    const { left, right, age, kind } = arrays;
    const { loss } = await model.testOnBatch([left, right], [age, kind]);
    expect((await model.testOnBatch({ right, left }, { kind, age }))["loss"]).toBe(loss);
    const outputs = await model.predictAllOnBatch({ right, left });
    expect(outputs.map(({ shape }) => shape)).toEqual([
      [10, 1],
      [10, 3],
    ]);
  });

  test("the last share is validated", async () => {
    const { history } = await two(one).fit(inputs, targets(one), { ...quiet, validationSplit: 0.3 });
    expect(Object.keys(history)).toContain("valKindLoss");
  });
});

describe("what cannot be meant", () => {
  const one = golden.cases["records"]!;
  const model = (): Model => two(one);
  const compiled = (goals: Goals) => () => model().compile(goals);

  test.each([
    [compiled({ loss: ["huber"] }), "compile: loss has 1 entries, the model has 2 outputs (age, kind)."],
    [compiled({ loss: { age: "huber" } }), 'loss says nothing of output "kind"'],
    [compiled({ loss: { age: "huber", kid: "huber" } }), 'output of loss "kid" is not known. Write "kind".'],
    [compiled({ loss: [null, null] }), "no output has a loss"],
    [compiled({ loss: "huber", metrics: ["accuracy"] }), "metrics has 1 entries"],
    [compiled({ loss: ["huber", null], metrics: [[], ["accuracy"]] }), 'output "kind" has metrics and no loss'],
  ])("compile", (call, message) => expect(call).toThrow(message));

  test.each<[() => Promise<unknown>, string]>([
    [() => model().predict(inputs, quiet), "the model has 2 outputs (age, kind). Call predictAll"],
    [() => model().predictOnBatch(inputs), "Call predictAllOnBatch"],
    [() => model().fit([data.left], targets(one), quiet), "x: 1 values came, the model has 2 inputs (left, right)."],
    [() => model().fit({ left: data.left, righ: data.right }, targets(one), quiet), 'Write "right".'],
    [() => model().fit(inputs, data.age, quiet), "y: 1 values came, the model has 2 outputs with labels (age, kind)."],
    [
      () => model().fit(inputs, targets(one), { ...quiet, classWeight: { 0: 1 } }),
      "classWeight for a model of several outputs",
    ],
    [
      () => model().fit(fromArrays(new Float32Array(10), new Float32Array(10)), quiet),
      "the data has 1 inputs, the network takes 2",
    ],
  ])("fit and predict", (call, message) => expect(call()).rejects.toThrow(message));
});
