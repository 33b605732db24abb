// Losses at their edges: labels that no alignment has, batches without pairs, options and shapes that are refused.

import "#entry/install-node.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { grad } from "#engine/tensor/transforms.ts";
import { lossValue, sampleLosses } from "#learning/train/loss-value.ts";
import { losses, type Loss } from "#learning/train/losses.ts";

beforeAll(() => useDevice("js"));

const embeddings = (): Tensor => tensor(Float32Array.of(0.6, 0.8, 1, 0, 0, 1, -0.8, 0.6), { shape: [4, 2] });
const classes = (...values: number[]): Tensor => tensor(Int32Array.from(values));

describe("ctc", () => {
  const logits = (): Tensor =>
    tensor(
      Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
      { shape: [2, 3, 4] },
    );

  test("is infinite for labels that do not fit into the time, and leaves the others as they are", async () => {
    const labels = tensor(Int32Array.of(1, 1, 2, 3, 2, 0), { shape: [2, 3] });
    const values = await sampleLosses(losses.ctc(), labels, { output: logits() }).data();
    expect(values[0]).toBe(Number.POSITIVE_INFINITY);
    expect(values[1]).toBeGreaterThan(0);
    expect(values[1]).toBeLessThan(10);
  });

  test("of labels that are all blank is the loss of blanks alone", async () => {
    const labels = tensor(new Int32Array(2), { shape: [2, 1] });
    const blanks = logits().logSoftmax(-1).slice([0, 0, 0], [2, 3, 1]).sum([1, 2]).neg();
    const values = await sampleLosses(losses.ctc(), labels, { output: logits() }).data();
    for (const [row, value] of (await blanks.data()).entries()) expect(values[row]).toBeCloseTo(value, 5);
  });

  test("says which shapes it takes", () => {
    expect(() => sampleLosses(losses.ctc(), classes(1, 2), { output: logits() })).toThrow(
      "class numbers [batch, length]",
    );
  });
});

describe("losses of embeddings without pairs", () => {
  const alone: [string, Loss, Tensor][] = [
    ["circle, four classes", losses.circle(), classes(0, 1, 2, 3)],
    ["circle, one class", losses.circle(), classes(1, 1, 1, 1)],
    ["triplet, four classes", losses.triplet(), classes(0, 1, 2, 3)],
    ["triplet, one class", losses.triplet(), classes(1, 1, 1, 1)],
    ["triplet of all, one class", losses.triplet({ mining: "all" }), classes(1, 1, 1, 1)],
  ];
  test.each(alone)("%s", async (_name, loss, labels) => {
    expect(await lossValue(loss, labels, { output: embeddings() }).item()).toBe(0);
    const slopes = await grad((output: Tensor) => lossValue(loss, labels, { output }))(embeddings()).data();
    expect(Array.from(slopes, Math.abs)).toEqual(Array.from(slopes, () => 0));
  });

  test("two samples at one place have a finite slope", async () => {
    const output = tensor(Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1), { shape: [4, 2] });
    for (const distanceMetric of ["L2", "squaredL2", "angular"] as const) {
      const loss = losses.triplet({ distanceMetric });
      const slopes = await grad((x: Tensor) => lossValue(loss, classes(0, 1, 0, 1), { output: x }))(output).data();
      expect(slopes.every(Number.isFinite)).toBe(true);
    }
  });
});

test("a weight of 0 for all samples makes the weighted mean 0", async () => {
  const [labels, output] = [tensor([[1], [2]]), tensor([[3], [5]])];
  const loss = losses.meanSquaredError({ reduction: "meanWithSampleWeight" });
  expect(await lossValue(loss, labels, { output }, tensor([0, 0])).item()).toBe(0);
  expect(await lossValue(loss, labels, { output }, tensor([0, 2])).item()).toBe(9);
});

describe("a mask", () => {
  const [labels, output] = [
    tensor([
      [[1], [2]],
      [[3], [4]],
    ]),
    tensor([
      [[2], [4]],
      [[6], [Number.NaN]],
    ]),
  ];
  const mask = tensor([
    [true, true],
    [true, false],
  ]);
  const weights = tensor([1, 2]);

  test("leaves places out of every reduction, whatever is there", async () => {
    const value = (reduction: NonNullable<Loss["reduction"]>, given?: Tensor): Promise<number> =>
      lossValue(losses.meanSquaredError({ reduction }), labels, { output, mask }, given).item();
    expect(await value("sumOverBatchSize")).toBeCloseTo((1 + 4 + 9) / 3, 5);
    expect(await value("sumOverBatchSize", weights)).toBeCloseTo((1 + 4 + 18) / 3, 5);
    expect(await value("sum", weights)).toBeCloseTo(23, 5);
    expect(await value("meanWithSampleWeight", weights)).toBeCloseTo(23 / 4, 5);
  });

  test("and a class that does not count leave out both", async () => {
    const scores = tensor(new Float32Array(12), { shape: [2, 2, 3] });
    const loss = losses.sparseCategoricalCrossentropy({ ignoreClass: 2, fromLogits: true });
    const named = tensor(Int32Array.of(0, 2, 1, 1), { shape: [2, 2] });
    expect(await lossValue(loss, named, { output: scores, mask }, tensor([1, 3])).item()).toBeCloseTo(
      2 * Math.log(3),
      5,
    );
  });
});

test("wrong options are refused", () => {
  const make = (options: object): Loss => losses.categoricalGeneralizedCrossEntropy(options);
  expect(() => make({ q: 1 })).toThrow("Give a number between 0 and 1.");
  expect(() => make({ reduction: "none" })).toThrow("reduction");
  expect(() => losses.dice({ axis: 1.5 })).toThrow("axis is 1.5");
  expect(() => losses.tversky({ beta: -1 })).toThrow("beta is -1");
  const triplet = (options: object): Loss => losses.triplet(options);
  expect(() => triplet({ mining: "hard" })).toThrow("mining");
  expect(() => triplet({ distance_metric: "L2" })).toThrow("Write distanceMetric.");
});
