import { beforeAll, describe, expect, test } from "vitest";
import { installPlatform } from "#engine/platform/api.ts";
import { createNodePlatform } from "#engine/platform/node/node-platform.ts";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { AugmentOptions } from "#learning/data/augment.ts";
import { augmentBatch, drawBatchAugmentation, mapChanges } from "#learning/data/augment-batch.ts";
import { resolveAugment } from "#learning/data/augment-options.ts";
import type { OraclePicture } from "#learning/data/augment-oracle.ts";
import { boxShare } from "#learning/data/box.ts";
import { drawErasing } from "#learning/data/erase.ts";
import { largerLabels, mixLabels } from "#learning/data/mix-batch.ts";
import { erasePicture, mixPictures } from "#learning/data/mix-oracle.ts";
import { drawBeta, drawMixing, type Mixing } from "#learning/data/mix.ts";
import { drawUniform } from "#learning/data/order.ts";
import { randAugmentPicture } from "#learning/data/rand-augment-oracle.ts";
import { drawOperations, operationNames } from "#learning/data/rand-augment.ts";

beforeAll(async () => {
  installPlatform(createNodePlatform());
  await useDevice("js");
});

const [height, width, channels] = [9, 12, 3];
const size = height * width * channels;

function picture(index: number): OraclePicture {
  const data = Uint8Array.from({ length: size }, (_, at) => (at * 7919 + index * 104729 + (at >> 2) * 31) % 256);
  return { height, width, channels, data };
}

async function augmented(options: AugmentOptions, indices: readonly number[]): Promise<number[]> {
  const changes = drawBatchAugmentation(options, { seed: 5, epoch: 1, indices }, height, width);
  const bytes = Uint8Array.from(indices.flatMap((index) => Array.from(picture(index).data)));
  const images = tensor(bytes, { shape: [indices.length, height, width, channels] });
  const upload = mapChanges(changes, ({ data, shape, dtype }) => tensor(data, { shape, dtype }));
  return Array.from(await augmentBatch(images, upload, options).data());
}

function largestDifference(found: readonly number[], expected: readonly number[]): number {
  expect(found.length).toBe(expected.length);
  return expected.reduce((most, value, index) => Math.max(most, Math.abs(value - (found[index] ?? NaN))), 0);
}

const indices = Array.from({ length: 12 }, (_, row) => (row * 5) % 17);
const places = indices.map((index) => ({ seed: 5, epoch: 1, index }));

describe("the batched operation equals the oracle", () => {
  test("random erasing, and it erases some pictures and not others", async () => {
    const options = { factor: [0.5, 0.5], fillValue: 33 } as const;
    const boxes = places.map((place) => drawErasing(options, place, height, width));
    const expected = boxes.flatMap((box, row) => Array.from(erasePicture(picture(indices[row] ?? 0), box, () => 33)));
    expect(await augmented({ randomErasing: options }, indices)).toEqual(expected);
    expect(new Set(boxes.map((box) => boxShare(box, height, width) > 0))).toEqual(new Set([true, false]));
  });

  test.each<[string, AugmentOptions]>([
    ["mixup", { mixup: { alpha: 1 } }],
    ["cutmix", { cutmix: {} }],
    ["both", { mixup: {}, cutmix: { factor: [1, 1] } }],
  ])("%s", async (_, options) => {
    const mixing = drawMixing(options, { seed: 5, epoch: 1, indices }, height, width);
    const expected = mixing.flatMap((one, row) =>
      Array.from(mixPictures(picture(indices[row] ?? 0), picture(indices[one.partner] ?? 0), one)),
    );
    expect(largestDifference(await augmented(options, indices), expected)).toBeLessThan(1e-3);
  });

  test("RandAugment", async () => {
    const options = { numOps: 3, factor: 0.6 };
    const expected = places.flatMap((place, row) =>
      Array.from(randAugmentPicture(picture(indices[row] ?? 0), drawOperations(options, place, height, width))),
    );
    const found = await augmented({ randAugment: options }, indices);
    const difference = found.reduce((sum, value, at) => sum + Math.abs(value - (expected[at] ?? NaN)), 0);
    // Levels and bits are cut off: where float32 falls on the other side of a whole number, a value jumps.
    expect(difference / found.length).toBeLessThan(0.05);
  });
});

