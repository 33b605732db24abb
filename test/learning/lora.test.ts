// Changes of low rank: what learns, how many numbers that are, that they are merged, saved and loaded, on quantized weights too.

import "#entry/install-node.ts";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { key, normal } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { decodeSafetensors } from "#learning/formats/safetensors.ts";
import { layers } from "#learning/nn/layers.ts";
import { model as functional } from "#learning/train/functional.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { loadAdapters, saveAdapters } from "#learning/train/lora-files.ts";
import { lora, mergeLora } from "#learning/train/lora.ts";
import { sequential, type Model } from "#learning/train/model.ts";
import { quantizeWeights } from "#learning/train/quantize-weights.ts";

beforeAll(() => useDevice("wasm", { threads: 1 }));

const numbers = async (x: Tensor): Promise<number[]> => Array.from(await x.data());
const all = async (model: Model): Promise<Record<string, number[]>> => {
  const values = await Promise.all((await model.getWeights()).map(numbers));
  return Object.fromEntries(model.network.weights.map(({ path }, place) => [path, values[place] ?? []]));
};
const close = (a: readonly number[], b: readonly number[], bound: number): void => {
  a.forEach((one, place) => expect(Math.abs(one - (b[place] ?? Number.NaN))).toBeLessThan(bound));
};

/** A trained base, and what it shall learn to do further. */
function base(): Model {
  const model = sequential(
    [
      layers.dense({ units: 64, activation: "tanh", inputShape: [32], name: "hidden" }),
      layers.batchNormalization({ name: "norm" }),
      layers.dense({ units: 4, name: "head" }),
    ],
    { seed: 5 },
  );
  model.compile({ optimizer: "adam", learningRate: 0.01, loss: "meanSquaredError" });
  return model;
}
const x = normal(key(1), [64, 32]);
const y = x.matMul(normal(key(2), [32, 4], { stddev: 0.2 }));
const quiet = { epochs: 12, batchSize: 16, verbose: 0, shuffle: false } as const;

test("a frozen base learns by its changes alone", async () => {
  const model = base();
  const untouched = await numbers(await model.predictOnBatch(x));
  expect(lora(model, { rank: 3, alpha: 6, dropout: 0.1 })).toBe(model);
  expect(await numbers(await model.predictOnBatch(x))).toEqual(untouched);
  const trained = model.network.weights.filter(({ trainable }) => trainable);
  expect(trained.reduce((sum, { shape }) => sum + shape.reduce((size, extent) => size * extent, 1), 0)).toBe(
    3 * (32 + 64) + 3 * (64 + 4),
  );
  const before = await all(model);
  const { history } = await model.fit(x, y, quiet);
  expect(history["loss"]!.at(-1)).toBeLessThan(history["loss"]![0]! / 2);
  const after = await all(model);
  for (const [path, values] of Object.entries(before)) {
    if (path.includes("lora")) expect(after[path]).not.toEqual(values);
    else expect(after[path]).toEqual(values);
  }
});

test("merged, it is a plain model of the same outputs, which learns all again", async () => {
  const plain = base();
  const model = lora(base(), { rank: 2, targets: "hidden" });
  await model.fit(x, y, quiet);
  const adapted = await numbers(await model.predictOnBatch(x));
  mergeLora(model);
  const shapes = (one: Model): unknown => one.network.weights.map(({ path, shape }) => [path, shape]);
  expect(shapes(model)).toEqual(shapes(plain));
  close(await numbers(await model.predictOnBatch(x)), adapted, 1e-5);
  model.setTrainable(true);
  const { history } = await model.fit(x, y, quiet);
  expect(history["loss"]!.at(-1)).toBeLessThan(history["loss"]![0]!);
});

