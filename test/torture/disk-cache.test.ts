// The cache of decoded pictures on disk: it may only save time. Damage, a full disk and changed files cost a decode and
// never a wrong picture.

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import "#entry/install-node.ts";
import { installPlatform, platform, type Platform } from "#engine/platform/api.ts";
import { imageFiles, type PictureOptions } from "#learning/data/image-files.ts";
import type { SampleDataset } from "#learning/data/sample-dataset.ts";
import { faultyFiles, type Fault } from "./faulty-calls.ts";

const own: Platform = platform();
const numPictures = 6;
let root = "";
let folder = "";
let pictures: string[] = [];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "sinter cache "));
});
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => installPlatform(own));

/** New pictures and an empty cache for every test. */
beforeEach(async () => {
  const place = mkdtempSync(join(root, "case-"));
  folder = join(place, "cache");
  pictures = Array.from({ length: numPictures }, (_, index) => join(place, `${index}.png`));
  await Promise.all(pictures.map((path, index) => writePicture(path, 20 * index)));
});

/** The time is a whole second, so that it can be set again. */
async function writePicture(path: string, value: number): Promise<void> {
  const background = { r: value, g: 255 - value, b: 7 };
  const picture = sharp({ create: { width: 9, height: 8, channels: 3, background } });
  writeFileSync(path, await picture.png().toBuffer());
  utimesSync(path, 1_700_000_000, 1_700_000_000);
}

/** A data set as a new run makes it: nothing in memory. */
function open(options: Partial<PictureOptions> = {}): SampleDataset {
  return imageFiles(pictures, { imageSize: [4, 4], batchSize: 4, cacheBytes: 0, diskCache: { folder }, ...options });
}

async function pixels(dataset: SampleDataset): Promise<number[]> {
  const values: number[] = [];
  for await (const { x } of dataset.batches(0)) values.push(...Array.from(x.data));
  return values;
}

const sampleBytes = 4 * 4 * 3;
const entryBytes = 16 + 64 + sampleBytes;

describe("a later run", () => {
  test("reads what an earlier one decoded, and decodes nothing", async () => {
    const first = open();
    const decoded = await pixels(first);
    expect(decoded).toEqual(await pixels(open({ diskCache: { folder: join(folder, "other") } })));
    expect(first.diskCache).toEqual({ numRead: 0, numWritten: 6, numDamaged: 0, problem: undefined });
    // The pictures themselves are gone, though their size and time are what they were.
    for (const path of pictures) {
      const { atime, mtime, size } = statSync(path);
      writeFileSync(path, new Uint8Array(size));
      utimesSync(path, atime, mtime);
    }
    const second = open();
    expect(await pixels(second)).toEqual(decoded);
    expect(second.diskCache).toEqual({ numRead: 6, numWritten: 0, numDamaged: 0, problem: undefined });
  });

  test("decodes a file that has changed, and takes the old entry away", async () => {
    await pixels(open());
    const changed = pictures[2] ?? "";
    await writePicture(changed, 200);
    utimesSync(changed, new Date(), new Date(Date.now() + 5000));
    const dataset = open();
    expect((await pixels(dataset)).slice(2 * sampleBytes, 2 * sampleBytes + 3)).toEqual([200, 55, 7]);
    expect(dataset.diskCache).toMatchObject({ numRead: 5, numWritten: 1, numDamaged: 0 });
    expect(readdirSync(folder).length).toBe(numPictures);
  });

  test("keeps other sizes, colours and ways of resizing apart", async () => {
    const all: Partial<PictureOptions>[] = [
      {},
      { imageSize: [6, 4] },
      { colorMode: "grayscale" },
      { interpolation: "nearest" },
    ];
    for (const options of all) await pixels(open(options));
    expect(readdirSync(folder).length).toBe(numPictures * all.length);
    for (const options of all) {
      const dataset = open(options);
      const without = imageFiles(pictures, { imageSize: [4, 4], batchSize: 4, ...options });
      expect(await pixels(dataset)).toEqual(await pixels(without));
      expect(dataset.diskCache?.numRead).toBe(numPictures);
    }
  });

  test("a picture asked for twice at once is written once", async () => {
    const twice = open().subset([0, 0, 0, 1]);
    expect((await pixels(twice)).length).toBe(4 * sampleBytes);
    expect(twice.diskCache).toMatchObject({ numWritten: 2, numDamaged: 0 });
  });

  test("what a killed run left half written is removed after an hour", async () => {
    await pixels(open());
    const old = join(folder, ".00-48-1.sample.1.tmp");
    const young = join(folder, ".00-48-2.sample.2.tmp");
    for (const path of [old, young]) writeFileSync(path, "part");
    utimesSync(old, new Date(), new Date(Date.now() - 2 * 3_600_000));
    await pixels(open());
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([".00-48-2.sample.2.tmp"]);
  });
});

