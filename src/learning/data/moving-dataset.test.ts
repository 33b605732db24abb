import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installPlatform, platform } from "#engine/platform/api.ts";
import { createNodePlatform } from "#engine/platform/node/node-platform.ts";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { augmentBatch, drawBatchAugmentation, mapChanges } from "#learning/data/augment-batch.ts";
import { movePicture } from "#learning/data/augment-oracle.ts";
import { affineMatrix, drawAugmentation, type AugmentOptions, type FillMode } from "#learning/data/augment.ts";
import type { Batch } from "#learning/data/dataset.ts";
import { boxDataset, objectDetectionFolder, type DetectionDataset } from "#learning/data/detection/box-dataset.ts";
import type { CornerBox } from "#learning/data/detection/picture-objects.ts";
import { moveBox, moveMask } from "#learning/data/move-targets.ts";
import { segmentationFolder } from "#learning/data/segmentation-folder.ts";

const [height, width] = [40, 48];
const boxes: readonly CornerBox[] = [
  [4, 6, 20, 18],
  [25, 20, 40, 36],
  [10, 22, 22, 34],
];
let folder = "";

/** A picture whose inside of the box is white, or has the given value. */
function drawn([x1, y1, x2, y2]: CornerBox, value = 255, channels: 1 | 3 = 3): Uint8Array {
  return Uint8Array.from({ length: height * width * channels }, (_, index) => {
    const [row, column] = [Math.floor(index / channels / width), Math.floor(index / channels) % width];
    return row >= y1 && row < y2 && column >= x1 && column < x2 ? value : 0;
  });
}

