// Word2Vec on made sentences: words that stand in the same places come to lie together; the same seed gives the same
// bits on every device and any number of threads; what is saved answers alike.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import "#entry/install-node.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import { loadWord2Vec, word2Vec, type Word2VecOptions } from "#learning/zoo/word2vec/word2vec.ts";
import { whyNoNative } from "../targets.ts";

afterEach(closeDevice);

const animals = ["cat", "dog", "horse", "cow"];
const tools = ["hammer", "saw", "drill", "file"];
/** Sentences in which animals eat and tools break: one word of a group may stand for another. */
const sentences = Array.from({ length: 900 }, (_, index) => {
  const draw = Math.imul(index + 1, 2654435761) >>> 16;
  const word = (index % 2 === 0 ? animals : tools)[draw % 4]!;
  return index % 2 === 0
    ? ["the", word, "eats", ["grass", "meat"][(draw >> 2) % 2]!, "today"]
    : ["my", word, "breaks", ["wood", "stone"][(draw >> 2) % 2]!, "again"];
});
const options: Word2VecOptions = { sentences, vectorSize: 24, window: 3, epochs: 12, alpha: 0.05, sample: 0, seed: 4 };

describe.each(["skipGram", "cbow"] as const)("%s", (mode) => {
  test("words of one group are nearest to each other", async () => {
    const model = word2Vec({ ...options, mode });
    const losses = await model.train();
    expect(losses).toHaveLength(12);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! * 0.9);
    for (const group of [animals, tools]) {
      for (const word of group) {
        const near = model.mostSimilar(word, { topN: 3 }).map((one) => one.word);
        expect(near.toSorted(), word).toEqual(group.filter((one) => one !== word).toSorted());
      }
    }
    expect(model.similarity("cat", "dog")).toBeGreaterThan(model.similarity("cat", "saw"));
  });

  test("the same seed gives the same bits, with any number of threads", async () => {
    const devices = whyNoNative === undefined ? (["wasm", "native"] as const) : (["wasm"] as const);
    for (const device of devices) {
      const results: Float32Array[] = [];
      for (const threads of [1, 3]) {
        // oxlint-disable-next-line no-await-in-loop -- one device at a time
        await useDevice(device, { threads });
        const model = word2Vec({ ...options, mode, epochs: 1 });
        // oxlint-disable-next-line no-await-in-loop -- one device at a time
        await model.train();
        results.push(model.learned().vectors);
      }
      expect(results[1], device).toStrictEqual(results[0]);
    }
    const other = word2Vec({ ...options, mode, epochs: 1, seed: 5 });
    await other.train();
    const again = word2Vec({ ...options, mode, epochs: 1 });
    await again.train();
    expect(other.learned().vectors).not.toEqual(again.learned().vectors);
  });
});

test("a saved model answers alike; a damaged one is refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sinter-word2vec-"));
  const model = word2Vec({ ...options, epochs: 1 });
  expect(() => model.mostSimilar("cat")).toThrow(/nothing was learned/);
  await model.train();
  await model.save(folder);
  const loaded = await loadWord2Vec(folder);
  expect(loaded.mostSimilar("cat")).toEqual(model.mostSimilar("cat"));
  expect(loaded.config).toEqual(model.config);
  await expect(loaded.train()).rejects.toMatchObject({ code: "state" });
  const description = await readFile(join(folder, "word2vec.json"), "utf8");
  for (const damaged of [
    "",
    "{}",
    description.replace('"cat"', '"dog"'),
    description.replace('"vectorSize":24', '"vectorSize":25'),
  ]) {
    // oxlint-disable-next-line no-await-in-loop -- one file
    await writeFile(join(folder, "word2vec.json"), damaged);
    // oxlint-disable-next-line no-await-in-loop -- one file
    await expect(loadWord2Vec(folder)).rejects.toMatchObject({ code: "format" });
  }
  await rm(folder, { recursive: true });
});

test("an abort changes nothing; bad options and words are named", async () => {
  const model = word2Vec({ ...options, mode: "skipGram", epochs: 50 });
  const aborting = new AbortController();
  await expect(model.train({ signal: aborting.signal, onEpochEnd: () => aborting.abort() })).rejects.toMatchObject({
    code: "aborted",
  });
  expect(() => model.learned()).toThrow(/nothing was learned/);
  expect(() => word2Vec({ sentences, minCount: 10_000 })).toThrow(/occurs 10000 times/);
  expect(() => word2Vec({ sentences, vector_size: 3 } as never)).toThrow(/Write vectorSize/);
  expect(() => word2Vec({ sentences, mode: "skip_gram" as "cbow" })).toThrow(/Write "skipGram"/);
  const trained = word2Vec({ ...options, epochs: 1 });
  await trained.train();
  expect(() => trained.similarity("cat", "hors")).toThrow(/Nearest by letters is "horse"/);
});