describe("noise of erased rectangles", () => {
  test("lies in 0 to 255, differs from picture to picture and repeats", async () => {
    const options: AugmentOptions = { randomErasing: { factor: [1, 1], scale: [1, 1] } };
    const found = await augmented(options, [3, 4]);
    expect(Math.min(...found)).toBe(0);
    expect(Math.max(...found)).toBe(255);
    expect(found.slice(0, size)).not.toEqual(found.slice(size));
    expect(await augmented(options, [3, 4])).toEqual(found);
  });
  test("one value a channel, as many as there are", async () => {
    await expect(augmented({ randomErasing: { fillValue: [1, 2] } }, [0])).rejects.toThrow(
      "2 values, the pictures have 3",
    );
  });
});

describe("labels", () => {
  test("keep their mass, and the larger one is counted", async () => {
    const mixing = drawMixing({ mixup: { alpha: 1 }, cutmix: {} }, { seed: 2, epoch: 0, indices }, height, width);
    const rows = mixing.map(({ partner, labelShare }) => [partner, labelShare, 0, 0, 0, 0, 0]);
    const table = tensor(Float32Array.from(rows.flat()), { shape: [rows.length, 7] });
    const classes = Int32Array.from(indices, (index) => index % 4);
    const oneHot = Float32Array.from(indices.flatMap((index) => [0, 1, 2, 3].map((one) => Number(index % 4 === one))));
    const mixed = Array.from(await mixLabels(tensor(oneHot, { shape: [12, 4] }), table).data());
    mixing.forEach(({ partner, labelShare }, row) => {
      const mass = mixed.slice(row * 4, row * 4 + 4);
      expect(mass.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
      const own = classes[row] === classes[partner] ? 1 : labelShare;
      expect(mass[classes[row] ?? 0]).toBeCloseTo(own, 6);
    });
    const counted = await largerLabels(tensor(classes), table).data();
    expect(Array.from(counted)).toEqual(
      mixing.map(({ partner, labelShare }, row) => (labelShare >= 0.5 ? classes[row] : classes[partner])),
    );
  });
});

describe("drawing", () => {
  const many = (options: AugmentOptions): Mixing[] =>
    Array.from({ length: 500 }, (_, batch) =>
      drawMixing(options, { seed: 9, epoch: 0, indices: [0, 1, 2, 3].map((row) => batch * 4 + row) }, 100, 50),
    ).flat();

  test.each([0.05, 0.2, 1, 4])("Beta(%f, %f): mean and variance", (alpha) => {
    const drawn = Array.from({ length: 20_000 }, (_, index) =>
      drawBeta(alpha, (block) => drawUniform(1, "mix", 3, index * 40 + block)),
    );
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
    const expected = 1 / (4 * (2 * alpha + 1));
    // Six standard errors of a mean of 20,000.
    expect(Math.abs(mean - 0.5)).toBeLessThan(6 * Math.sqrt(expected / drawn.length));
    expect(Math.abs(variance - expected)).toBeLessThan(0.03 * expected);
    expect(drawn.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  test("partners are an order of the batch, evenly drawn", () => {
    const counts = [0, 0, 0, 0];
    for (let batch = 0; batch < 2000; batch += 1) {
      const place = { seed: 9, epoch: 0, indices: [0, 1, 2, 3].map((row) => batch * 4 + row) };
      const partners = drawMixing({ mixup: {} }, place, 8, 8).map(({ partner }) => partner);
      expect(partners.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
      counts[partners[0] ?? 0] = (counts[partners[0] ?? 0] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(120);
  });

  test("a batch of one stays as it is", async () => {
    for (const options of [{ mixup: {} }, { cutmix: {} }]) {
      expect(await augmented(options, [7])).toEqual(Array.from(picture(7).data));
      expect(drawMixing(options, { seed: 1, epoch: 0, indices: [7] }, 9, 9)[0]?.labelShare).toBe(1);
    }
  });

  test("CutMix: the label's share is that of the pixels left, and half is kept on average", () => {
    const drawn = many({ cutmix: { factor: [1, 1] } });
    for (const { box, labelShare, pixelShare, partner } of drawn) {
      expect(labelShare).toBe(1 - boxShare(box, 100, 50));
      if (partner !== drawn.length) expect([0, 1]).toContain(pixelShare);
    }
    const mixed = drawn.filter(({ pixelShare }) => pixelShare === 0);
    const mean = mixed.reduce((sum, { labelShare }) => sum + labelShare, 0) / mixed.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.04);
  });

  test("with both, each sample gets one, as often either", () => {
    const mixed = many({ mixup: { alpha: 1 }, cutmix: { factor: [1, 1] } }).filter(({ labelShare }) => labelShare < 1);
    const numCut = mixed.filter(({ pixelShare }) => pixelShare === 0).length;
    expect(Math.abs(numCut / mixed.length - 0.5)).toBeLessThan(0.06);
  });

  test("erasing: how often, and sides from root to root", () => {
    const boxes = Array.from({ length: 4000 }, (_, index) => drawErasing({}, { seed: 1, epoch: 0, index }, 200, 100));
    const erased = boxes.filter((box) => box.bottom > box.top);
    expect(Math.abs(erased.length / boxes.length - 0.5)).toBeLessThan(0.04);
    const heights = erased.map(({ top, bottom }) => (bottom - top) / 200);
    expect(Math.min(...heights)).toBeGreaterThan(Math.sqrt(0.02) - 0.01);
    expect(Math.max(...heights)).toBeLessThan(Math.sqrt(0.33) + 0.01);
    for (const { top, bottom, left, right } of erased) {
      expect(top >= 0 && left >= 0 && bottom <= 200 && right <= 100).toBe(true);
    }
  });

  test("RandAugment: every operation about as often, strengths within the factor", () => {
    const drawn = Array.from({ length: 3000 }, (_, index) =>
      drawOperations({ numOps: 2, factor: 0.5 }, { seed: 1, epoch: 0, index }, 10, 10),
    ).flat();
    for (const name of operationNames) {
      const same = drawn.filter((operation) => operation.name === name);
      expect(Math.abs(same.length / drawn.length - 1 / 11)).toBeLessThan(0.02);
    }
    const within = (name: string, low: number, high: number): void => {
      const strengths = drawn.filter((one) => one.name === name).map(({ strength }) => strength);
      expect(Math.min(...strengths)).toBeGreaterThanOrEqual(low);
      expect(Math.max(...strengths)).toBeLessThanOrEqual(high);
      expect(Math.max(...strengths)).toBeGreaterThan(low + (high - low) * 0.9);
    };
    within("brightness", 0, 127.5);
    within("contrast", 1, 1.5);
    within("sharpness", 0, 1);
    within("posterization", 32, 128);
    within("solarization", 0, 127.5);
  });

  test("depends on seed, epoch and samples, and on nothing else", () => {
    const draw = (seed: number, epoch: number, first: number): Mixing[] =>
      drawMixing({ mixup: {}, cutmix: {} }, { seed, epoch, indices: [first, 8, 9, 10] }, 20, 20);
    expect(draw(1, 2, 3)).toEqual(draw(1, 2, 3));
    expect(draw(1, 2, 3)).not.toEqual(draw(2, 2, 3));
    expect(draw(1, 2, 3)).not.toEqual(draw(1, 3, 3));
    expect(draw(1, 2, 3)).not.toEqual(draw(1, 2, 4));
  });
});

describe("options", () => {
  test("Keras's names in camelCase", () => {
    const options = { mixup: {}, cutmix: { factor: [0.5, 1] }, randomErasing: { fillValue: null }, randAugment: {} };
    expect(resolveAugment(JSON.parse(JSON.stringify(options)))).toEqual(options);
  });
  test.each([
    [{ mixup: { alpha: 0 } }, "augment.mixup.alpha is 0, expected a number above 0"],
    [{ mixup: 0.2 }, "augment.mixup is 0.2, expected an object of options, as { alpha: 0.2 }"],
    [{ cutmix: { alpha: 1 } }, 'augment.cutmix has no option "alpha". Use factor.'],
    [{ randomErasing: { fill_value: 3 } }, "Write fillValue."],
    [{ randomErasing: { scale: [0.5, 0.1] } }, "augment.randomErasing.scale is [0.5,0.1]"],
    [{ randAugment: { numOps: 9 } }, "a whole number from 1 to 8"],
    [{ randAugment: { valueRange: [1, 1] } }, "two numbers [low, high]"],
  ])("%j is refused", (augment, message) => {
    expect(() => resolveAugment(augment)).toThrow(message);
  });
});
