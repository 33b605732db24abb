// The same picture files decoded in a page and in Node: formats, EXIF orientation, alpha over white, damaged files.
// What Node's pixels must be, src/engine/platform/node/images.test.ts says.

import sharp, { type Sharp } from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import * as sinter from "#entry/node.ts";
import { bundlePage, launchChromium, runInPage, scriptPage, servePage, skipNote, whyNoBrowser } from "./chromium.ts";
import { decodePicture, type DecodedPicture } from "./decode-picture.ts";

const [width, height] = [92, 60];

/** Slopes in red and green, waves in blue; the alpha of a clear one is different in every pixel. */
function paint(channels: 3 | 4): Sharp {
  const pixels = Array.from({ length: width * height }, (_, index) => {
    const [row, column] = [Math.floor(index / width), index % width];
    const colours = [40 + row * 3, 200 - column * 2, 128 + 60 * Math.sin((row + column) / 6)];
    return channels === 3 ? colours : [...colours, (index * 7) % 256];
  });
  return sharp(Buffer.from(pixels.flat()), { raw: { width, height, channels } });
}

const jpeg = { quality: 92 };
const turned = (orientation: number): Sharp => paint(3).withMetadata({ orientation });

/** Most that a pixel may differ, and the mean of a resized grey picture, in grey levels. */
const bounds = { pixel: 2, sample: 0.5 };
/** The browser shrinks a large picture to twice the target first (docs/decisions/0002-pictures.md). */
const largeBounds = { pixel: 2, sample: 1 };
/** libvips lays alpha over white and shrinks in steps of its own. */
const clearBounds = { pixel: 2, sample: 1.5 };

const pictures: readonly (readonly [name: string, make: () => Sharp, { pixel: number; sample: number }])[] = [
  ["JPEG", () => paint(3).jpeg(jpeg), bounds],
  ["progressive JPEG", () => paint(3).jpeg({ ...jpeg, progressive: true }), bounds],
  ["grey JPEG", () => paint(3).grayscale().jpeg(jpeg), bounds],
  ["JPEG with a colour profile", () => paint(3).withIccProfile("p3").jpeg(jpeg), bounds],
  ...[1, 2, 3, 4, 5, 6, 7, 8].map(
    (orientation) => [`JPEG of EXIF orientation ${orientation}`, () => turned(orientation).jpeg(jpeg), bounds] as const,
  ),
  ...[1, 2, 3, 4, 5, 6, 7, 8].map(
    (orientation) =>
      [`WebP of EXIF orientation ${orientation}`, () => turned(orientation).webp({ lossless: true }), bounds] as const,
  ),
  ["PNG", () => paint(3).png(), bounds],
  ["palette PNG", () => paint(3).png({ palette: true }), bounds],
  ["16-bit PNG", () => paint(3).toColourspace("rgb16").png(), bounds],
  ["PNG of EXIF orientation 6", () => turned(6).png(), bounds],
  ["large WebP of EXIF orientation 6", () => turned(6).resize(920, 600).webp({ lossless: true }), largeBounds],
  ["PNG with alpha", () => paint(4).png(), clearBounds],
  ["WebP", () => paint(3).webp({ quality: 90 }), bounds],
  ["lossless WebP", () => paint(3).webp({ lossless: true }), bounds],
  ["WebP with alpha", () => paint(4).webp({ lossless: true }), clearBounds],
  ["GIF", () => paint(3).gif(), bounds],
  ["AVIF", () => paint(3).avif({ quality: 80 }), bounds],
];

const damaged: readonly [name: string, make: () => Sharp][] = [
  ["JPEG", () => paint(3).jpeg(jpeg)],
  ["progressive JPEG", () => paint(3).jpeg({ ...jpeg, progressive: true })],
  ["PNG", () => paint(3).png()],
  ["WebP", () => paint(3).webp()],
  ["GIF", () => paint(3).gif()],
  ["AVIF", () => paint(3).avif()],
];

describe.skipIf(whyNoBrowser !== undefined)(`pictures in a page${skipNote}`, () => {
  const files = new Map<string, Uint8Array>();
  let found: Readonly<Record<string, DecodedPicture>> = {};
  const add = async (path: string, make: () => Sharp, share: number): Promise<void> => {
    const bytes = await make().toBuffer();
    files.set(path, new Uint8Array(bytes.subarray(0, Math.floor(bytes.length * share))));
  };
  const decode = async (path: string): Promise<{ readonly page: DecodedPicture; readonly node: DecodedPicture }> => {
    const node = await decodePicture(sinter, new Blob([new Uint8Array(files.get(path) ?? [])]));
    const page = found[path];
    if (page === undefined) throw new Error(`The page did not decode ${path}.`);
    return { page, node };
  };

  beforeAll(async () => {
    await Promise.all(pictures.map(([name, make]) => add(`whole/${name}`, make, 1)));
    await Promise.all(damaged.map(([name, make]) => add(`damaged/${name}`, make, 0.6)));
    await add("TIFF", () => paint(3).tiff(), 1);
    const code = await bundlePage("test/browser/pictures-page.ts");
    const server = await servePage(new Map([...scriptPage(code), ...files]));
    const browser = await launchChromium();
    try {
      found = await runInPage(browser, server.addressOf("plain"), [...files.keys()]);
    } finally {
      await browser.close();
      await server.close();
    }
  });

  test.each(pictures)("%s", async (name, _, { pixel, sample }) => {
    const { page, node } = await decode(`whole/${name}`);
    expect([page.code, page.width, page.height]).toEqual([undefined, node.width, node.height]);
    expect(largest(differences(page.pixels, node.pixels))).toBeLessThanOrEqual(pixel);
    expect(mean(differences(page.sample, node.sample))).toBeLessThanOrEqual(sample);
  });

  test.each(damaged)("cut-off %s is an error", async (name) => {
    const { page, node } = await decode(`damaged/${name}`);
    expect([page.code, node.code]).toEqual(["format", "format"]);
  });

  test("TIFF, which browsers do not decode, is an error", async () => {
    const { page, node } = await decode("TIFF");
    expect([page.code, node.code]).toEqual(["format", undefined]);
  });
});

function differences(found: string, expected: string): number[] {
  expect(found.length).toBe(expected.length);
  return Array.from(expected, (character, index) => Math.abs(found.charCodeAt(index) - character.charCodeAt(0)));
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
