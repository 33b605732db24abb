// Temperature, threshold and calibration error against scipy, scikit-learn and numpy; what calibrate leaves in a model.

import "#entry/install-node.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { fromArrays } from "#learning/data/from-arrays.ts";
import { layers } from "#learning/nn/layers.ts";
import { calibrate } from "#learning/train/calibrate.ts";
import {
  chooseThreshold,
  expectedCalibrationError,
  fitTemperature,
  negativeLogLikelihood,
  probabilitiesAt,
  type LabelledLogits,
} from "#learning/train/calibration.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { sequential, type Model } from "#learning/train/model.ts";
import { distance, goldenValues, read, readGolden, type GoldenTensor } from "./golden.ts";

interface Case {
  readonly activation: "sigmoid" | "softmax";
  readonly logits: GoldenTensor;
  readonly labels: number[];
  readonly temperature: number;
  readonly before: { logLoss: number; error: number };
  readonly after: { logLoss: number; error: number };
  readonly bestF1?: number;
  readonly bestYouden?: number;
}
const cases = Object.entries((readGolden("calibration") as { cases: Record<string, Case> }).cases);

function dataOf({ activation, logits, labels }: Case): LabelledLogits {
  return { activation, logits: goldenValues(logits), numColumns: logits.shape[1]!, labels };
}

describe.each(cases)("%s", (_, golden) => {
  const data = dataOf(golden);

  test("the temperature is scipy's, and the loss is no worse for it", () => {
    const temperature = fitTemperature(data);
    expect(temperature / golden.temperature).toBeCloseTo(1, 5);
    expect(negativeLogLikelihood(data, 1)).toBeCloseTo(golden.before.logLoss, 12);
    expect(negativeLogLikelihood(data, temperature)).toBeCloseTo(golden.after.logLoss, 12);
    expect(golden.after.logLoss).toBeLessThanOrEqual(golden.before.logLoss);
  });

  test("the calibration error is numpy's", () => {
    const { labels, numColumns } = data;
    for (const [temperature, { error }] of [[1, golden.before] as const, [golden.temperature, golden.after] as const]) {
      const probabilities = probabilitiesAt(data, temperature);
      expect(expectedCalibrationError(probabilities, labels, { numColumns })).toBeCloseTo(error, 12);
    }
  });
});

test.each(cases.filter(([, { bestF1 }]) => bestF1 !== undefined))(
  "%s: the thresholds are as good as scikit-learn's best",
  (_, golden) => {
    const data = dataOf(golden);
    const probabilities = probabilitiesAt(data, 1);
    const scores = golden.labels.map((_row, sample) => probabilities[(sample + 1) * data.numColumns - 1]!);
    expect(chooseThreshold(scores, golden.labels, "f1").value).toBeCloseTo(golden.bestF1!, 12);
    const { threshold, value } = chooseThreshold(scores, golden.labels, "youden");
    expect(value).toBeCloseTo(golden.bestYouden!, 12);
    const rate = (label: number): number => {
      const own = scores.filter((_row, sample) => golden.labels[sample] === label);
      return own.filter((score) => score >= threshold).length / own.length;
    };
    expect(rate(1) - rate(0)).toBeCloseTo(value, 12); // the threshold gives what it promises
  },
);

test("labels that logits part without a mistake ask for the least temperature", () => {
  const data = { activation: "sigmoid", logits: [-1, 1], numColumns: 1, labels: [0, 1] } as const;
  expect(fitTemperature(data)).toBeCloseTo(1 / 64, 6);
  expect(fitTemperature({ ...data, labels: [1, 0] })).toBeCloseTo(64, 3);
});

test("equal scores count together; one class alone is refused", () => {
  expect(chooseThreshold([0.5, 0.5, 0.2], [1, 0, 0], "f1")).toEqual({ threshold: 0.35, value: 2 / 3 });
  expect(() => chooseThreshold([0.5], [1], "f1")).toThrow("samples of both classes");
});

describe("calibrate", () => {
  let folder = "";
  beforeAll(async () => {
    await useDevice("js", { precision: "f64" });
    folder = await mkdtemp(join(tmpdir(), "sinter-calibration-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** A model that gives its input as logits. */
  function identity({ activation, logits }: Case): Model {
    const size = logits.shape[1]!;
    const model = sequential([layers.dense({ units: size, activation, useBias: false, inputShape: [size] })]);
    const eye = Float64Array.from({ length: size * size }, (_, at) => Number(at % (size + 1) === 0));
    model.setWeights([tensor(eye, { shape: [size, size] })]);
    return model;
  }

  test.each(cases)("%s: predictions use the temperature, and save keeps it", async (_, golden) => {
    const model = identity(golden);
    const x = {
      data: Float32Array.from(goldenValues(golden.logits)),
      shape: golden.logits.shape,
      dtype: "f32",
    } as const;
    const isBinary = golden.bestF1 !== undefined;
    const data = fromArrays(x, Int32Array.from(golden.labels), { batchSize: 32 });
    const found = await calibrate(model, data, isBinary ? { threshold: "youden" } : {});
    expect(found.temperature / golden.temperature).toBeCloseTo(1, 4);
    expect(found.after.logLoss).toBeLessThanOrEqual(found.before.logLoss);
    expect(found.before.expectedCalibrationError).toBeCloseTo(golden.before.error, 5);
    expect(found.threshold === undefined).toBe(!isBinary);
    await model.save(folder);
    const loaded = await loadModel(folder);
    expect(loaded.preprocessing).toEqual({
      temperature: found.temperature,
      ...(isBinary ? { threshold: found.threshold } : {}),
    });
    const expected = probabilitiesAt(dataOf(golden), found.temperature);
    for (const one of [model, loaded]) {
      expect(distance(await read(await one.predict(x, { verbose: 0 })), expected)).toBeLessThan(1e-6);
    }
  });

  test("a threshold for three classes is refused, and so is a model without an activation", async () => {
    const [, three] = cases.find(([name]) => name === "softmaxTooShy")!;
    const data = fromArrays([[1, 2, 3]], [[1]]);
    await expect(calibrate(identity(three), data, { threshold: "f1" })).rejects.toThrow("It needs two classes");
    const linear = sequential([layers.dense({ units: 3, inputShape: [3] })]);
    await expect(calibrate(linear, data)).rejects.toThrow("ends in neither sigmoid nor softmax");
  });
});
