// Tests of what looks at folders alone: which part to evaluate on, which pictures are meant, where a run goes.

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { findEvaluationFolder, pathIn } from "./evaluation-folder.ts";
import { listPictures } from "./picture-list.ts";
import { checkIsFree, createRunFolder, jsonText } from "./run-folder.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sinter-tasks-"));
  for (const path of [
    "whole/train/a",
    "whole/val/a",
    "whole/test/a",
    "held/val/a",
    "held/test/a",
    "flat/a",
    "flat/b",
  ]) {
    await mkdir(join(root, path), { recursive: true });
  }
  await mkdir(join(root, "train-val", "train", "a"), { recursive: true });
  await mkdir(join(root, "train-val", "valid", "a"), { recursive: true });
  for (const file of ["flat/a/2.png", "flat/a/10.png", "flat/b/1.jpg", "flat/b/notes.txt"]) {
    await writeFile(join(root, file), "");
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

test.each([
  ["whole", "whole/test"],
  ["train-val", "train-val/valid"],
  ["held", "held/test"],
  ["flat", "flat"],
])("%s is evaluated on %s", async (folder, part) => {
  expect(await findEvaluationFolder(join(root, folder))).toBe(join(root, part));
});

test("files stand for themselves, folders for the pictures in them", async () => {
  const listed = await listPictures([join(root, "flat/b/1.jpg"), join(root, "flat")]);
  expect(listed.map((path) => path.slice(root.length + 1).replaceAll("\\", "/"))).toEqual([
    "flat/b/1.jpg",
    "flat/a/10.png",
    "flat/a/2.png",
    "flat/b/1.jpg",
  ]);
  await expect(listPictures([join(root, "nowhere")])).rejects.toMatchObject({ code: "file" });
  await expect(listPictures([join(root, "held")])).rejects.toMatchObject({ code: "data" });
});

test("a run's folder is made once", async () => {
  const path = join(root, "runs", "one");
  await createRunFolder(`${path}/`, new Map([["config.json", jsonText({ a: 1, b: undefined })]]));
  expect(await readFile(pathIn(path, "config.json"), "utf8")).toBe('{\n  "a": 1\n}\n');
  expect(await readdir(join(root, "runs"))).toEqual(["one"]);
  await expect(checkIsFree(path)).rejects.toMatchObject({ code: "option" });
  await expect(createRunFolder(path, new Map())).rejects.toThrow(/never overwritten/);
});
