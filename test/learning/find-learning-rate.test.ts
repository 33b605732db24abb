// The learning-rate range test: what it leaves as it was, where it ends, what it suggests.

import "#entry/install-node.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { fromArrays } from "#learning/data/from-arrays.ts";
import { layers } from "#learning/nn/layers.ts";
import { suggestRates } from "#learning/train/learning-rate-suggestions.ts";
import { sequential, type Model } from "#learning/train/model.ts";

beforeAll(() => useDevice("js"));

const x = Array.from({ length: 64 }, (_, index) => [Math.sin(index * 3.7), Math.cos(index * 1.3)]);
const y = x.map(([a = 0, b = 0]) => [3 * a - b]);

function build(): Model {
  const model = sequential([
    layers.dense({ units: 8, activation: "relu", inputShape: [2] }),
    layers.batchNormalization(),
    layers.dense({ units: 1 }),
  ]);
  model.compile({ optimizer: "adam", learningRate: 0.01, loss: "meanSquaredError" });
  return model;
}

async function weightsOf(model: Model): Promise<number[]> {
  const values = await Promise.all((await model.getWeights()).map((weight) => weight.data()));
  return values.flatMap((value) => [...value]);
}

describe("findLearningRate", () => {
  const data = (): ReturnType<typeof fromArrays> => fromArrays(x, y, { batchSize: 8, shuffle: true, seed: 2 });
  const quiet = { verbose: 0, epochs: 2 } as const;

  test("training goes on as if it had never run, bit for bit", async () => {
    const plain = build();
    const searched = build();
    for (const model of [plain, searched]) await model.fit(data(), quiet);
    const before = await weightsOf(searched);
    await searched.findLearningRate(data(), { steps: 20 });
    expect(await weightsOf(searched)).toEqual(before);
    expect(searched.learningRate).toBe(0.01);
    for (const model of [plain, searched]) await model.fit(data(), { ...quiet, epochs: 4, initialEpoch: 2 });
    expect(await weightsOf(searched)).toEqual(await weightsOf(plain));
  });

  test("rates rise from `from` to `to` by one factor", async () => {
    const { points, isDiverged } = await build().findLearningRate(data(), { from: 1e-5, to: 1e-3, steps: 5 });
    const rates = points.map(({ learningRate }) => learningRate);
    expect(isDiverged).toBe(false);
    [1e-5, 10 ** -4.5, 1e-4, 10 ** -3.5, 1e-3].forEach((rate, step) => expect(rates[step]! / rate).toBeCloseTo(1, 12));
  });

  test("ends at divergence, before the last step, and suggests a rate that learns", async () => {
    const model = build();
    const found = await model.findLearningRate(data(), { from: 1e-4, to: 1e4, steps: 120 });
    expect(found.isDiverged).toBe(true);
    expect(found.points.length).toBeLessThan(120);
    expect(found.points.every(({ loss, smoothedLoss }) => Number.isFinite(loss + smoothedLoss))).toBe(true);
    const { suggestion = 0, suggestions } = found;
    expect(suggestions.valley).toBe(suggestion);
    model.learningRate = suggestion;
    const { history } = await model.fit(data(), { ...quiet, epochs: 3 });
    expect(history["loss"]!.at(-1)).toBeLessThan(history["loss"]![0]! / 2);
    const all = await build().findLearningRate(data(), { from: 1e-4, to: 1e2, steps: 120, stopAtDivergence: false });
    expect(all.points).toHaveLength(120);
  });

  test("class weights count in the loss as they do in fit", async () => {
    const labels = x.map(([a = 0]) => [Number(a > 0)]);
    const halves = (weight?: number): ReturnType<Model["findLearningRate"]> => {
      const model = sequential([layers.dense({ units: 1, activation: "sigmoid", inputShape: [2] })]);
      model.compile({ optimizer: "sgd", loss: "binaryCrossentropy" });
      const classWeight = weight === undefined ? undefined : { 0: weight, 1: weight };
      return model.findLearningRate(fromArrays(x, labels, { batchSize: 8 }), { steps: 3, to: 1e-6, classWeight });
    };
    const [plain, halved] = [await halves(), await halves(0.5)];
    plain.points.forEach(({ loss }, step) => expect(halved.points[step]!.loss).toBeCloseTo(loss / 2, 6));
  });

  test("the smoothed loss is the mean with weights 0.98^age", async () => {
    const { points } = await build().findLearningRate(data(), { from: 1e-5, to: 1e-3, steps: 6 });
    points.forEach(({ smoothedLoss }, last) => {
      const weights = points.slice(0, last + 1).map((_, step) => 0.98 ** (last - step));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const mean = weights.reduce((sum, weight, step) => sum + weight * points[step]!.loss, 0) / total;
      expect(smoothedLoss).toBeCloseTo(mean, 10);
    });
  });

  test("wrong options name the way out, and leave the model as it was", async () => {
    await expect(build().findLearningRate(data(), { from: 1, to: 0.1 })).rejects.toThrow("from 1 is not below to 0.1");
    const model = build();
    const before = await weightsOf(model);
    const controller = new AbortController();
    const onStep = (_point: unknown, step: number): void => void (step === 3 && controller.abort());
    await expect(model.findLearningRate(data(), { signal: controller.signal, onStep })).rejects.toMatchObject({
      code: "aborted",
    });
    expect(await weightsOf(model)).toEqual(before);
  });
});

describe("suggestRates", () => {
  /** Points at rates 10^0, 10^1, …; ten steps are cut at the front, five at the end. */
  const pointsOf = (losses: readonly number[]): { learningRate: number; smoothedLoss: number }[] =>
    [...losses, 9, 9, 9, 9, 9].map((smoothedLoss, index) => ({ learningRate: 10 ** index, smoothedLoss }));

  test("valley lies half way down the longest fall, over gaps", () => {
    // Falls at 1 … 6 with a bump at 3: six losses; begin 1 - 1 + 2 + 1 after fastai's formula.
    expect(suggestRates(pointsOf([5, 6, 5.5, 7, 4, 3, 2, 1, 8]), 5).valley).toBe(10 ** 4);
  });

  test("steep is the begin of the greatest fall, minimum a tenth of the least", () => {
    const { steep, minimum } = suggestRates(pointsOf([5, 4.9, 4.5, 2, 1.9, 3]), 5);
    expect([steep, minimum]).toEqual([10 ** 2, 10 ** 3]);
  });

  test("a curve that never falls, or is too short, suggests nothing", () => {
    const nothing = { valley: undefined, steep: undefined, minimum: undefined };
    expect(suggestRates(pointsOf([1, 2, 3]), 5)).toEqual(nothing);
    expect(suggestRates([], 100)).toEqual(nothing);
  });
});
