// Encoders of texts beside transformers: weights by name from a folder as it writes it, outputs and gradients.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sizeOf } from "#engine/base/shape.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import { tensor } from "#engine/tensor/create.ts";
import { layers } from "#entry/nn.ts";
import { loadModel, sequential, type Model } from "#entry/train.ts";
import { generateTokens } from "#entry/data.ts";
import { bert, loadBert, loadT5, saveBert, t5, t5Layers, t5NextLogits, type BertOptions } from "#entry/zoo.ts";
import { bertNetwork } from "#learning/zoo/bert.ts";
import { bertWeightName } from "#learning/zoo/bert-weights.ts";
import { t5Network } from "#learning/zoo/t5.ts";
import { t5WeightName } from "#learning/zoo/t5-weights.ts";
import { distance, goldenValues } from "./golden.ts";
import { checkText, textCases, textCounts, withFolder, type TextCase } from "./text-case.ts";

const tiny = { vocabSize: 20, hiddenSize: 8, numLayers: 1, numHeads: 2, intermediateSize: 16, maxPositions: 6 };

beforeAll(() => useDevice("auto", { threads: 1 }));
afterAll(closeDevice);

describe("T5", () => {
  test("has the published number of weights", () => {
    const { weights } = t5Network({});
    expect(weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(60_506_624);
    expect(textCounts["t5"]).toBe(60_506_624);
  });

  test.each(Object.keys(textCases).filter((name) => name.startsWith("t5")))(
    "%s computes transformers' outputs and gradients",
    async (name) => {
      const one = textCases[name]!;
      const lengths = { sequenceLength: one.ids.shape[1]!, targetLength: one.targets!.shape[1]! };
      await withFolder(one, async (folder) => {
        const net = await loadT5(folder, { ...lengths, includeTop: one.outputs.length === 1 });
        await checkText(one, net, t5WeightName);
        if (one.written !== undefined) expect(await writtenBy(net, one)).toEqual(one.written);
      });
    },
  );

  test("a folder of T5 1.1 has a product of its own for the logits", async () => {
    const { config, weights, ...rest } = textCases["t5 gated"]!;
    const untied = { ...config, tie_word_embeddings: false, scale_decoder_outputs: undefined };
    const lengths = { sequenceLength: 4, targetLength: 2 };
    const read = [
      [3, 1, 7, 0],
      [0, 5],
    ].map((ids) => tensor(Int32Array.from(ids), { shape: [1, ids.length] }));
    await withFolder({ ...rest, config: untied, weights: [...weights, "lm_head.weight [40, 20]"] }, async (folder) => {
      const net = await loadT5(folder, lengths);
      const [states] = await (await loadT5(folder, { ...lengths, includeTop: false })).predictAllOnBatch(read);
      const product = (await net.getWeights()).find(({ shape }) => shape[0] === 20 && shape[1] === 40);
      const expected = await states!.matMul(product!).data();
      expect(distance(await (await net.predictOnBatch(read)).data(), expected)).toBeLessThan(1e-5);
    });
  });

  test("saved by sinter, it is read with its own layers", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sinter-t5-"));
    const size = { vocabSize: 10, hiddenSize: 8, keyDim: 4, numHeads: 2, numLayers: 1, intermediateSize: 8 };
    const net = t5({
      ...size,
      sequenceLength: 4,
      targetLength: 3,
      hiddenActivation: "gelu",
      gated: true,
      dropout: 0.1,
    });
    await net.save(folder);
    const again = await loadModel(folder, { customLayers: t5Layers });
    const read = [
      tensor(Int32Array.of(3, 1, 7, 0), { shape: [1, 4] }),
      tensor(Int32Array.of(0, 5, 2), { shape: [1, 3] }),
    ];
    expect(await (await again.predictOnBatch(read)).data()).toEqual(await (await net.predictOnBatch(read)).data());
    await expect(t5NextLogits(net, [1, 2, 3, 4, 5])([Int32Array.of(0)])).rejects.toThrow(
      /t5: 5 tokens, but the model takes 4/,
    );
    await rm(folder, { recursive: true });
  });
});

/** What is written greedily, with the 0 that it begins with. */
async function writtenBy(net: Model, { ids, written }: TextCase): Promise<number[]> {
  const text = goldenValues(ids)
    .subarray(0, ids.shape[1])
    .filter((id) => id !== 0);
  const made = [0];
  const options = { temperature: 0, maxNewTokens: written!.length - 1, endId: 1 };
  for await (const id of generateTokens(t5NextLogits(net, text), made, options)) made.push(id);
  return made;
}

describe("BERT", () => {
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
