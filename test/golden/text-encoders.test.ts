// Encoders of texts beside transformers: weights by name from a folder as it writes it, outputs and gradients.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sizeOf } from "#engine/base/shape.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import { tensor } from "#engine/tensor/create.ts";
import { layers } from "#entry/nn.ts";
import { sequential } from "#entry/train.ts";
import { bert, loadBert, saveBert, type BertOptions } from "#entry/zoo.ts";
import { bertNetwork } from "#learning/zoo/bert.ts";
import { bertWeightName } from "#learning/zoo/bert-weights.ts";
import { checkText, textCases, textCounts, withFolder } from "./text-case.ts";

const tiny = { vocabSize: 20, hiddenSize: 8, numLayers: 1, numHeads: 2, intermediateSize: 16, maxPositions: 6 };

describe("BERT", () => {
  beforeAll(() => useDevice("auto"));
  afterAll(closeDevice);

  test("has the published number of weights", () => {
    const { weights } = bertNetwork({});
    expect(weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(textCounts["bert"]);
  });

  test.each(Object.keys(textCases).filter((name) => name.startsWith("bert")))(
    "%s computes transformers' outputs and gradients",
    async (name) => {
      const one = textCases[name]!;
      const options = {
        sequenceLength: one.ids.shape[1]!,
        tokenTypes: one.types !== undefined,
        ...(name.endsWith("classifier") ? { classifierActivation: "linear" as const } : {}),
      };
      await withFolder(one, async (folder) => checkText(one, await loadBert(folder, options), bertWeightName));
    },
  );

  test("the folder of a classifier gives its classes; another head begins anew", async () => {
    await withFolder(textCases["bert classifier"]!, async (folder) => {
      const net = await loadBert(folder, { sequenceLength: 4 });
      expect(net.preprocessing.classNames).toEqual(["LABEL_0", "LABEL_1", "LABEL_2"]);
      expect(net.network.output.shape).toEqual([3]);
      expect((await loadBert(folder, { sequenceLength: 4, classes: 5 })).network.output.shape).toEqual([5]);
      expect((await loadBert(folder, { sequenceLength: 4, pooling: "mean" })).network.output.shape).toEqual([24]);
    });
  });

  test("what saveBert writes is read again, classes and all", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sinter-bert-"));
    for (const options of [
      { hiddenActivation: { kind: "gelu", approximate: true } },
      { classes: 3, dropout: 0 },
    ] as const) {
      const net = bert({ ...tiny, ...options, sequenceLength: 5, layerNormEpsilon: 1e-6 });
      net.preprocessing = { classNames: ["a", "b", "c"] };
      await saveBert(net, folder);
      const again = await loadBert(folder, { sequenceLength: 5 });
      expect(again.network.layers.map(({ layer }) => layer.config)).toEqual(
        net.network.layers.map(({ layer }) => layer.config),
      );
      const ids = tensor(Int32Array.of(3, 1, 7, 2, 0), { shape: [1, 5] });
      const [expected] = await net.predictAllOnBatch(ids);
      const [found] = await again.predictAllOnBatch(ids);
      expect(await found!.data()).toEqual(await expected!.data());
    }
    await expect(saveBert(sequential([layers.dense({ units: 1, inputShape: [2] })]), folder)).rejects.toThrow(
      /no layers of a BERT/,
    );
    await rm(folder, { recursive: true });
  });

  test.each<[string, BertOptions & Record<string, unknown>, RegExp]>([
    ["a text that is too long", { ...tiny, sequenceLength: 7 }, /bert: sequenceLength 7, but there are 6 positions/],
    ["unequal heads", { ...tiny, numHeads: 3 }, /bert: 8 features make no 3 equal heads/],
    ["another pooling", { ...tiny, pooling: "max" as "mean" }, /bert: pooling/],
    ["a name of transformers'", { ...tiny, hidden_size: 3 }, /bert: .*hiddenSize/],
  ])("%s is refused", (_, options, message) => {
    expect(() => bert(options)).toThrow(message);
  });

  test.each([
    ["no config.json", undefined, /has no config\.json/],
    ["another architecture", { model_type: "gpt2" }, /model_type is "gpt2", expected bert/],
    ["a field of another kind", { model_type: "bert", hidden_size: "x" }, /hidden_size is no number/],
    ["rotary positions", { model_type: "bert", position_embedding_type: "rotary" }, /has rotary positions/],
    ["other sizes than the weights'", { ...textCases["bert"]!.config, hidden_size: 48 }, /is \[.*24\], but .* 48\]/],
    [
      "more blocks than the weights'",
      { ...textCases["bert"]!.config, num_hidden_layers: 3 },
      /has no tensor encoder\.layer\.2/,
    ],
  ])("a folder with %s is refused", async (_, config, message) => {
    await withFolder(textCases["bert"]!, async (folder) => {
      const file = join(folder, "config.json");
      if (config === undefined) await expect(loadBert(join(folder, "none"))).rejects.toThrow(message);
      else {
        await writeFile(file, JSON.stringify(config));
        await expect(loadBert(folder)).rejects.toThrow(message);
      }
    });
  });
});
