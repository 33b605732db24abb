import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installPlatform } from "#engine/platform/api.ts";
import { createNodePlatform } from "#engine/platform/node/node-platform.ts";
import { textFolder } from "./text-folder.ts";

let root = "";
beforeAll(async () => {
  installPlatform(createNodePlatform());
  root = await mkdtemp(join(tmpdir(), "sinter texts "));
});
afterAll(() => rm(root, { recursive: true }));

async function writeTree(name: string, tree: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  for (const [path, content] of Object.entries(tree)) {
    const file = join(root, name, path);
    // oxlint-disable-next-line no-await-in-loop -- a few small files
    await mkdir(dirname(file), { recursive: true });
    // oxlint-disable-next-line no-await-in-loop -- a few small files
    await writeFile(file, content);
  }
  return join(root, name);
}

test("classes are folders in code point order; texts by folder, then by name", async () => {
  const folder = await writeTree("order", {
    "spam/2.txt": "two",
    "spam/10.txt": "ten",
    "spam/deep/x.TXT": "deep",
    "spam/notes.json": "{}",
    "spam/.hidden.txt": "hidden",
    "Ham/a.txt": "wanted",
    "loose.txt": "loose",
  });
  await symlink(join(folder, "spam"), join(folder, "spam", "deep", "loop"), "junction");
  const { texts, labels, classNames, files } = await textFolder(folder);
  expect(classNames).toEqual(["Ham", "spam"]);
  expect(texts).toEqual(["wanted", "ten", "two", "deep"]);
  expect(Array.from(labels!)).toEqual([0, 1, 1, 1]);
  expect(files.map((file) => file.slice(folder.length + 1))).toEqual([
    join("Ham", "a.txt"),
    join("spam", "10.txt"),
    join("spam", "2.txt"),
    join("spam", "deep", "x.TXT"),
  ]);
  const unlabelled = await textFolder(folder, { labels: "none" });
  expect(unlabelled.texts).toEqual(["loose", "wanted", "ten", "two", "deep"]);
  expect(unlabelled.labels).toBeUndefined();
  const named = await textFolder(folder, { classNames: ["spam", "Ham"] });
  expect(Array.from(named.labels!)).toEqual([0, 0, 0, 1]);
});

test("texts are cut between characters, and bytes that are no UTF-8 are replaced", async () => {
  const folder = await writeTree("cut", { "a/1.txt": "né👩x", "b/1.txt": Uint8Array.of(0x61, 0xff, 0x62) });
  expect((await textFolder(folder, { maxLength: 3 })).texts).toEqual(["né👩", "a\uFFFDb"]);
});

test("a split is stratified, keeps equal texts together and gives every text once", async () => {
  const tree: Record<string, string> = {};
  for (let index = 0; index < 40; index += 1) tree[`many/${index}.txt`] = `text ${index % 20}`;
  for (let index = 0; index < 10; index += 1) tree[`few/${index}.txt`] = `other ${index}`;
  const folder = await writeTree("split", tree);
  const part = (subset: "training" | "validation", seed: number): ReturnType<typeof textFolder> =>
    textFolder(folder, { validationSplit: 0.2, subset, seed });
  const [train, validation] = [await part("training", 3), await part("validation", 3)];
  expect([...train.files, ...validation.files].toSorted()).toEqual((await textFolder(folder)).files.toSorted());
  const countOf = (labels: Int32Array, label: number): number => labels.filter((one) => one === label).length;
  expect([countOf(validation.labels!, 0), countOf(validation.labels!, 1)]).toEqual([2, 8]);
  expect(validation.texts.filter((text) => train.texts.includes(text))).toEqual([]);
  expect((await part("validation", 3)).files).toEqual(validation.files);
  expect((await part("validation", 4)).files).not.toEqual(validation.files);
});

test("what is missing or meant otherwise is named", async () => {
  const folder = await writeTree("bad", { "a/1.txt": "x", "b/1.json": "{}" });
  await expect(textFolder(join(root, "nowhere"))).rejects.toMatchObject({ code: "file" });
  await expect(textFolder(folder)).rejects.toThrow(/no file of "b" ends in .txt/);
  await expect(textFolder(join(folder, "a"))).rejects.toThrow(/no class folders/);
  await expect(textFolder(folder, { classNames: ["a", "c"] })).rejects.toThrow(/no folder "c"/);
  await expect(textFolder(folder, { subset: "training" })).rejects.toThrow(/belong together/);
  await expect(textFolder(folder, { subset: "training", validationSplit: 1 })).rejects.toThrow(/validationSplit is 1/);
  await expect(textFolder(folder, { max_length: 3 } as object)).rejects.toThrow(/Write maxLength/);
  await expect(textFolder(folder, { classNames: ["a"], signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "aborted",
  });
});
