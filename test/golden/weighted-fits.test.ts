// fit and evaluate with class weights and sample weights against Keras, in float64.

import "#entry/install-node.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { fromArrays } from "#learning/data/from-arrays.ts";
import type { ActivationName } from "#learning/nn/activations.ts";
import { layers } from "#learning/nn/layers.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import type { LossName } from "#learning/train/losses.ts";
import { sequential, type FitOptions, type Model } from "#learning/train/model.ts";
import {
  distance,
  goldenTensor,
  goldenValues,
  read,
  readGolden,
  uniformTensor,
  uniformValues,
  type GoldenTensor,
} from "./golden.ts";

interface Case {
  readonly loss: LossName;
  readonly units: number;
  readonly activation: ActivationName;
  readonly labels: GoldenTensor;
  readonly options: Pick<FitOptions, "classWeight"> & { readonly sampleWeight?: number[] };
  readonly losses: number[];
  readonly valLosses: number[];
  /** Accuracy, or the mean squared error of one unit: it counts every sample alike. */
  readonly valMetric: number[];
  readonly evaluated: number;
  readonly after: GoldenTensor[];
}
const golden = readGolden("weighted-fits") as { sampleWeights: number[]; cases: Record<string, Case> };
const cases = Object.entries(golden.cases);

beforeAll(() => useDevice("js", { precision: "f64" }));

function linear({ units, activation, loss }: Case): Model {
  const model = sequential([layers.dense({ units, activation, inputShape: [3] })]);
  model.setWeights([uniformTensor(3, [3, units], 0.5), uniformTensor(4, [units], 0.5)]);
  model.compile({
    optimizer: optimizers.sgd({ learningRate: 0.1 }),
    loss,
    metrics: [units > 1 ? "accuracy" : "meanSquaredError"],
  });
  return model;
}

const quiet = { verbose: 0, batchSize: 4 } as const;

describe.each(["classWeight", "sampleWeight"])("%s", (option) => {
  const ofOption = cases.filter(([name]) => name.startsWith(option));

  test("has three golden cases", () => expect(ofOption.length).toBeGreaterThanOrEqual(3));

  test.each(ofOption)("%s trains and validates as Keras", async (_, one) => {
    const model = linear(one);
    const [x, y] = [uniformTensor(1, [10, 3]), goldenTensor(one.labels)];
    const { history } = await model.fit(x, y, {
      ...one.options,
      ...quiet,
      epochs: 2,
      shuffle: false,
      validationData: [x, y, golden.sampleWeights],
    });
    expect(distance(history["loss"]!, one.losses)).toBeLessThan(1e-7); // fit's own sums are float32
    expect(distance(history["valLoss"]!, one.valLosses)).toBeLessThan(1e-7);
    const metric = history[one.units > 1 ? "valAccuracy" : "valMeanSquaredError"]!;
    expect(distance(metric, one.valMetric)).toBeLessThan(1e-6);
    for (const [index, weight] of (await model.getWeights()).entries()) {
      expect(distance(await read(weight), goldenValues(one.after[index]!))).toBeLessThan(1e-7);
    }
    const { loss } = await model.evaluate(x, y, { ...quiet, sampleWeight: golden.sampleWeights });
    expect(loss).toBeCloseTo(one.evaluated, 6);
  });
});

test("classes are weighed in training alone, even where the same batches are validated", async () => {
  const one = golden.cases["classWeightBinary"]!;
  const [x, y] = [uniformTensor(1, [10, 3]), goldenTensor(one.labels)];
  const options = { ...quiet, epochs: 1, overfitBatches: 3, validationData: [x, y] } as const;
  const { history } = await linear(one).fit(x, y, { ...options, classWeight: { 0: 0, 1: 0 } });
  expect(history["loss"]).toEqual([0]);
  expect(history["valLoss"]![0]).toBeGreaterThan(0.1);
});

describe("weights that cannot be meant", () => {
  const x = { data: Float32Array.from(uniformValues(1, 30)), shape: [10, 3], dtype: "f32" } as const;
  const y = Array.from({ length: 10 }, (_, row) => [row % 2]);
  const one = golden.cases["classWeightBinary"]!;

  test.each([
    [{ classWeight: { 0: -1 } }, "classWeight 0 is -1. Give a number from 0."],
    [{ classWeight: { 0: 1 }, sampleWeight: golden.sampleWeights }, "samples that have weights already"],
    [{ sampleWeight: [1, 2] }, "sampleWeight [2] for 10 samples. Give one number a sample."],
  ])("%o", async (options, message) => {
    await expect(linear(one).fit(x, y, { ...quiet, ...options })).rejects.toThrow(message);
  });

  test("sampleWeight beside a data set", async () => {
    const fitted = linear(one).fit(fromArrays(x, y), { ...quiet, sampleWeight: golden.sampleWeights });
    await expect(fitted).rejects.toThrow("sampleWeight beside a data set. Give it to fromArrays");
  });
});
