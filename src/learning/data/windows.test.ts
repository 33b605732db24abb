import { describe, expect, test } from "vitest";
import type { Picture } from "#engine/platform/api.ts";
import { imagesFromArrays, imageWindows, type WindowOptions } from "#learning/data/windows.ts";

/** A picture whose pixel is its own column. */
const [height, width] = [32, 100];
const columns: Picture = {
  height,
  width,
  channels: 1,
  data: Uint8Array.from({ length: height * width }, (_, index) => index % width),
};
const pictures = [
  { picture: columns, label: 0 },
  { picture: columns, label: 1 },
];
const base: WindowOptions = { windowSize: [8, 8], classNames: ["a", "b"], labelMode: "sparse", batchSize: 64 };

async function columnsCovered(options: WindowOptions): Promise<number[]> {
  const covered = new Set<number>();
  for await (const { x } of imageWindows(pictures, options).batches(0)) x.data.forEach((value) => covered.add(value));
  return [...covered].toSorted((a, b) => a - b);
}

describe("windows", () => {
  test("a grid covers the region without overlap", async () => {
    const dataset = imageWindows(pictures, { ...base, columns: [0, 0.6] });
    expect(dataset.numSamples).toBe(2 * 4 * 7);
    expect(dataset.elementShape).toEqual([8, 8, 1]);
    expect(await columnsCovered({ ...base, columns: [0, 0.6] })).toEqual(Array.from({ length: 56 }, (_, i) => i));
  });

  test("drawn windows of two sides share no column", async () => {
    const left = await columnsCovered({ ...base, columns: [0, 0.6], numWindows: 300, seed: 1 });
    const right = await columnsCovered({ ...base, columns: [0.6, 1], numWindows: 300, seed: 1 });
    expect([left[0], left.at(-1), right[0], right.at(-1)]).toEqual([0, 59, 60, 99]);
    expect(await columnsCovered({ ...base, numWindows: 1, seed: 1 })).not.toEqual(
      await columnsCovered({ ...base, numWindows: 1, seed: 2 }),
    );
  });

  test("a window larger than its region is refused", () => {
    expect(() => imageWindows(pictures, { ...base, columns: [0, 0.05] })).toThrow("has no room for a 8 x 8 window");
  });
});

test("pictures in memory", async () => {
  const x = { data: new Uint8Array(3 * 4).fill(7), shape: [3, 2, 2, 1], dtype: "u8" } as const;
  const dataset = imagesFromArrays(x, [0, 1, 1], { classNames: ["a", "b"], labelMode: "binary", augment: "light" });
  expect([dataset.shuffle, dataset.rescale, dataset.labelMode]).toEqual([true, 1 / 255, "binary"]);
  expect(dataset.augment?.rotationRange).toBe(10);
  expect(() => imagesFromArrays(x, [0], { classNames: ["a", "b"] })).toThrow("x [3, 2, 2, 1] and 1 labels");
});