describe("damage", () => {
  /** Cut off at every length, and one bit turned in every byte. */
  test("any: it is noticed, the picture is decoded, the entry written anew", { timeout: 120_000 }, async () => {
    const expected = await pixels(open());
    const [name = ""] = readdirSync(folder);
    const path = join(folder, name);
    const whole = readFileSync(path);
    expect(whole.length).toBe(entryBytes);
    const cuts = Array.from({ length: entryBytes }, (_, length) => whole.subarray(0, length));
    const turned = Array.from({ length: entryBytes }, (_, at) => {
      const bytes = Uint8Array.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      return bytes;
    });
    for (const bytes of [...cuts, ...turned, Buffer.concat([whole, Buffer.of(0)])]) {
      writeFileSync(path, bytes);
      const dataset = open();
      expect(await pixels(dataset)).toEqual(expected);
      expect(dataset.diskCache).toEqual({ numRead: 5, numWritten: 1, numDamaged: 1, problem: undefined });
      expect(readFileSync(path)).toEqual(whole);
    }
  });

  test("an entry that is a folder, or cannot be opened, costs a decode", async () => {
    const expected = await pixels(open());
    const [name = ""] = readdirSync(folder);
    rmSync(join(folder, name));
    mkdirSync(join(folder, name));
    const dataset = open();
    expect(await pixels(dataset)).toEqual(expected);
    expect(dataset.diskCache).toMatchObject({ numRead: 5, numDamaged: 1 });
    expect(dataset.diskCache?.problem).toContain(name);
  });
});

describe("bounds", () => {
  test("nothing is written beyond maxBytes, and what is there is still read", async () => {
    const expected = await pixels(open({ diskCache: { folder: join(folder, "other") } }));
    const small = { diskCache: { folder, maxBytes: 3 * entryBytes + 5 } };
    const first = open(small);
    expect(await pixels(first)).toEqual(expected);
    expect(first.diskCache).toMatchObject({ numWritten: 3, problem: expect.stringContaining("Raise maxBytes") });
    const second = open(small);
    expect(await pixels(second)).toEqual(expected);
    expect(second.diskCache).toMatchObject({ numRead: 3, numWritten: 0 });
    const bytes = readdirSync(folder)
      .filter((name) => name.endsWith(".sample"))
      .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    expect(bytes).toBeLessThanOrEqual(3 * entryBytes + 5);
  });

  test("a picture given as bytes is not kept", async () => {
    const bytes = imageFiles([readFileSync(pictures[0] ?? "")], { imageSize: [4, 4], diskCache: { folder } });
    await pixels(bytes);
    expect(bytes.diskCache?.numWritten).toBe(0);
  });

  test("options are checked", () => {
    expect(() => open({ diskCache: { folder: "" } })).toThrow('Write { folder: "cache", maxBytes: 8e9 }');
    expect(() => open({ diskCache: { folder, maxBytes: Number.NaN } })).toThrow("diskCache is");
  });
});

describe("a disk that fails at any call of the cache", () => {
  /** The first `count` calls of the cache pass, the next fails; with `isLasting` all after it too. */
  function failing(count: number, fault: Fault, isLasting: boolean): { readonly wasHit: () => boolean } {
    let numCalls = 0;
    const { files } = faultyFiles({
      onCall: (_, name, path) => {
        if (!path.startsWith(folder)) return;
        numCalls += 1;
        const isHit = isLasting ? numCalls > count : numCalls === count + 1;
        if (isHit) throw Object.assign(new Error(`${fault}: ${name}`), { code: fault });
      },
    });
    installPlatform({ ...own, files });
    return { wasHit: () => numCalls > count };
  }

  test.each<[Fault, boolean]>([
    ["ENOSPC", true],
    ["ENOSPC", false],
    ["EIO", false],
    ["EROFS", true],
  ])("%s, lasting %s: every picture is right", { timeout: 120_000 }, async (fault, isLasting) => {
    const expected = await pixels(open());
    let isOver = false;
    for (let count = 0; !isOver; count += 1) {
      rmSync(folder, { recursive: true });
      const disk = failing(count, fault, isLasting);
      const dataset = open();
      expect(await pixels(dataset)).toEqual(expected);
      isOver = !disk.wasHit();
      if (isOver) expect(dataset.diskCache?.problem).toBeUndefined();
      installPlatform(own);
      // Whatever was left is whole, or noticed.
      expect(await pixels(open())).toEqual(expected);
      expect(count).toBeLessThan(200);
    }
  });
});
