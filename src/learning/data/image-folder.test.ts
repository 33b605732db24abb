import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installPlatform } from "#engine/platform/api.ts";
import { createNodePlatform } from "#engine/platform/node/node-platform.ts";
import type { Batch, Dataset } from "#learning/data/dataset.ts";
import { imageFiles } from "#learning/data/image-files.ts";
import { findSplits, imageFolder, type ImageFolderOptions } from "#learning/data/image-folder.ts";
import { chooseByClass, splitByClass } from "#learning/data/split.ts";

let root = "";

beforeAll(async () => {
  installPlatform(createNodePlatform());
  root = await mkdtemp(join(tmpdir(), "sinter pictures "));
});
afterAll(() => rm(root, { recursive: true }));

/** Writes files below a folder of the temporary folder: a number is a grey PNG of that value. */
async function writeTree(name: string, tree: Readonly<Record<string, number | string>>): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  for (const [path, content] of Object.entries(tree)) {
    // oxlint-disable-next-line no-await-in-loop -- a few small files
    await mkdir(dirname(join(folder, path)), { recursive: true });
    // oxlint-disable-next-line no-await-in-loop -- a few small files
    await writeFile(join(folder, path), typeof content === "number" ? await greyPicture(content) : content);
  }
  return folder;
}

function greyPicture(value: number): Promise<Buffer> {
  const background = { r: value, g: value, b: value };
  return sharp({ create: { width: 6, height: 5, channels: 3, background } })
    .png()
    .toBuffer();
}

async function readAll(dataset: Dataset): Promise<{ values: number[]; y: number[]; batches: Batch[] }> {
  const batches: Batch[] = [];
  for await (const batch of dataset.batches(0, { shuffle: false })) batches.push(batch);
  const size = dataset.elementShape.reduce((product, extent) => product * extent, 1);
  const values = batches.flatMap(({ x, indices }) => indices.map((_, row) => x.data[row * size] ?? -1));
  return { values, y: batches.flatMap(({ y }) => Array.from(y?.data ?? [])), batches };
}

const options = { imageSize: [4, 4], batchSize: 3 } as const;

describe("order and labels", () => {
  test("classes and files in code point order, hidden and other files passed over, folders walked", async () => {
    const folder = await writeTree("order", {
      "b/2.png": 4,
      "b/10.png": 3,
      "b/deep/er/x.png": 5,
      "B/z.PNG": 1,
      "é ü/𝒳.png": 7,
      "é ü/ﬀ.png": 6,
      "b/.hidden.png": 99,
      "b/notes.txt": "no picture",
      ".git/x.png": 99,
      "loose.png": 99,
    });
    const dataset = await imageFolder(folder, { ...options, labelMode: "sparse" });
    expect(dataset.classNames).toEqual(["B", "b", "é ü"]);
    const { values, y, batches } = await readAll(dataset);
    expect(values).toEqual([1, 3, 4, 5, 6, 7]);
    expect(y).toEqual([0, 1, 1, 1, 2, 2]);
    expect(Array.from(dataset.labels ?? [])).toEqual(y);
    expect(dataset.files?.map((file) => file.slice(folder.length + 1))).toEqual([
      "B/z.PNG",
      "b/10.png",
      "b/2.png",
      "b/deep/er/x.png",
      "é ü/ﬀ.png",
      "é ü/𝒳.png",
    ]);
    expect(batches.map(({ x }) => [x.dtype, ...x.shape])).toEqual([
      ["u8", 3, 4, 4, 3],
      ["u8", 3, 4, 4, 3],
    ]);
    expect(batches[0]?.y?.shape).toEqual([3]);
    expect([dataset.rescale, dataset.shuffle, dataset.labelMode]).toEqual([1 / 255, true, "sparse"]);
  });

  test("label modes", async () => {
    const folder = await writeTree("modes", { "cat/1.png": 1, "dog/1.png": 2, "dog/2.png": 3 });
    const binary = await readAll(await imageFolder(folder, { ...options, labelMode: "binary" }));
    expect(binary.batches[0]?.y).toEqual({ data: Float32Array.of(0, 1, 1), shape: [3, 1], dtype: "f32" });
    const categorical = await readAll(await imageFolder(folder, options));
    expect(categorical.batches[0]?.y).toEqual({ data: Float32Array.of(1, 0, 0, 1, 0, 1), shape: [3, 2], dtype: "f32" });
    const none = await imageFolder(folder, { ...options, labelMode: "none", colorMode: "grayscale" });
    expect(none.elementShape).toEqual([4, 4, 1]);
    expect((await readAll(none)).values).toEqual([1, 2, 3]);
    const turned = await imageFolder(folder, { ...options, labelMode: "sparse", classNames: ["dog", "cat"] });
    expect((await readAll(turned)).y).toEqual([0, 0, 1]);
  });

  test("links are followed, loops end", async () => {
    const folder = await writeTree("links", { "a/1.png": 1, "b/1.png": 2 });
    await symlink(join(folder, "a"), join(folder, "a", "loop"));
    await symlink(folder, join(folder, "b", "up"));
    await symlink(join(folder, "a", "1.png"), join(folder, "b", "linked.png"));
    await symlink(join(folder, "gone"), join(folder, "b", "broken.png"));
    const dataset = await imageFolder(folder, { ...options, labelMode: "sparse" });
    const names = dataset.files?.map((file) => file.slice(folder.length + 1)) ?? [];
    expect(names.filter((name) => name.startsWith("a/"))).toEqual(["a/1.png"]);
    expect(names).toContain("b/linked.png");
    expect(names).not.toContain("b/broken.png");
    expect(names.length).toBeLessThan(8);
  });
});

