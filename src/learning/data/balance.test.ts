import { describe, expect, test } from "vitest";
import { classWeights } from "#learning/data/balance.ts";
import type { Batch, BatchOptions, Dataset } from "#learning/data/dataset.ts";
import { fromArrays } from "#learning/data/from-arrays.ts";
import { splitByClass } from "#learning/data/split.ts";
import { imagesFromArrays } from "#learning/data/windows.ts";
import { readGolden } from "../../../test/golden/golden.ts";

interface Golden {
  readonly cases: Readonly<
    Record<string, { readonly labels: readonly number[]; readonly weights: Readonly<Record<number, number>> }>
  >;
}

function isGolden(value: unknown): value is Golden {
  return typeof value === "object" && value !== null && "cases" in value;
}

describe("class weights equal scikit-learn's", () => {
  const golden = readGolden("class-weights");
  test.each(isGolden(golden) ? Object.entries(golden.cases) : [])("%s", (_, { labels, weights }) => {
    const found = classWeights(labels);
    expect(Object.keys(found).toSorted()).toEqual(Object.keys(weights).toSorted());
    for (const [label, weight] of Object.entries(weights)) expect(found[Number(label)]).toBeCloseTo(weight, 12);
  });
  test("of a data set; without labels they are refused", () => {
    expect(classWeights(dataset())).toEqual({ 0: 12 / (3 * 7), 1: 2, 2: 12 / 9 });
    expect(() => classWeights(fromArrays([[1]], [[1]]))).toThrow("there are no labels");
  });
});

/** Seven, two and three samples, each with its own value. */
const labels = Int32Array.of(0, 0, 1, 0, 2, 0, 0, 2, 1, 0, 2, 0);
const counts = [7, 2, 3];

function dataset(batchSize = 4): ReturnType<typeof imagesFromArrays> {
  const x = { data: Uint8Array.from(labels.keys()), shape: [12, 1, 1, 1], dtype: "u8" } as const;
  return imagesFromArrays(x, labels, { classNames: ["a", "b", "c"], labelMode: "sparse", batchSize, seed: 3 });
}

async function collect(data: Dataset, epoch: number, options?: BatchOptions): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of data.batches(epoch, options)) batches.push(batch);
  return batches;
}

describe("oversampling", () => {
  test("every class comes as often as the largest, every sample as often as its fellows or once more", async () => {
    const balanced = dataset().oversampled();
    expect(balanced.numBatches).toBe(6);
    for (const epoch of [0, 1, 2]) {
      // oxlint-disable-next-line no-await-in-loop -- three small epochs
      const batches = await collect(balanced, epoch);
      const indices = batches.flatMap((batch) => batch.indices);
      expect(indices.length).toBe(21);
      const times = Array.from(labels, (_, sample) => indices.filter((index) => index === sample).length);
      for (const label of [0, 1, 2]) {
        const own = times.filter((_, sample) => labels[sample] === label);
        expect(own.reduce((sum, count) => sum + count)).toBe(7);
        const least = Math.floor(7 / (counts[label] ?? 1));
        expect(own.every((count) => count === least || count === least + 1)).toBe(true);
      }
      expect(batches.flatMap(({ x }) => Array.from(x.data))).toEqual(indices);
      expect(batches.flatMap(({ y }) => Array.from(y?.data ?? []))).toEqual(indices.map((index) => labels[index]));
      // Equal samples are changed differently: each time is drawn by a number of its own.
      expect(new Set(batches.flatMap(({ draws = [] }) => draws)).size).toBe(21);
    }
  });

  test("the order depends on seed and epoch, a resumed epoch goes on, and who comes once more changes", async () => {
    const balanced = dataset().oversampled();
    const first = await collect(balanced, 0);
    expect(await collect(balanced, 0)).toEqual(first);
    expect(await collect(balanced, 0, { startStep: 4 })).toEqual(first.slice(4));
    expect(await collect(balanced, 1)).not.toEqual(first);
    const extra = async (epoch: number): Promise<number> => {
      const indices = (await collect(balanced, epoch)).flatMap((batch) => batch.indices);
      return indices.filter((index) => index === 2).length;
    };
    expect(new Set(await Promise.all([0, 1, 2, 3, 4, 5].map(extra)))).toEqual(new Set([3, 4]));
  });

  test("file order sees every sample once, and so does a data set cut off for validation", async () => {
    const balanced = dataset().oversampled();
    const plain = (await collect(balanced, 0, { shuffle: false })).flatMap(({ indices }) => indices);
    expect(plain).toEqual(Array.from(labels.keys()));
    const { train, validation } = await splitByClass(balanced, 0.3);
    expect(validation.numBatches).toBe(Math.ceil(validation.numSamples / 4));
    expect((await collect(validation, 0)).flatMap(({ indices }) => indices).length).toBe(validation.numSamples);
    expect(train.numBatches).toBe(Math.ceil((3 * 5) / 4));
    expect(train.with({ oversample: undefined }).numBatches).toBe(Math.ceil(train.numSamples / 4));
  });

  test("is refused without labels", () => {
    expect(() => fromArrays([[1], [2]], [[1], [2]]).oversampled()).toThrow("fromArrays: oversample needs the class");
  });
});
