// Folders of TensorFlow.js's files: no link leads out of them, and what is missing is named.

import "#entry/install-node.ts";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadTfjsWeights } from "#learning/formats/tfjs/files.ts";

let folder = "";
const manifest = JSON.stringify([{ paths: ["w.bin"], weights: [{ name: "w", shape: [4], dtype: "bool" }] }]);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-tfjs-"));
  await writeFile(join(folder, "outside"), new Uint8Array(4));
  for (const name of ["plain", "linked", "empty"]) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "model.json"), `{"weightsManifest":${manifest}}`);
  }
  await writeFile(join(folder, "plain", "w.bin"), Uint8Array.of(1, 0, 1, 1));
  await symlink(join(folder, "outside"), join(folder, "linked", "w.bin"));
});
afterAll(() => rm(folder, { recursive: true }));

test("a folder and a manifest give the weights", async () => {
  for (const path of [join(folder, "plain"), join(folder, "plain", "model.json")]) {
    const { tensors } = await loadTfjsWeights(path);
    expect(Array.from(tensors.get("w")?.data ?? [])).toEqual([1, 0, 1, 1]);
  }
});

test("a shard that is a link out of the folder is refused, one that is not there is named", async () => {
  await expect(loadTfjsWeights(join(folder, "linked"))).rejects.toThrow("is no file in the model's folder");
  await expect(loadTfjsWeights(join(folder, "empty"))).rejects.toThrow("there is nothing");
});
