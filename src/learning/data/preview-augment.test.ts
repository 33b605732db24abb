import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { installPlatform } from "#engine/platform/api.ts";
import { createNodePlatform } from "#engine/platform/node/node-platform.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { AugmentOptions } from "#learning/data/augment.ts";
import { drawAugmentation } from "#learning/data/augment.ts";
import { augmentPicture } from "#learning/data/augment-oracle.ts";
import { fromArrays } from "#learning/data/from-arrays.ts";
import { encodePng, previewAugment, previewSheet } from "#learning/data/preview-augment.ts";
import { imagesFromArrays } from "#learning/data/windows.ts";

beforeAll(async () => {
  installPlatform(createNodePlatform());
  await useDevice("js");
});

const [numPictures, height, width, channels] = [10, 6, 7, 3];
const size = height * width * channels;
const data = Uint8Array.from({ length: numPictures * size }, (_, index) => Math.imul(index + 1, 2654435761) >>> 24);
const labels = Int32Array.from({ length: numPictures }, (_, index) => (index < 8 ? 0 : index - 7));

function dataset(augment: AugmentOptions | "none"): ReturnType<typeof imagesFromArrays> {
  const classNames = ["a", "b", "c"];
  return imagesFromArrays({ data, shape: [numPictures, height, width, channels], dtype: "u8" }, labels, {
    classNames,
    seed: 11,
    augment,
  });
}

describe("previewAugment", () => {
  test("one of each class in turn; variants are what training draws in its epochs", async () => {
    const options = { rotationRange: 90, horizontalFlip: true };
    const previews = await previewAugment(dataset(options), { numPictures: 4, numVariants: 3 });
    expect(previews.map(({ index }) => labels[index])).toEqual([0, 1, 2, 0]);
    for (const { index, original, variants } of previews) {
      const bytes = data.subarray(index * size, (index + 1) * size);
      expect(original).toEqual({ height, width, channels, data: bytes });
      expect(variants.length).toBe(3);
      variants.forEach((variant, epoch) => {
        const change = drawAugmentation(options, { seed: 11, epoch, index }, height, width);
        const expected = augmentPicture({ height, width, channels, data: bytes }, change, { fillMode: "nearest" });
        const differences = Array.from(variant.data, (value, at) => Math.abs(value - (expected[at] ?? 0)));
        expect(Math.max(...differences)).toBeLessThan(0.51);
      });
    }
  });

  test("another seed gives others, the same the same", async () => {
    const draw = (seed: number) => previewAugment(dataset({ zoomRange: 0.5, mixup: {} }), { seed, numVariants: 2 });
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).not.toEqual(await draw(2));
  });

  test("more pictures than there are: all; oversampling repeats none", async () => {
    const previews = await previewAugment(dataset({ cutmix: {} }).oversampled(), { numPictures: 99, numVariants: 1 });
    expect(previews.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("numbers from 0 to 1 become bytes by valueRange", async () => {
    const x = { data: Float32Array.of(0, 0.5, 1, 2), shape: [1, 2, 2, 1], dtype: "f32" } as const;
    const values = fromArrays(x, undefined, { augment: { horizontalFlip: true } });
    const [preview] = await previewAugment(values, { numPictures: 1, numVariants: 1, valueRange: [0, 1] });
    expect(preview?.original).toEqual({ height: 2, width: 2, channels: 1, data: Uint8Array.of(0, 128, 255, 255) });
  });

  test("without augmentation, or of tables, it is refused", async () => {
    await expect(previewAugment(dataset("none"))).rejects.toThrow('Give it augment: "standard"');
    const table = fromArrays([[1, 2]], undefined, { augment: { horizontalFlip: true } });
    await expect(previewAugment(table)).rejects.toThrow("expected pictures");
  });
});

test("a sheet has a row a picture and becomes a PNG of the same pixels", async () => {
  const previews = await previewAugment(dataset({ rotationRange: 30 }), { numPictures: 2, numVariants: 3 });
  const sheet = previewSheet(previews, 2);
  expect([sheet.width, sheet.height]).toEqual([4 * (width + 2) - 2, 2 * (height + 2) - 2]);
  const { data: found, info } = await sharp(await encodePng(sheet))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([sheet.width, sheet.height]);
  expect(new Uint8Array(found)).toEqual(sheet.data);
  // The second row's third picture, its second line.
  const at = ((height + 2 + 1) * sheet.width + 2 * (width + 2)) * channels;
  const variant = previews[1]?.variants[1]?.data.subarray(width * channels, 2 * width * channels);
  expect(sheet.data.subarray(at, at + width * channels)).toEqual(variant);
});
