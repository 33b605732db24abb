import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import "#entry/install-node.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import { tensor } from "#engine/tensor/create.ts";
import { trainWordPiece } from "#learning/data/text/train-tokenizer.ts";
import { loadBert, saveBert } from "#learning/zoo/bert-weights.ts";
import { bert } from "#learning/zoo/bert.ts";
import { textEmbedder } from "./text-embedder.ts";

const texts = ["the cat sat", "a dog", "", "the dog sat on the cat and the cat on the dog", "dog dog dog"];

describe("textEmbedder", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sinter-embedder-"));
    await useDevice("auto", { threads: 1 });
    const size = { vocabSize: 60, hiddenSize: 12, numLayers: 1, numHeads: 2, intermediateSize: 16, maxPositions: 10 };
    await saveBert(bert(size), folder);
    const json = trainWordPiece(texts, { vocabularySize: 60, minFrequency: 0 });
    await writeFile(join(folder, "tokenizer.json"), JSON.stringify(json));
  });
  afterAll(async () => {
    await closeDevice();
    await rm(folder, { recursive: true });
  });

  test("gives each text the vector that the model gives it alone, in order", async () => {
    const embedder = await textEmbedder.load(folder, { normalize: false });
    const counts: number[] = [];
    const vectors = await embedder.embed(texts, { batchSize: 2, onProgress: (numDone) => counts.push(numDone) });
    expect(vectors.shape).toEqual([5, 12]);
    expect(counts).toEqual([2, 4, 5]);
    const found = await vectors.data();
    for (const [place, text] of texts.entries()) {
      const { data, shape } = embedder.tokenizer.encode(text, { maxLength: 10 }).ids;
      const alone = await loadBert(folder, { sequenceLength: data.length, pooling: "mean" });
      const expected = await (await alone.predictOnBatch(tensor(data, { shape: [1, ...shape] }))).data();
      const own = found.slice(place * 12, (place + 1) * 12);
      expected.forEach((value: number, at: number) => expect(own[at]).toBeCloseTo(value, 4));
    }
  });

  test("divides vectors by their length where nothing else is said", async () => {
    const values = await (await (await textEmbedder.load(folder)).embed(texts)).data();
    const squares = Array.from(values.subarray(0, 12), (value) => value ** 2);
    expect(squares.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });

  test("follows modules.json", async () => {
    const modules = (types: readonly string[]): string =>
      JSON.stringify(types.map((type) => ({ type: `sentence_transformers.models.${type}`, path: type })));
    const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
    await write("modules.json", modules(["Transformer"]));
    await write("sentence_bert_config.json", '{ "max_seq_length": 4 }');
    expect((await textEmbedder.load(folder)).maxLength).toBe(4);
    await write("modules.json", modules(["Transformer", "Dense"]));
    await expect(textEmbedder.load(folder)).rejects.toThrow(/modules\.json asks for Dense, known are Transformer/);
    await write("modules.json", modules(["Transformer", "Pooling"]));
    await expect(textEmbedder.load(folder)).rejects.toThrow(/there is no Pooling\/config\.json/);
    await rm(join(folder, "modules.json"));
  });

  test("refuses what is none", async () => {
    const embedder = await textEmbedder.load(folder);
    await expect(embedder.embed(texts, { batchSize: 0 })).rejects.toThrow(/embed: batchSize/);
    await expect(embedder.embed(texts, { signal: AbortSignal.abort() })).rejects.toThrow(/embed: stopped/);
    expect((await embedder.embed([])).shape).toEqual([0, 12]);
    await expect(textEmbedder.load(join(folder, "none"))).rejects.toThrow(/no config\.json/);
    await writeFile(
      join(folder, "tokenizer.json"),
      JSON.stringify(trainWordPiece(["a b c"], { minFrequency: 0, specialTokens: ["x", "[PAD]", "[UNK]"] })),
    );
    await expect(textEmbedder.load(folder)).rejects.toThrow(/pads with 1/);
  });
});