describe("broken pictures", () => {
  const tree = { "a/1.png": 1, "a/2.jpg": "a text", "b/1.png": 3, "b/2.png": "", "b/3.heic": "x", "b/4.png": 5 };

  test("skip leaves them out and lists them with reasons", async () => {
    const folder = await writeTree("skipped", tree);
    const dataset = await imageFolder(folder, { ...options, labelMode: "sparse", onBroken: "skip" });
    const { values, y } = await readAll(dataset);
    expect(values).toEqual([1, 3, 5]);
    expect(y).toEqual([0, 1, 1]);
    await readAll(dataset.take(3));
    const broken = dataset.broken.map(({ file, reason }) => `${file.slice(folder.length + 1)}: ${reason}`);
    expect(broken).toHaveLength(3);
    expect(broken[0]).toContain("b/3.heic: Its format is not read here");
    expect(broken.join("\n")).toContain("a/2.jpg: The bytes are no picture that is known");
    expect(broken.join("\n")).toContain("b/2.png: The file is empty (0 bytes)");
  });

  test("error names the file, the reason and the way out", async () => {
    const { "b/3.heic": _, ...readable } = tree;
    const dataset = await imageFolder(await writeTree("refused", readable), { ...options, labelMode: "sparse" });
    await expect(readAll(dataset)).rejects.toMatchObject({
      code: "data",
      message: expect.stringMatching(/^imageFolder: ".*a\/2\.jpg" cannot be read\. .* onBroken: "skip"\.$/),
    });
    await expect(imageFolder(await writeTree("heic", tree), options)).rejects.toThrow('3.heic" cannot be read');
  });

  test("a file that goes away while training counts as broken", async () => {
    const folder = await writeTree("vanishing", { "a/1.png": 1, "a/2.png": 2, "b/1.png": 3 });
    const dataset = await imageFolder(folder, { ...options, labelMode: "sparse", onBroken: "skip" });
    await rm(join(folder, "a/2.png"));
    expect((await readAll(dataset)).values).toEqual([1, 3]);
    expect(dataset.broken[0]?.reason).toContain("no such file");
  });
});

describe("folders that cannot be a data set", () => {
  test.each([
    ["missing", undefined, {}, "there is no such folder"],
    ["empty", {}, {}, "is empty. Put the pictures of each class into a folder of its own"],
    ["flat", { "1.png": 1, "2.png": 2 }, {}, "holds 2 pictures, but no class folders"],
    ["single", { "a/1.png": 1 }, {}, 'has one class, "a"'],
    ["three", { "a/1.png": 1, "b/1.png": 1, "c/1.png": 1 }, { labelMode: "binary" }, 'has 3 classes ("a", "b", "c")'],
    ["hollow", { "a/1.png": 1, "b/x.txt": "" }, {}, 'has no picture for "b"'],
    ["nothing", { "a/x.txt": "", "b/x.txt": "" }, {}, "no picture is below"],
    ["misnamed", { "a/1.png": 1, "b/1.png": 1 }, { classNames: ["a", "x"] }, 'no folder for "x"; it has "a", "b"'],
    ["size", { "a/1.png": 1, "b/1.png": 1 }, { imageSize: [0, 5] }, "imageSize is [0,5]"],
    ["mode", { "a/1.png": 1, "b/1.png": 1 }, { augment: { rotation_range: 1 } }, "Write rotationRange."],
  ])("%s", async (name, tree, extra, message) => {
    const folder = tree === undefined ? join(root, "not-there") : await writeTree(`bad-${name}`, tree);
    // As from JavaScript, where no type refuses the wrong values.
    const untyped: Partial<ImageFolderOptions> = JSON.parse(JSON.stringify(extra));
    await expect(imageFolder(folder, { ...options, ...untyped })).rejects.toThrow(message);
  });

  test("a file is no folder", async () => {
    const folder = await writeTree("file", { "x.png": 1 });
    await expect(imageFolder(join(folder, "x.png"), options)).rejects.toThrow("it is a file, expected a folder");
  });
});

