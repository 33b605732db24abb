// Safetensors from the disk: by parts, several files with an index, folders.

import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { loadSafetensors, readSafetensors } from "./safetensors-files.ts";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "./safetensors.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sinter-safetensors-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const a: StoredTensor = { dtype: "f32", shape: [2], data: Float32Array.of(1, 2) };
const b: StoredTensor = { dtype: "i32", shape: [1, 2], data: Int32Array.of(-3, 4) };
const c: StoredTensor = { dtype: "bool", shape: [3], data: Uint8Array.of(1, 0, 1) };

/** A folder with these files. */
async function folder(name: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const path = join(root, name);
  await mkdir(path, { recursive: true });
  for (const [file, bytes] of Object.entries(files)) await writeFile(join(path, file), bytes);
  return path;
}

const index = (map: unknown): string => JSON.stringify({ metadata: { total_size: 16 }, weight_map: map });
const shards = {
  "model-00001-of-00002.safetensors": encodeSafetensors([
    ["a", a],
    ["c", c],
  ]),
  "model-00002-of-00002.safetensors": encodeSafetensors([["b", b]]),
};
const [first, second] = Object.keys(shards);

test("reads what decodeSafetensors decodes, all or some", async () => {
  const bytes = encodeSafetensors(Object.entries({ a, b, c }), { made: "here" });
  const path = await folder("one", { "model.safetensors": bytes });
  expect(await readSafetensors(join(path, "model.safetensors"))).toEqual(decodeSafetensors(bytes));
  expect(await readSafetensors(path)).toEqual(decodeSafetensors(bytes));
  const some = await readSafetensors(path, { isWanted: (name) => name !== "b" });
  expect([...some.tensors]).toEqual(Object.entries({ a, c }));
});

test("to the device goes what is read otherwise, of every dtype and of several files", async () => {
  await useDevice("js");
  const d: StoredTensor = { dtype: "bf16", shape: [3, 1], data: Uint16Array.of(0x3f80, 0x4000, 0xc040) };
  const path = await folder("sent", {
    "one.safetensors": encodeSafetensors(Object.entries({ a, d })),
    "two.safetensors": encodeSafetensors(Object.entries({ b, c })),
    "model.safetensors.index.json": index({
      a: "one.safetensors",
      d: "one.safetensors",
      b: "two.safetensors",
      c: "two.safetensors",
    }),
  });
  const sent = await loadSafetensors(path);
  const values = await Promise.all(
    Array.from(sent, async ([name, one]) => [name, { dtype: one.dtype, shape: one.shape, data: await one.data() }]),
  );
  expect(Object.fromEntries(values)).toEqual({ a, d, b, c });
  await truncate(join(path, "one.safetensors"), 90);
  await expect(loadSafetensors(path)).rejects.toMatchObject({ code: "format" });
});

test("reads a model in several files, by its index or its folder", async () => {
  const path = await folder("sharded", {
    ...shards,
    "model.safetensors.index.json": index({ a: first, b: second, c: first }),
  });
  const expected = new Map(Object.entries({ a, b, c }));
  expect((await readSafetensors(path)).tensors).toEqual(expected);
  expect((await readSafetensors(join(path, "model.safetensors.index.json"))).tensors).toEqual(expected);
  expect([...(await readSafetensors(path, { isWanted: (name) => name === "b" })).tensors.keys()]).toEqual(["b"]);
});

test("files of a cache that are links are read", async () => {
  const path = await folder("links", { "model.safetensors.index.json": index({ b: second }) });
  await symlink(join(root, "sharded", second ?? ""), join(path, second ?? ""));
  expect((await readSafetensors(path)).tensors.get("b")).toEqual(b);
});

test.each([
  ["a file above", { a: "../model.safetensors" }, "no file beside it"],
  ["an absolute file", { a: "/etc/model.safetensors" }, "no file beside it"],
  ["a drive", { a: "C:model.safetensors" }, "no file beside it"],
  ["a hidden end", { a: "model.safetensors\0.safetensors" }, "no file beside it"],
  ["another kind", { a: "passwd" }, "no file beside it"],
  ["a number", { a: 1 }, "no file beside it"],
  ["a file that is not there", { a: "other.safetensors" }, "is not there"],
  ["a tensor that is elsewhere", { a: second }, 'tensor "a" is not in'],
  ["a name of objects", { ["__proto__x"]: first }, 'tensor "__proto__x" is not in'],
  ["no map", [], "weight_map"],
])("refuses an index with %s", async (name, map, reason) => {
  const path = await folder(`bad ${name.replaceAll(" ", "-")}`, {
    ...shards,
    "model.safetensors.index.json": index(map),
  });
  await expect(readSafetensors(path)).rejects.toThrow(reason);
  await expect(readSafetensors(path)).rejects.toMatchObject({ code: expect.stringMatching(/^(?:format|file)$/) });
});

test("an index that is no JSON, a folder of none or several", async () => {
  await expect(readSafetensors(await folder("no json", { "model.safetensors.index.json": "{" }))).rejects.toThrow(
    "no JSON",
  );
  await expect(readSafetensors(await folder("none", { "a.txt": "" }))).rejects.toThrow("no .safetensors file");
  const bytes = encodeSafetensors([["a", a]]);
  await expect(
    readSafetensors(await folder("two", { "a.safetensors": bytes, "b.safetensors": bytes })),
  ).rejects.toThrow("several: a.safetensors, b.safetensors");
});

test("a file that ends early is refused before its values are read", async () => {
  const path = await folder("short", { "model.safetensors": encodeSafetensors([["a", a]]).slice(0, -1) });
  await expect(readSafetensors(path)).rejects.toMatchObject({ code: "format" });
});
