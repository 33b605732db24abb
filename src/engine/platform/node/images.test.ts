import { crc32, deflateSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { describe, expect, test } from "vitest";
import type { Picture } from "#engine/platform/api.ts";
import { resample } from "#engine/base/resample.ts";
import { decodeImage } from "#engine/platform/node/images.ts";

/** 40 wide, 24 high: red left of column 20, blue right of it; the upper half brighter. */
const [width, height] = [40, 24];
const rgb = Buffer.from(
  Array.from({ length: width * height }, (_, index) => {
    const value = index < (width * height) / 2 ? 240 : 120;
    return index % width < width / 2 ? [value, 10, 10] : [10, 10, value];
  }).flat(),
);
const painted = (): Sharp => sharp(rgb, { raw: { width, height, channels: 3 } });

function pixel({ data, channels, width: rowLength }: Picture, row: number, column: number): number[] {
  return Array.from(data.subarray((row * rowLength + column) * channels, (row * rowLength + column + 1) * channels));
}

function expectNear(found: readonly number[], expected: readonly number[], bound: number): void {
  expect(found.length).toBe(expected.length);
  found.forEach((value, index) => expect(Math.abs(value - (expected[index] ?? NaN))).toBeLessThanOrEqual(bound));
}

function expectPainted(picture: Picture, bound: number): void {
  expect([picture.width, picture.height, picture.channels]).toEqual([width, height, 3]);
  expectNear(pixel(picture, 3, 5), [240, 10, 10], bound);
  expectNear(pixel(picture, 3, 35), [10, 10, 240], bound);
  expectNear(pixel(picture, 20, 5), [120, 10, 10], bound);
  expectNear(pixel(picture, 20, 35), [10, 10, 120], bound);
}

describe("formats", () => {
  const formats: readonly [string, () => Promise<Buffer>, number][] = [
    ["JPEG", () => painted().jpeg({ quality: 95 }).toBuffer(), 8],
    ["progressive JPEG", () => painted().jpeg({ quality: 95, progressive: true }).toBuffer(), 8],
    ["PNG", () => painted().png().toBuffer(), 0],
    ["interlaced PNG", () => painted().png({ progressive: true }).toBuffer(), 0],
    ["palette PNG", () => painted().png({ palette: true }).toBuffer(), 8],
    ["WebP", () => painted().webp({ quality: 95 }).toBuffer(), 12],
    ["lossless WebP", () => painted().webp({ lossless: true }).toBuffer(), 0],
    ["GIF", () => painted().gif().toBuffer(), 8],
    ["TIFF", () => painted().tiff({ compression: "lzw" }).toBuffer(), 0],
    ["AVIF", () => painted().avif({ quality: 90 }).toBuffer(), 14],
    ["16-bit PNG", () => painted().toColourspace("rgb16").png().toBuffer(), 1],
    ["16-bit TIFF", () => painted().toColourspace("rgb16").tiff({ compression: "deflate" }).toBuffer(), 1],
    ["opaque RGBA PNG", () => painted().ensureAlpha(1).png().toBuffer(), 0],
  ];
  test.each(formats)("%s", async (_, make, bound) => {
    expectPainted(await decodeImage(await make()), bound);
  });

  test("CMYK JPEG becomes RGB", async () => {
    const bytes = await painted().toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer();
    expect((await sharp(bytes).metadata()).space).toBe("cmyk");
    const picture = await decodeImage(bytes);
    expect([picture.width, picture.height, picture.channels]).toEqual([width, height, 3]);
    const [red = 0, , blue = 0] = pixel(picture, 3, 5);
    const [otherRed = 0, , otherBlue = 0] = pixel(picture, 3, 35);
    expect(red).toBeGreaterThan(blue + 80);
    expect(otherBlue).toBeGreaterThan(otherRed + 80);
  });

  const grey = Buffer.from(Array.from({ length: 64 }, (_, index) => index * 4));
  test.each([
    ["8-bit", () => sharp(grey, { raw: { width: 8, height: 8, channels: 1 } }).toColourspace("b-w")],
    ["16-bit", () => sharp(grey, { raw: { width: 8, height: 8, channels: 1 } }).toColourspace("grey16")],
  ])("%s grey PNG", async (_, make) => {
    const bytes = await make().png().toBuffer();
    const picture = await decodeImage(bytes);
    expect(picture.channels).toBe(3);
    expectNear(pixel(picture, 2, 3), [76, 76, 76], 1);
    const single = await decodeImage(bytes, { channels: 1 });
    expect(single.channels).toBe(1);
    expectNear(pixel(single, 2, 3), [76], 1);
  });

  test("alpha is laid over white, grey or colour, 8 or 16 bits", async () => {
    const rgba = Buffer.from(Array.from({ length: 16 }, (_, index) => [200, 100, 0, index < 8 ? 0 : 128]).flat());
    const clear = sharp(rgba, { raw: { width: 4, height: 4, channels: 4 } });
    for (const bytes of [
      await clear.clone().png().toBuffer(),
      await clear.clone().webp({ lossless: true }).toBuffer(),
    ]) {
      const picture = await decodeImage(bytes);
      expectNear(pixel(picture, 0, 0), [255, 255, 255], 0);
      expectNear(pixel(picture, 3, 3), [227, 177, 127], 1);
    }
    const deep = await decodeImage(await clear.clone().toColourspace("rgb16").png().toBuffer());
    expectNear(pixel(deep, 0, 0), [255, 255, 255], 0);
    expectNear(pixel(deep, 3, 3), [227, 177, 127], 2);
    const greyAlpha = await clear.clone().toColourspace("b-w").png().toBuffer();
    expect((await sharp(greyAlpha).metadata()).channels).toBe(2);
    expectNear(pixel(await decodeImage(greyAlpha), 0, 0), [255, 255, 255], 0);
    const whole = await decodeImage(await clear.clone().png().toBuffer(), { channels: 4 });
    expectNear(pixel(whole, 3, 3), [200, 100, 0, 128], 0);
  });

  test("grey is ITU-R 601 luma", async () => {
    const picture = await decodeImage(await painted().png().toBuffer(), { channels: 1 });
    expectNear(pixel(picture, 3, 5), [Math.round(0.299 * 240 + 0.587 * 10 + 0.114 * 10)], 0);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("EXIF orientation %i", async (orientation) => {
    const bytes = await painted().withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
    const picture = await decodeImage(bytes);
    const isTurned = orientation > 4;
    expect([picture.width, picture.height]).toEqual(isTurned ? [height, width] : [width, height]);
    // Where the stored pixel of row 3, column 5 is shown.
    const shown: Readonly<Record<number, readonly [number, number]>> = {
      1: [3, 5],
      2: [3, 34],
      3: [20, 34],
      4: [20, 5],
      5: [5, 3],
      6: [5, 20],
      7: [34, 20],
      8: [34, 3],
    };
    const [row, column] = shown[orientation] ?? [0, 0];
    expectNear(pixel(picture, row, column), [240, 10, 10], 8);
    const small = await decodeImage(bytes, { size: [10, 16] });
    expect([small.width, small.height]).toEqual([16, 10]);
    const at = [Math.floor((row * 10) / picture.height), Math.floor((column * 16) / picture.width)] as const;
    expectNear(pixel(small, ...at), [240, 10, 10], 40);
  });

  test("first frame of animated GIF and WebP", async () => {
    const frames = Buffer.concat([rgb, Buffer.alloc(rgb.length, 77)]);
    const animation = sharp(frames, { raw: { width, height: height * 2, channels: 3, pageHeight: height } });
    expectPainted(
      await decodeImage(
        await animation
          .clone()
          .gif({ delay: [50, 50] })
          .toBuffer(),
      ),
      8,
    );
    expectPainted(
      await decodeImage(
        await animation
          .clone()
          .webp({ delay: [50, 50], lossless: true })
          .toBuffer(),
      ),
      0,
    );
  });
});

describe("resizing", () => {
  const noise = (): Buffer => {
    let state = 1;
    return Buffer.from(
      Array.from({ length: 300 * 200 * 3 }, (_, index) => {
        state = (Math.imul(state, 1103515245) + 12345) | 0;
        return 128 + 60 * Math.sin(index / 40) + ((state >>> 16) % 60) - 30;
      }),
    );
  };
  const png = (): Promise<Buffer> =>
    sharp(noise(), { raw: { width: 300, height: 200, channels: 3 } })
      .png()
      .toBuffer();
  const meanDifference = (left: Picture, right: Picture): number =>
    left.data.reduce((sum, value, index) => sum + Math.abs(value - (right.data[index] ?? NaN)), 0) / left.data.length;

  test.each([
    [100, 150, 0.6],
    [64, 64, 1.5],
    [10, 10, 1.5],
    [200, 300, 0],
    [400, 600, 0],
    [150, 600, 0],
  ])("to %i x %i is a triangle filter", async (h, w, bound) => {
    const bytes = await png();
    const expected = resample(await decodeImage(bytes), [h, w], "bilinear");
    const picture = await decodeImage(bytes, { size: [h, w] });
    expect([picture.height, picture.width]).toEqual([h, w]);
    expect(meanDifference(picture, expected)).toBeLessThanOrEqual(bound);
  });

  test("nearest takes pixels as they are", async () => {
    const picture = await decodeImage(await painted().png().toBuffer(), { size: [2, 2], interpolation: "nearest" });
    expect(Array.from(picture.data)).toEqual([240, 10, 10, 10, 10, 240, 120, 10, 10, 10, 10, 120]);
  });
});

describe("damaged and foreign bytes", () => {
  const big = (): Sharp =>
    sharp({
      create: {
        width: 400,
        height: 400,
        channels: 3,
        background: "#3a7",
        noise: { type: "gaussian", mean: 120, sigma: 60 },
      },
    });
  const encoded: readonly [string, () => Promise<Buffer>][] = [
    ["jpeg", () => big().jpeg().toBuffer()],
    ["png", () => big().png().toBuffer()],
    ["webp", () => big().webp().toBuffer()],
    ["gif", () => big().gif().toBuffer()],
    ["tiff", () => big().tiff().toBuffer()],
    ["avif", () => big().avif({ effort: 0 }).toBuffer()],
  ];
  test.each(encoded)("cut off %s", async (_, make) => {
    const bytes = await make();
    for (const share of [0.9, 0.5, 0.1, 0.01]) {
      const part = new Uint8Array(bytes.subarray(0, Math.floor(bytes.length * share)));
      // oxlint-disable-next-line no-await-in-loop -- one after the other, to bound memory
      await expect(decodeImage(part, { size: [32, 32] })).rejects.toMatchObject({ code: "format" });
    }
  });

  test.each(encoded)("a flipped byte of %s gives a picture or an error", async (_, make) => {
    const bytes = new Uint8Array(await make());
    for (let trial = 0; trial < 20; trial += 1) {
      const damaged = bytes.slice();
      const at = (trial * 7919) % damaged.length;
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (trial % 8));
      // oxlint-disable-next-line no-await-in-loop -- one after the other, to bound memory
      const outcome = await decodeImage(damaged, { size: [32, 32] }).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toMatchObject({ name: "SinterError" });
      else expect(outcome).toMatchObject({ width: 32, height: 32 });
    }
  });

  test.each([
    ["no bytes", "", "empty (0 bytes)"],
    ["a text", "hello, I am a text file\n", "no picture that is known"],
    ["SVG", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "SVG or HTML"],
    ["PDF", "%PDF-1.7", "PDF"],
    ["BMP", "BM000000", "BMP"],
    ["HEIC", "\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIF"],
  ])("%s is refused with its name", async (_, text, message) => {
    await expect(decodeImage(Buffer.from(text, "latin1"))).rejects.toMatchObject({
      code: "format",
      message: expect.stringContaining(message),
    });
  });

  test("a picture of few rows, each of them very long, is refused", async () => {
    const create = { width: 1_000_000, height: 40, channels: 3, background: "#205080" } as const;
    const wide = await sharp({ create }).png().toBuffer();
    await expect(decodeImage(wide, { size: [32, 32] })).rejects.toThrow("a side has at most 65535");
  });

  test("a small file that unfolds to 400 megapixels is refused before it is unfolded", async () => {
    const bomb = flatPng(20000, 20000);
    expect(bomb.length).toBeLessThan(300_000);
    await expect(decodeImage(bomb, { size: [32, 32] })).rejects.toMatchObject({ code: "limit" });
  });
});

/** A black PNG of one bit a pixel. */
function flatPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height), { level: 1 });
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
