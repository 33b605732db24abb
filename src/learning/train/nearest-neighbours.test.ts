import { afterAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { tensor } from "#engine/tensor/create.ts";
import { closeDevice } from "#engine/tensor/device.ts";
import { nearestNeighbours } from "./nearest-neighbours.ts";

afterAll(closeDevice);

/** Numbers between -1 and 1 by a seed. */
function numbers(seed: number, count: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

const numFeatures = 7;
const rows = numbers(1, 5000 * numFeatures);
const queries = numbers(2, 300 * numFeatures);
const vector = (values: Float32Array, place: number): number[] =>
  Array.from(values.subarray(place * numFeatures, (place + 1) * numFeatures));

const measures = {
  cosine: (a: number[], b: number[]) => {
    const dot = (x: number[], y: number[]): number => x.reduce((sum, value, at) => sum + value * y[at]!, 0);
    return -dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  },
  euclidean: (a: number[], b: number[]) => Math.hypot(...a.map((value, at) => value - b[at]!)),
};

test.each(["cosine", "euclidean"] as const)("the nearest rows by %s are those of comparing all", async (metric) => {
  const index = await nearestNeighbours(tensor(rows, { shape: [5000, numFeatures] }), { metric });
  const found = await index.search(tensor(queries, { shape: [300, numFeatures] }), { numNeighbours: 4 });
  expect(found).toHaveLength(300);
  for (const query of [0, 1, 255, 256, 299]) {
    const all = Array.from({ length: 5000 }, (_, row) => measures[metric](vector(queries, query), vector(rows, row)));
    const expected = all.map((distance, row) => ({ distance, row })).toSorted((a, b) => a.distance - b.distance);
    expect(found[query]!.map((one) => one.index)).toEqual(expected.slice(0, 4).map(({ row }) => row));
    const sign = metric === "cosine" ? -1 : 1;
    for (const [place, { score }] of found[query]!.entries())
      expect(score).toBeCloseTo(sign * expected[place]!.distance, 12);
  }
});

test("equal rows come in their order, zeros are near nothing, and no more rows are found than there are", async () => {
  const index = await nearestNeighbours([
    [0, 0],
    [3, 0],
    [1, 0],
    [0, 2],
    [1, 0],
  ]);
  const [[...right], [...none]] = (await index.search(
    [
      [2, 0],
      [0, 0],
    ],
    { numNeighbours: 9 },
  )) as [never[], never[]];
  expect(right).toEqual([
    { index: 1, score: 1 },
    { index: 2, score: 1 },
    { index: 4, score: 1 },
    { index: 0, score: 0 },
    { index: 3, score: 0 },
  ]);
  expect(none.map(({ score }) => score)).toEqual([0, 0, 0, 0, 0]);
});

test("what is no table of vectors is refused", async () => {
  await expect(nearestNeighbours([])).rejects.toThrow(/nearestNeighbours: \[0, 0\] came, expected \[rows, features\]/u);
  await expect(nearestNeighbours([[1, 2], [1]])).rejects.toThrow(/row 1 has 1 numbers, the first has 2/u);
  await expect(
    nearestNeighbours([
      [1, 2],
      [1, Number.NaN],
    ]),
  ).rejects.toThrow(/row 1 holds NaN/u);
  await expect(nearestNeighbours([[1]], { metric: "dot" as "cosine" })).rejects.toThrow(/metric/u);
  const index = await nearestNeighbours([[1, 2]]);
  await expect(index.search([[1, 2, 3]])).rejects.toThrow(/the queries have 3 features, the table has 2/u);
  await expect(index.search([[1, 2]], { numNeighbours: 0 })).rejects.toThrow(/numNeighbours/u);
});
