import fc from "fast-check";
import { expect, test } from "vitest";
import type { Batch } from "#learning/data/dataset.ts";
import { textWindows } from "./text-windows.ts";

async function batchesOf(dataset: ReturnType<typeof textWindows>, epoch: number, startStep = 0): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of dataset.batches(epoch, { startStep })) batches.push(batch);
  return batches;
}

const rowsOf = (batches: readonly Batch[], which: "x" | "y"): number[][] =>
  batches.flatMap((batch) => {
    const { data, shape } = batch[which]!;
    const length = shape[1]!;
    return Array.from({ length: shape[0]! }, (_, row) => Array.from(data.subarray(row * length, (row + 1) * length)));
  });

test("every window is followed by itself shifted by one, and windows that fit are all there", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 40 }),
      async (length, stride, extra) => {
        const ids = Int32Array.from({ length: length + 1 + extra }, (_, place) => (place * 7) % 50);
        const dataset = textWindows(ids, { length, stride, shuffle: false, batchSize: 3 });
        const batches = await batchesOf(dataset, 0);
        const starts = Array.from(ids.keys()).filter((start) => start % stride === 0 && start + length < ids.length);
        expect(rowsOf(batches, "x")).toEqual(starts.map((start) => Array.from(ids.subarray(start, start + length))));
        expect(rowsOf(batches, "y")).toEqual(
          starts.map((start) => Array.from(ids.subarray(start + 1, start + length + 1))),
        );
        expect(batches[0]!.x.dtype).toBe("i32");
        expect(batches[0]!.y!.dtype).toBe("i32");
      },
    ),
  );
});

test("the order is a function of seed and epoch, from any step on", async () => {
  const ids = Int32Array.from({ length: 101 }, (_, place) => place);
  const make = (seed: number): ReturnType<typeof textWindows> => textWindows(ids, { length: 5, batchSize: 4, seed });
  const first = rowsOf(await batchesOf(make(1), 2), "x");
  expect(rowsOf(await batchesOf(make(1), 2), "x")).toEqual(first);
  expect(rowsOf(await batchesOf(make(1), 3), "x")).not.toEqual(first);
  expect(rowsOf(await batchesOf(make(2), 2), "x")).not.toEqual(first);
  expect(rowsOf(await batchesOf(make(1), 2, 3), "x")).toEqual(first.slice(12));
  expect(first.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, place) => place));
});

test("too few tokens and bad options are refused", () => {
  expect(() => textWindows([1, 2, 3], { length: 3 })).toThrow(/3 tokens make no window of 3/);
  expect(() => textWindows([1, 2, 3], { length: 0 })).toThrow(/length is 0/);
  expect(() => textWindows([1, 2, 3], { length: 1, stride: 0 })).toThrow(/stride is 0/);
  expect(() => textWindows([1, 2, 3], { length: 1, batch_size: 2 } as never)).toThrow(/Write batchSize/);
});