beforeAll(async () => {
  installPlatform(createNodePlatform());
  await useDevice("js");
  folder = await mkdtemp(join(tmpdir(), "sinter-moving-"));
  for (const part of ["images", "labels", "masks"]) await mkdir(join(folder, part));
  for (const [index, box] of boxes.entries()) {
    const png = (data: Uint8Array) => platform().encodePng({ height, width, channels: 3, data });
    await writeFile(join(folder, "images", `${index}.png`), await png(drawn(box)));
    await writeFile(join(folder, "masks", `${index}.png`), await png(drawn(box, 1)));
    const [x1, y1, x2, y2] = box;
    const shares = [(x1 + x2) / 2 / width, (y1 + y2) / 2 / height, (x2 - x1) / width, (y2 - y1) / height];
    await writeFile(join(folder, "labels", `${index}.txt`), `${index % 2} ${shares.join(" ")}\n`);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const options = { imageSize: [height, width], batchSize: 3, classNames: ["a", "b"], seed: 5 } as const;

async function first(dataset: { batches: DetectionDataset["batches"] }, epoch: number): Promise<Batch> {
  for await (const batch of dataset.batches(epoch, { isTraining: true })) return batch;
  throw new Error("no batch");
}

/** The pictures of a batch as training changes them. */
async function changed(batch: Batch, augment: AugmentOptions, epoch: number): Promise<ArrayLike<number>> {
  const changes = drawBatchAugmentation(augment, { seed: options.seed, epoch, indices: batch.indices }, height, width);
  const images = tensor(batch.x.data, { shape: batch.x.shape, dtype: "u8" });
  return await augmentBatch(
    images,
    mapChanges(changes, ({ data, shape, dtype }) => tensor(data, { shape, dtype })),
    augment,
  ).data();
}

/** The smallest box around what is at least half white. */
function whiteBox(values: ArrayLike<number>, row: number): CornerBox {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let pixel = 0; pixel < height * width; pixel += 1) {
    if ((values[(row * height * width + pixel) * 3] ?? 0) < 127) continue;
    const [y, x] = [Math.floor(pixel / width), pixel % width];
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
  }
  return [left, top, right, bottom];
}

describe("a box goes where its picture's rectangle goes", () => {
  const all = { rotationRange: 25, widthShiftRange: 0.3, heightShiftRange: 0.3, shearRange: 15, zoomRange: 0.3 };
  test.each<[string, AugmentOptions, number]>([
    ["flips", { horizontalFlip: true, verticalFlip: true }, 0],
    ["whole shifts", { widthShiftRange: 9, heightShiftRange: 7 }, 0],
    ["rotation", { rotationRange: 180 }, 1.5],
    ["zoom", { zoomRange: 0.4 }, 1],
    ["shear", { shearRange: 30 }, 1.5],
    ["all", { ...all, horizontalFlip: true, verticalFlip: true }, 2.5],
  ])("%s", async (_, change, tolerance) => {
    const augment = { ...change, fillMode: "constant" as const };
    const dataset = await objectDetectionFolder(folder, { ...options, augment, leastShare: 0 });
    for (let epoch = 0; epoch < 4; epoch += 1) {
      const batch = await first(dataset, epoch);
      const [, found, labels] = batch.inputs ?? [];
      const values = await changed(batch, augment, epoch);
      for (const [row, position] of batch.indices.entries()) {
        const white = whiteBox(values, row);
        if (labels?.data[row] === -1) {
          expect((white[2] - white[0]) * (white[3] - white[1])).toBeLessThan(12);
          continue;
        }
        expect(labels?.data[row]).toBe(position % 2);
        white.forEach((side, place) => {
          expect(Math.abs(side - (found?.data[4 * row + place] ?? 99))).toBeLessThanOrEqual(tolerance + 1e-3);
        });
      }
    }
  });
});

test("a box that leaves the picture is cut, and dropped when too little is left", () => {
  const size = [height, width] as const;
  const shifted = [1, 0, 0, 0, 1, 10] as const; // ten columns to the left
  expect(moveBox([4, 6, 20, 18], shifted, { size, leastShare: 0.6 })).toEqual([0, 6, 10, 18]);
  expect(moveBox([4, 6, 20, 18], shifted, { size, leastShare: 0.7 })).toBeUndefined();
  expect(moveBox([4, 6, 8, 18], shifted, { size, leastShare: 0 })).toBeUndefined();
  expect(moveBox([4, 6, 8, 18], [0, 0, 0, 0, 0, 0], { size, leastShare: 0 })).toBeUndefined();
});

describe("masks", () => {
  const classes = Int32Array.from({ length: height * width }, (_, pixel) => (pixel * 7 + (pixel >> 4)) % 5);
  const size = [height, width] as const;
  const still = { theta: 0, tx: 0, ty: 0, shear: 0, zx: 1, zy: 1, flipHorizontal: false, flipVertical: false };
  const asPicture = { height, width, channels: 1, data: classes };

  test.each<FillMode>(["nearest", "constant", "reflect", "wrap"])("whole moves are the picture's: %s", (fillMode) => {
    // Wrapped, a place a rounding below 0 is the last one.
    const theta = fillMode === "wrap" ? 0 : 180;
    for (const change of [
      { tx: 5, ty: -3 },
      { tx: 60 },
      { flipHorizontal: true, ty: 4 },
      { theta, flipVertical: true },
    ]) {
      const matrix = affineMatrix({ ...still, ...change }, height, width);
      const moved = moveMask(classes, matrix, { size, fillMode, fillClass: 9 });
      expect(Array.from(moved)).toEqual(Array.from(movePicture(asPicture, matrix, fillMode, 9), Math.round));
    }
  });

  test.each<FillMode>(["nearest", "constant", "reflect"])("the nearest pixel has most weight: %s", (fillMode) => {
    const augment = { rotationRange: 60, widthShiftRange: 0.3, shearRange: 20, zoomRange: 0.5 };
    const { matrix } = drawAugmentation(augment, { seed: 1, epoch: 0, index: 3 }, height, width);
    const moved = moveMask(classes, matrix, { size, fillMode, fillClass: 0 });
    for (let label = 0; label < 5; label += 1) {
      const own = { ...asPicture, data: classes.map((one) => Number(one === label)) };
      const weights = movePicture(own, matrix, fillMode, label === 0 ? 1 : 0);
      moved.forEach((one, pixel) => {
        // Half a pixel beyond the border, the nearest one is still inside, while a picture is constant there.
        const isOwn = one !== label || (weights[pixel] ?? 0) > 0.2499 || fillMode === "constant";
        expect(isOwn).toBe(true);
      });
    }
  });

  test("a folder gives pictures and the masks that move with them", async () => {
    const augment = { horizontalFlip: true, widthShiftRange: 9, heightShiftRange: 7, fillMode: "constant" as const };
    const dataset = await segmentationFolder(folder, { ...options, classNames: ["none", "box"], augment });
    const batch = await first(dataset, 1);
    expect(batch.y?.shape).toEqual([3, height, width]);
    const values = await changed(batch, augment, 1);
    const own = Array.from(batch.y?.data ?? [], (label, pixel) => label === ((values[3 * pixel] ?? 0) > 127 ? 1 : 0));
    expect(own.every(Boolean)).toBe(true);
    const few = await segmentationFolder(folder, { ...options, classNames: ["none"] });
    await expect(first(few, 0)).rejects.toThrow("has the colour 1, 1, 1, which is no class of 1");
    const coloured = {
      classNames: ["none", "box"],
      classColours: [
        [0, 0, 0],
        [1, 1, 1],
      ],
    } as const;
    const same = await first((await segmentationFolder(folder, { ...options, ...coloured })).take(1), 0);
    expect(Array.from(same.y?.data ?? []).filter((label) => label === 1)).toHaveLength(16 * 12);
  });
});

test("crowds are left out, batches are padded, bad options refused", async () => {
  const picture = { file: join(folder, "images", "0.png"), size: [80, 96] as const };
  const objects = { boxes: [...boxes], labels: [2, 0, 1], crowd: [false, true, false] };
  const annotations = { pictures: [{ ...picture, objects }], classNames: ["a", "b", "c"] };
  const dataset = boxDataset(annotations, { imageSize: [height, width], maxBoxes: 4 });
  const batch = await first(dataset, 0);
  expect(Array.from(batch.inputs?.[2]?.data ?? [])).toEqual([2, 1, -1, -1]);
  expect(Array.from(batch.inputs?.[1]?.data ?? []).slice(0, 8)).toEqual([2, 3, 10, 9, 5, 11, 11, 17]);
  expect(() => boxDataset(annotations, { imageSize: [8, 8], maxBoxes: 1 })).toThrow("has 2 boxes. Give 2");
  expect(() => boxDataset(annotations, { imageSize: [8, 8], augment: { mixup: { alpha: 1 } } })).toThrow(
    "mixup of augment",
  );
  expect(() => boxDataset({ pictures: [], classNames: [] }, { imageSize: [8, 8] })).toThrow("no pictures");
});
