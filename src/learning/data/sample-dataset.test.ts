import { describe, expect, test } from "vitest";
import type { Batch, BatchOptions, Dataset } from "#learning/data/dataset.ts";
import { fromArrays } from "#learning/data/from-arrays.ts";
import { SampleDataset } from "#learning/data/sample-dataset.ts";
import type { SampleSource } from "#learning/data/source.ts";

async function collect(dataset: Dataset, epoch = 0, options?: BatchOptions): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of dataset.batches(epoch, options)) batches.push(batch);
  return batches;
}

const xs = Array.from({ length: 10 }, (_, index) => [index, index * 10]);
const ys = Array.from({ length: 10 }, (_, index) => [index % 2]);

describe("batches", () => {
  test("cover every sample once, the last batch smaller", async () => {
    const batches = await collect(fromArrays(xs, ys, { batchSize: 4, shuffle: false }));
    expect(batches.map(({ x }) => x.shape)).toEqual([
      [4, 2],
      [4, 2],
      [2, 2],
    ]);
    expect(batches.flatMap(({ indices }) => indices)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(batches[1]?.x).toEqual({ data: Float32Array.of(4, 40, 5, 50, 6, 60, 7, 70), shape: [4, 2], dtype: "f32" });
    expect(batches[1]?.y).toEqual({ data: Float32Array.of(0, 1, 0, 1), shape: [4, 1], dtype: "f32" });
  });

  test("a shuffled epoch repeats by seed and number, and starts anywhere", async () => {
    const dataset = fromArrays(xs, ys, { batchSize: 3, shuffle: true, seed: 4 });
    const first = await collect(dataset, 1);
    expect(await collect(dataset, 1)).toEqual(first);
    expect(await collect(dataset, 2)).not.toEqual(first);
    expect(await collect(dataset, 1, { startStep: 2 })).toEqual(first.slice(2));
    expect(await collect(dataset, 1, { startStep: 4 })).toEqual([]);
    expect((await collect(dataset, 1, { shuffle: false }))[0]?.indices).toEqual([0, 1, 2]);
    for (const { x, indices } of first) indices.forEach((index, row) => expect(x.data[row * 2]).toBe(index));
  });

  test("a signal ends reading", async () => {
    const controller = new AbortController();
    const reading = async (): Promise<void> => {
      for await (const batch of fromArrays(xs, ys, { batchSize: 2, shuffle: false }).batches(0, {
        signal: controller.signal,
      })) {
        if (batch.indices.includes(2)) controller.abort();
      }
    };
    await expect(reading()).rejects.toMatchObject({ code: "aborted" });
  });
});

describe("several inputs and targets", () => {
  const numbers = Int32Array.from({ length: 10 }, (_, index) => index);
  const scores = Float32Array.from({ length: 10 }, (_, index) => index / 2);
  const weights = { score: scores, number: Array.from({ length: 10 }, () => 3) };

  test("keep their rows together, shuffled and cut", async () => {
    const whole = fromArrays({ pair: xs, number: numbers }, { number: ys, score: scores }, { sampleWeight: weights });
    expect([whole.elementShapes, whole.inputNames, whole.targetNames]).toEqual([
      [[2], []],
      ["pair", "number"],
      ["number", "score"],
    ]);
    for (const dataset of [whole.with({ shuffle: true, batchSize: 3 }), whole.skip(4, { shuffle: false })]) {
      for (const { x, y, inputs, targets, sampleWeight, sampleWeights } of await collect(dataset)) {
        expect([inputs?.[0], targets?.[0], sampleWeight]).toEqual([x, y, undefined]);
        const rows = Array.from(inputs?.[1]?.data ?? []);
        expect(Array.from(x.data)).toEqual(rows.flatMap((row) => [row, row * 10]));
        expect(Array.from(y?.data ?? [])).toEqual(rows.map((row) => row % 2));
        expect(Array.from(targets?.[1]?.data ?? [])).toEqual(rows.map((row) => row / 2));
        expect(sampleWeights?.map(({ data }) => Array.from(data))).toEqual([
          rows.map(() => 3),
          rows.map((row) => row / 2),
        ]);
      }
    }
  });

  test("a list of typed arrays is several, numbers within arrays are one", () => {
    expect(fromArrays([numbers, scores]).elementShapes).toEqual([[], []]);
    expect(fromArrays(xs).elementShapes).toBeUndefined();
  });

  test("one weight for all of them", async () => {
    const [batch] = await collect(fromArrays(xs, [numbers, scores], { sampleWeight: scores, shuffle: false }));
    expect(Array.from(batch?.sampleWeight?.data ?? [])).toEqual(Array.from(scores));
  });

  test.each([
    [() => fromArrays([numbers, new Float32Array(9)]), "[10] and [9] differ in samples"],
    [() => fromArrays(xs, { a: ys }, { sampleWeight: { b: scores } }), "sampleWeight for b, but y has a"],
    [() => fromArrays(xs, [numbers, scores], { sampleWeight: { a: scores } }), "sampleWeight for a, but y has 2"],
    [() => fromArrays({}), "x has no input"],
  ])("%s", (make, message) => expect(make).toThrow(message));
});

describe("cutting", () => {
  test("take, skip, subset keep files, labels and values together", async () => {
    const dataset = fromArrays(xs, ys, { batchSize: 4, shuffle: false });
    expect((await collect(dataset.skip(7).take(2)))[0]?.x.data).toEqual(Float32Array.of(7, 70, 8, 80));
    const chosen = dataset.skip(2).subset([5, 0], { batchSize: 1 });
    expect((await collect(chosen)).map(({ x }) => x.data[0])).toEqual([7, 2]);
    expect(chosen.numBatches).toBe(2);
    expect(() => dataset.subset([10])).toThrow("sample 10 of 10");
  });
});

describe("arrays", () => {
  test("dtypes and shapes", () => {
    const typed = fromArrays({ data: new Uint8Array(24), shape: [2, 2, 2, 3], dtype: "u8" }, Int32Array.of(0, 1));
    expect([typed.dtype, typed.elementShape, typed.labelMode]).toEqual(["u8", [2, 2, 3], "values"]);
    expect(fromArrays(new Float32Array(5)).elementShape).toEqual([]);
  });
  test.each([
    [() => fromArrays([[1, 2], [3]]), "ragged"],
    [() => fromArrays([[1], [2]], [1, 2, 3]), "differ in samples"],
    [() => fromArrays({ data: new Float32Array(5), shape: [2, 3], dtype: "f32" }), "5 values do not fill [2, 3]"],
    [() => fromArrays([1], [1], { batchSize: 0 }), "batchSize 0"],
    [() => fromArrays([1], [1], { seed: 0.5 }), "seed 0.5"],
  ])("refuses case %#", (make, message) => {
    expect(make).toThrow(message);
  });
});

describe("broken samples", () => {
  const labels = Int32Array.of(0, 0, 0, 1, 1, 1);
  const source: SampleSource = {
    numSamples: 6,
    elementShape: [],
    dtype: "i32",
    read: (index) => (index === 1 || index === 3 ? undefined : Int32Array.of(index)),
  };
  const dataset = new SampleDataset({
    source,
    labels,
    labelMode: "none",
    batchSize: 6,
    shuffle: true,
    seed: 1,
    name: "test",
  });

  test("training reads the next of the same class instead, so that batches keep their size", async () => {
    for (let epoch = 0; epoch < 5; epoch += 1) {
      // oxlint-disable-next-line no-await-in-loop -- epochs one after the other
      const [batch] = await collect(dataset, epoch);
      expect(batch?.indices.toSorted((a, b) => a - b)).toEqual([0, 2, 2, 4, 4, 5]);
      expect(Array.from(batch?.x.data ?? [])).toEqual(batch?.indices);
    }
  });

  test("without shuffling they are left out", async () => {
    const [batch] = await collect(dataset, 0, { shuffle: false });
    expect(batch?.indices).toEqual([0, 2, 4, 5]);
    expect(await collect(dataset.subset([1, 3]), 0, { shuffle: false })).toEqual([]);
  });
});

test("the cache reads each sample once, as long as there is room", async () => {
  let numReads = 0;
  const source: SampleSource = {
    numSamples: 8,
    elementShape: [4],
    dtype: "u8",
    read: (index) => {
      numReads += 1;
      return Promise.resolve(new Uint8Array(4).fill(index));
    },
  };
  const make = (): SampleDataset => {
    numReads = 0;
    return new SampleDataset({ source, labelMode: "none", batchSize: 4, shuffle: false, seed: 0, name: "test" });
  };
  const whole = make().cache();
  const first = await collect(whole);
  expect(await collect(whole)).toEqual(first);
  expect(await collect(whole.take(3))).toHaveLength(1);
  expect(numReads).toBe(8);
  const part = make().cache(12);
  await collect(part);
  await collect(part);
  expect(numReads).toBe(8 + 5);
});