test("is saved and loaded, and trains on from there to the same bits", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sinter-lora-"));
  try {
    const model = lora(base(), { rank: 2, dropout: 0.2 });
    await model.fit(x, y, quiet);
    await model.save(folder);
    const again = await loadModel(folder);
    expect(await numbers(await again.predictOnBatch(x))).toEqual(await numbers(await model.predictOnBatch(x)));
    await Promise.all([model, again].map((one) => one.fit(x, y, { ...quiet, epochs: 2 })));
    expect(await all(again)).toEqual(await all(model));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("adapters alone go to another model of the same base, under PEFT's names", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sinter-adapters-"));
  try {
    const model = lora(base(), { rank: 2, alpha: 5, targets: ["hidden/"] });
    await model.fit(x, y, quiet);
    await saveAdapters(model, folder);
    const { tensors } = decodeSafetensors(await readFile(join(folder, "adapter_model.safetensors")));
    expect(Array.from(tensors, ([name, { shape }]) => [name, shape])).toEqual([
      ["base_model.model.hidden.lora_A.weight", [2, 32]],
      ["base_model.model.hidden.lora_B.weight", [64, 2]],
    ]);
    expect(JSON.parse(await readFile(join(folder, "adapter_config.json"), "utf8"))).toMatchObject({
      peft_type: "LORA",
      r: 2,
      lora_alpha: 5,
      target_modules: ["hidden"],
    });
    const other = await loadAdapters(base(), folder);
    expect(await numbers(await other.predictOnBatch(x))).toEqual(await numbers(await model.predictOnBatch(x)));
    const narrow = sequential([layers.dense({ units: 8, inputShape: [32], name: "hidden" })]);
    await expect(loadAdapters(narrow, folder)).rejects.toThrow(/hidden\/kernel\/loraB is \[64, 2\], expected \[8, 2\]/);
    const foreign = sequential([layers.dense({ units: 8, inputShape: [32] })]);
    await expect(loadAdapters(foreign, folder)).rejects.toThrow(/is of no matrix of this model/);
    await expect(saveAdapters(foreign, folder)).rejects.toThrow(/Call lora first/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("learns on quantized weights, which stay as they are", async () => {
  const model = lora(quantizeWeights(base(), { kind: "q4_0" }), { rank: 4 });
  expect(model.network.weights.map(({ path }) => path)).toEqual([
    ...["bytes", "scales", "loraA", "loraB"].map((part) => `hidden/kernel/${part}`),
    "hidden/bias",
    ...["gamma", "beta", "movingMean", "movingVariance"].map((name) => `norm/${name}`),
    ...["bytes", "scales", "loraA", "loraB"].map((part) => `head/kernel/${part}`),
    "head/bias",
  ]);
  const before = await all(model);
  const { history } = await model.fit(x, y, quiet);
  expect(history["loss"]!.at(-1)).toBeLessThan(history["loss"]![0]! / 2);
  const after = await all(model);
  expect(after["hidden/kernel/bytes"]).toEqual(before["hidden/kernel/bytes"]);
  const adapted = await numbers(await model.predictOnBatch(x));
  close(await numbers(await mergeLora(model).predictOnBatch(x)), adapted, 1e-5);
});

test("attention's kernels, and a table where it is named", () => {
  const build = (): Model => {
    const ids = layers.input({ shape: [5], dtype: "i32" });
    const vectors = layers.embedding({ inputDim: 9, outputDim: 8 }).apply(ids);
    const attention = layers.multiHeadAttention({ numHeads: 2, keyDim: 3, name: "attention" });
    return functional({ inputs: ids, outputs: attention.apply([vectors, vectors]) });
  };
  const adapted = (model: Model): string[] =>
    model.network.weights.flatMap(({ path }) => (path.endsWith("loraA") ? [path] : []));
  const names = ["query", "key", "value", "attentionOutput"];
  expect(adapted(lora(build()))).toEqual(names.map((name) => `attention/${name}/kernel/loraA`));
  expect(adapted(lora(build(), { targets: "embeddings" }))).toEqual(["embedding/embeddings/loraA"]);
  expect(() => lora(build(), { targets: "dense" })).toThrow(
    /Matrices are embedding\/embeddings, attention\/query\/kernel/,
  );
  expect(() => lora(build(), { rank: 0 })).toThrow(/rank/);
  expect(() => lora(build(), { targets: "(a+)+" })).toThrow(/regular expression/);
});
