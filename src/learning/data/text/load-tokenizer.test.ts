import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { loadTokenizer } from "#learning/data/text/load-tokenizer.ts";
import { trainWordPiece } from "#learning/data/text/train-tokenizer.ts";

const folder = await mkdtemp(join(tmpdir(), "sinter-tokenizer-"));
afterAll(() => rm(folder, { recursive: true }));

const words = ["[PAD]", "##s", "[UNK]", "The", "the", "cat", "[CLS]", "[SEP]"];

test("a folder with neither file is refused", async () => {
  await expect(loadTokenizer(folder)).rejects.toThrow(/has neither tokenizer\.json nor vocab\.txt/);
});

test("vocab.txt is BERT's WordPiece, in small letters", async () => {
  await writeFile(join(folder, "vocab.txt"), `${words.join("\n")}\n`);
  const { ids } = (await loadTokenizer(folder)).encode("The cats bark");
  expect([...ids.data]).toEqual([6, 4, 5, 1, 2, 7]);
});

test("tokenizer_config.json keeps capital letters", async () => {
  await writeFile(join(folder, "tokenizer_config.json"), '{ "do_lower_case": false }');
  expect([...(await loadTokenizer(folder)).encode("The cat").ids.data]).toEqual([6, 3, 5, 7]);
  await writeFile(join(folder, "tokenizer_config.json"), "{");
  await expect(loadTokenizer(folder)).rejects.toThrow(/tokenizer_config\.json is no JSON/);
});

test("tokenizer.json comes first", async () => {
  const json = trainWordPiece(["the cat sat on the cat"], { vocabularySize: 40 });
  await writeFile(join(folder, "tokenizer.json"), JSON.stringify(json));
  const loaded = await loadTokenizer(folder);
  expect(loaded.decode(loaded.encode("the cat").ids.data)).toBe("the cat");
});
