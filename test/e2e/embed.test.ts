// `sinter embed` as whole processes on a tiny encoder: what is written, said and refused.

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { closeDevice } from "#engine/tensor/device.ts";
import { trainWordPiece } from "#learning/data/text/train-tokenizer.ts";
import { decodeNpy } from "#learning/formats/npy.ts";
import { decodeSafetensors } from "#learning/formats/safetensors.ts";
import { bert } from "#learning/zoo/bert.ts";
import { saveBert } from "#learning/zoo/bert-weights.ts";
import { jsonLines, run } from "./program.ts";

const texts = ["the cat sat", 'a dog, "here"', "the cat sat down"];
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-embed-"));
  const size = { vocabSize: 60, hiddenSize: 8, numLayers: 1, numHeads: 2, intermediateSize: 8, maxPositions: 10 };
  await saveBert(bert(size), join(folder, "tiny"));
  await closeDevice();
  const json = trainWordPiece(texts, { vocabularySize: 60, minFrequency: 0 });
  await writeFile(join(folder, "tiny", "tokenizer.json"), JSON.stringify(json));
  await writeFile(join(folder, "lines.txt"), `${texts.join("\n\n")}\n`);
  await mkdir(join(folder, "mails"));
  await Promise.all(texts.map((text, place) => writeFile(join(folder, "mails", `${place}, x.txt`), text)));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("shows the nearest text of each, in English and Chinese; JSON lines hold the vectors", async () => {
  const { code, stdout, stderr } = await run(folder, "embed", "lines.txt", "--model", "tiny");
  expect(code, stderr).toBe(0);
  expect(stdout.split("\n")).toHaveLength(4);
  expect(stdout).toMatch(/^-?\d\.\d{3} {2}the cat sat {2}~ {2}/mu);
  const json = jsonLines((await run(folder, "embed", "lines.txt", "--model", "tiny", "--json")).stdout);
  expect(json.map(({ name, text }) => [name, text])).toEqual(texts.map((text, place) => [String(2 * place + 1), text]));
  expect(json[0]?.["embedding"]).toHaveLength(8);
});

test("writes .npy, .safetensors and .csv, and nothing over what is there", async () => {
  const written = await run(folder, "embed", "mails", "--model", "tiny", "--out", "mails.npy", "--language", "zh");
  expect(written.code, written.stderr).toBe(0);
  expect(written.stdout).toBe("3 段文本，每段 8 个数 → mails.npy\n");
  const table = decodeNpy(await readFile(join(folder, "mails.npy")));
  expect(table.shape).toEqual([3, 8]);
  await run(folder, "embed", "lines.txt", "--model", "tiny", "--out", "lines.safetensors", "--batch-size", "1");
  const { tensors } = decodeSafetensors(await readFile(join(folder, "lines.safetensors")));
  const other = tensors.get("embeddings");
  expect(other?.shape).toEqual([3, 8]);
  Array.from(table.data).forEach((value, at) => expect(other?.data[at]).toBeCloseTo(value, 5));
  await run(folder, "embed", "mails", "--model", "tiny", "--out", "mails.csv");
  const rows = (await readFile(join(folder, "mails.csv"), "utf8")).trimEnd().split("\n");
  expect(rows[0]).toBe("name,0,1,2,3,4,5,6,7");
  expect(rows[1]).toMatch(/^"mails[/\\]0, x\.txt",-?\d/u);
  const again = await run(folder, "embed", "mails", "--model", "tiny", "--out", "mails.npy");
  expect([again.code, again.stderr]).toEqual([
    2,
    expect.stringMatching(/is there already.*write over it with --force/u),
  ]);
});

test.each([
  [["nothing.txt", "--model", "tiny"], /"nothing\.txt" is not there/],
  [["lines.txt"], /required option '--model <FOLDER>'/],
  [["lines.txt", "--model", "mails"], /"mails" has no config\.json/],
  [["lines.txt", "--model", "tiny", "--out", "x.pt"], /has no ending that is written\. Give one of \.npy, /],
])("%j is refused", async (args, message) => {
  const { code, stderr } = await run(folder, "embed", ...args);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});
