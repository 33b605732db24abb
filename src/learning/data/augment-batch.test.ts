import { beforeAll, expect, test } from "vitest";
import { installPlatform } from "#engine/platform/api.ts";
import { createNodePlatform } from "#engine/platform/node/node-platform.ts";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { AugmentOptions, FillMode } from "#learning/data/augment.ts";
import { drawAugmentation } from "#learning/data/augment.ts";
import { augmentBatch, drawBatchAugmentation, mapChanges } from "#learning/data/augment-batch.ts";
import { augmentPicture } from "#learning/data/augment-oracle.ts";

beforeAll(async () => {
  installPlatform(createNodePlatform());
  await useDevice("js");
});

const [numPictures, height, width, channels] = [4, 11, 17, 3];
const size = height * width * channels;
const images = Uint8Array.from({ length: numPictures * size }, (_, index) => (index * 7919 + (index >> 3) * 31) % 256);
const place = { seed: 3, epoch: 2, indices: [9, 4, 0, 1] };

/** The batch as the device changes it, and as the oracle does. */
async function both(options: AugmentOptions): Promise<readonly [found: ArrayLike<number>, expected: Float64Array]> {
  const changes = drawBatchAugmentation(options, place, height, width);
  const found = await augmentBatch(
    tensor(images, { shape: [numPictures, height, width, channels] }),
    mapChanges(changes, ({ data, shape, dtype }) => tensor(data, { shape, dtype })),
    options,
  ).data();
  const expected = new Float64Array(numPictures * size);
  place.indices.forEach((index, row) => {
    const picture = { height, width, channels, data: images.subarray(row * size, (row + 1) * size) };
    const change = drawAugmentation(options, { ...place, index }, height, width);
    expected.set(augmentPicture(picture, change, options), row * size);
  });
  return [found, expected];
}

function meanDifference(left: ArrayLike<number>, right: Float64Array): number {
  return right.reduce((sum, value, index) => sum + Math.abs(value - (left[index] ?? NaN)), 0) / right.length;
}

const moving = { rotationRange: 180, widthShiftRange: 0.6, heightShiftRange: 0.6, shearRange: 30, zoomRange: 0.5 };

test.each<FillMode>(["nearest", "constant", "reflect", "wrap"])("%s equals the oracle", async (fillMode) => {
  const [found, expected] = await both({ ...moving, horizontalFlip: true, verticalFlip: true, fillMode, cval: 40 });
  expect(meanDifference(found, expected)).toBeLessThan(1e-3);
});

test("colours equal the oracle", async () => {
  const [found, expected] = await both({ ...moving, channelShiftRange: 60, brightnessRange: [0.4, 1.8] });
  // Brightness rounds down: where float32 falls on the other side of a whole number, it differs by one factor.
  expect(meanDifference(found, expected)).toBeLessThan(0.02);
});

test("nothing asked for leaves every bit", async () => {
  const [found] = await both({});
  expect(Array.from(found)).toEqual(Array.from(images));
});

test("a flip alone leaves every value", async () => {
  const [found, expected] = await both({ horizontalFlip: true, verticalFlip: true });
  expect(Array.from(found)).toEqual(Array.from(expected));
});
