// checkFolder on windows of real photographs with planted faults: each is found, and nothing else.

import "#entry/install-node.ts";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkFolder, type DataReport } from "#learning/data/check-folder.ts";

const photographs = ["brick", "grass", "gravel"];
const sources = join(import.meta.dirname, "../../examples/textures");

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-check é "));
  for (const [part, row] of [
    ["train", 0],
    ["val", 256],
  ] as const) {
    for (const name of photographs) await writeWindows(name, join(folder, part, name), row);
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Four windows of 120 x 120 that do not overlap. */
async function writeWindows(name: string, target: string, top: number): Promise<void> {
  await mkdir(target, { recursive: true });
  for (let number = 0; number < 4; number += 1) {
    await sharp(join(sources, `${name}.png`))
      .extract({ left: number * 125, top, width: 120, height: 120 })
      .toFile(join(target, `${number}.png`));
  }
}

const at = (...parts: string[]): string => join(folder, ...parts);

/** What was found, as kind and files below the folder. */
function found({ findings }: DataReport): string[] {
  return findings.map(
    ({ kind, files }) => `${kind}: ${files.map((file) => file.slice(folder.length + 1)).join(" = ")}`,
  );
}

test("clean pictures give no finding, and are counted", async () => {
  const report = await checkFolder(folder);
  expect(found(report)).toEqual([]);
  expect(report).toMatchObject({ numFiles: 24, formats: { png: 24 }, sizes: { median: [120, 120] } });
  expect(report.classes.map(({ part, className, numFiles }) => [part, className, numFiles])).toEqual(
    ["train", "validation"].flatMap((part) => photographs.map((name) => [part, name, 4])),
  );
});

describe("copies", () => {
  const smaller = (source: string): Sharp => sharp(source).resize(70, 70).jpeg({ quality: 40 });

  test("resized and compressed, in a part", async () => {
    await smaller(at("train/brick/1.png")).toFile(at("train/brick/again.jpg"));
    expect(found(await checkFolder(folder))).toEqual(["duplicate: train/brick/1.png = train/brick/again.jpg"]);
  });

  test("across parts are leaks", async () => {
    await smaller(at("train/grass/2.png")).toFile(at("val/grass/new.jpg"));
    await copyFile(at("train/gravel/0.png"), at("val/gravel/same.png"));
    expect(found(await checkFolder(folder))).toEqual([
      "leak: train/grass/2.png = val/grass/new.jpg",
      "leak: train/gravel/0.png = val/gravel/same.png",
    ]);
  });

  test("across classes are conflicts", async () => {
    await copyFile(at("train/brick/3.png"), at("train/grass/brick.png"));
    const report = await checkFolder(folder);
    expect(found(report)).toEqual(["conflict: train/brick/3.png = train/grass/brick.png"]);
    expect(report.findings[0]?.message).toContain("Keep it in the right one");
  });
});

describe("single files", () => {
  test("broken ones: empty, cut off, no picture", async () => {
    const bytes = await readFile(at("train/brick/0.png"));
    await writeFile(at("train/brick/0.png"), bytes.subarray(0, bytes.length / 2));
    await writeFile(at("train/brick/1.png"), "");
    await writeFile(at("train/brick/2.png"), "this is text");
    await writeFile(at("train/brick/notes.txt"), "not looked at");
    expect(found(await checkFolder(folder))).toEqual([0, 1, 2].map((number) => `broken: train/brick/${number}.png`));
  });

  test("names that lie, and pictures that no name tells of", async () => {
    await sharp(at("val/grass/0.png")).rotate(90).webp().toFile(at("val/grass/turned.jpg"));
    await copyFile(at("val/grass/1.png"), at("val/grass/picture.dat"));
    await rm(at("val/grass/1.png"));
    const report = await checkFolder(folder);
    expect(found(report)).toEqual(["wrong-extension: val/grass/turned.jpg", "wrong-extension: val/grass/picture.dat"]);
    expect(report.findings.map(({ message }) => message)).toEqual([
      "It is WEBP, not JPEG as its name says. Rename it to end in .webp.",
      "It is PNG, but its name is no picture's, so it is passed over. Rename it to end in .png.",
    ]);
  });

  test("tiny, huge and blank ones", async () => {
    const plain = (width: number, height: number): Sharp =>
      sharp({ create: { width, height, channels: 3, background: "#2080c0" }, limitInputPixels: false });
    await sharp(at("val/brick/0.png"))
      .extract({ left: 9, top: 40, width: 12, height: 80 })
      .toFile(at("val/brick/tiny.png"));
    await plain(20_000, 20_000).png().toFile(at("val/brick/huge.png"));
    await plain(50, 40).png().toFile(at("val/brick/blank.png"));
    expect(found(await checkFolder(folder))).toEqual([
      "huge: val/brick/huge.png",
      "tiny: val/brick/tiny.png",
      "blank: val/brick/blank.png",
    ]);
  });
});

describe("the folder", () => {
  test("classes that differ between parts, and empty ones", async () => {
    await rm(at("val/gravel"), { recursive: true });
    await mkdir(at("val/sand"));
    const report = await checkFolder(folder);
    expect(report.findings.map(({ kind, message }) => `${kind}: ${message}`)).toEqual([
      "structure: No picture is in it. Add some, or remove the folder.",
      'structure: The train part has no class "sand", which this part has. Rename or remove it.',
      'structure: It has no folder for "gravel", which the train part has. Make it (it may be empty).',
    ]);
  });

  test("a rare class", async () => {
    for (let number = 4; number < 45; number += 1) {
      await sharp(at("train/brick/0.png"))
        .modulate({ brightness: 1 })
        .linear(0.5 + (number % 7) / 10, number * 3)
        .rotate(number * 7)
        .toFile(at(`train/brick/${number}.png`));
    }
    const { findings } = await checkFolder(folder);
    expect(findings.filter(({ kind }) => kind === "imbalance").map(({ files }) => files)).toEqual([
      [at("train/grass")],
      [at("train/gravel")],
    ]);
  });

  test("links in a loop end", async () => {
    await symlink(at("train/brick"), at("train/brick/loop"));
    expect(found(await checkFolder(at("train")))).toEqual([]);
  });

  test("that is not there", async () => {
    await expect(checkFolder(at("nowhere"))).rejects.toThrow("there is no such folder");
  });

  test("aborted", async () => {
    await expect(checkFolder(folder, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "aborted" });
  });
});