test("paths, bytes and blobs are pictures alike", async () => {
  const folder = await writeTree("inputs", { "a.png": 11 });
  const bytes = new Uint8Array(await greyPicture(22));
  const dataset = imageFiles(
    [join(folder, "a.png"), bytes, new Blob([new Uint8Array(await greyPicture(33))])],
    options,
  );
  expect((await readAll(dataset)).values).toEqual([11, 22, 33]);
  expect(dataset.files?.slice(1)).toEqual(["picture 1", "picture 2"]);
});

describe("splits", () => {
  test("train, val and test folders are found by their names", async () => {
    const folder = await writeTree("laid-out", { "train/a/1.png": 1, "valid/a/1.png": 1, "Test/a/1.png": 1 });
    const found = await findSplits(folder);
    expect(found).toEqual({
      train: join(folder, "train"),
      validation: join(folder, "valid"),
      test: join(folder, "Test"),
    });
    expect(await findSplits(join(folder, "train"))).toEqual({});
    await mkdir(join(folder, "val"));
    await expect(findSplits(folder)).rejects.toThrow('has "val", "valid" for the validation part');
  });

  test("every class gives its share; equal groups stay together; the seed decides", () => {
    const labels = Array.from({ length: 300 }, (_, index) => (index < 200 ? 0 : 1));
    const groups = labels.map((_, index) => (index % 10 === 0 ? `copies ${Math.floor(index / 20)}` : undefined));
    const chosen = chooseByClass(labels, groups, 0.2, 1);
    expect(chosen.filter((index) => index < 200)).toHaveLength(40);
    expect(chosen.filter((index) => index >= 200)).toHaveLength(20);
    const sides = new Map<string, Set<boolean>>();
    groups.forEach((text, index) => {
      if (text !== undefined) sides.set(text, (sides.get(text) ?? new Set()).add(chosen.includes(index)));
    });
    for (const side of sides.values()) expect(side.size).toBe(1);
    expect(chooseByClass(labels, groups, 0.2, 1)).toEqual(chosen);
    expect(chooseByClass(labels, groups, 0.2, 2)).not.toEqual(chosen);
    expect(chooseByClass([0, 0, 1], [], 0.01, 0)).toHaveLength(1);
  });

  test("copies of a file, also across classes, lie on one side", async () => {
    const folder = await writeTree("copies", {
      ...Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`a/${index}.png`, index % 4])),
      ...Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`b/${index}.png`, 3 + (index % 4)])),
    });
    const whole = await imageFolder(folder, { ...options, labelMode: "binary", augment: "light", seed: 3 });
    const { train, validation } = await splitByClass(whole, 0.25);
    expect(train.numSamples + validation.numSamples).toBe(16);
    expect([train.shuffle, validation.shuffle]).toEqual([true, false]);
    expect(validation.augment).toBeUndefined();
    const trainValues = new Set((await readAll(train)).values);
    for (const value of (await readAll(validation)).values) expect(trainValues.has(value)).toBe(false);
    await expect(splitByClass(whole, 1)).rejects.toThrow("share 1");
  });
});

test("oversample: every class as often as the largest; another word is refused", async () => {
  const folder = await writeTree("uneven", { "a/1.png": 1, "a/2.png": 2, "a/3.png": 3, "b/1.png": 4 });
  const balanced = await imageFolder(folder, { ...options, labelMode: "sparse", oversample: "balanced" });
  expect(balanced.numBatches).toBe(2);
  const labels: number[] = [];
  for await (const { y } of balanced.batches(0)) labels.push(...Array.from(y?.data ?? []));
  expect(labels.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 1, 1, 1]);
  const wrong: object = { ...options, oversample: "twice" };
  await expect(imageFolder(folder, { ...options, ...wrong })).rejects.toThrow(
    'oversample is "twice", expected "balanced"',
  );
});
