// Models with layers whose inner values are computed again for the gradient: trained alike, in less memory.

import "#entry/install-node.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import { key, normal } from "#engine/tensor/random.ts";
import type { Layer } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { segmentsOf } from "#learning/nn/segments.ts";
import { model as functional } from "#learning/train/functional.ts";
import { losses } from "#learning/train/losses.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { sequential, type Model } from "#learning/train/model.ts";

afterAll(() => closeDevice());

const names = ["first", "second"];

/** Batch statistics, dropout, a recurrence over a mask and attention: all that a block may need to be run twice. */
function blockOf(name: string): Layer {
  const block = [
    layers.masking({ inputShape: [4, 4] }),
    layers.gru({ units: 4, returnSequences: true }),
    layers.batchNormalization(),
    layers.dense({ units: 6, activation: "gelu", kernelRegularizer: "l2" }),
    layers.dropout({ rate: 0.25 }),
    layers.dense({ units: 4 }),
  ];
  return sequential(block, { name }).asLayer();
}

function modelOf(wrapped: (name: string) => Layer): Model {
  const model = sequential([
    layers.input({ shape: [4, 4] }),
    ...names.map(wrapped),
    layers.globalAveragePooling1d(),
    layers.dense({ units: 1 }),
  ]);
  model.compile({ optimizer: "adam", loss: "meanSquaredError" });
  model.build();
  return model;
}

const plain = (name: string): Layer => blockOf(name);
const again = (name: string): Layer => layers.recompute({ name, layer: blockOf(name) });

async function numbersOf(model: Model): Promise<number[][]> {
  const weights = await model.getWeights();
  return Promise.all(weights.map(async (weight) => Array.from(await weight.data())));
}

test("training gives the bits that it gives without it; saved and loaded it goes on alike", async () => {
  await useDevice("js");
  const folder = await mkdtemp(join(tmpdir(), "sinter-recompute-"));
  const [x, y] = [normal(key(1), [3, 4, 4]), normal(key(2), [3, 1])];
  const [one, other] = [modelOf(plain), modelOf(again)];
  other.setWeights(await one.getWeights());
  for (let step = 0; step < 2; step += 1) {
    expect(await other.trainOnBatch(x, y)).toEqual(await one.trainOnBatch(x, y));
  }
  expect(await numbersOf(other)).toEqual(await numbersOf(one));
  try {
    await other.save(folder);
    const loaded = await loadModel(folder);
    await other.trainOnBatch(x, y);
    await loaded.trainOnBatch(x, y);
    expect(await numbersOf(loaded)).toEqual(await numbersOf(other));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a deep model's step needs a fraction of the memory", async () => {
  await useDevice("wasm", { threads: 1 });
  const block = (name: string): Layer => {
    const parts = [
      layers.dense({ units: 256, activation: "gelu", inputShape: [32] }),
      layers.dense({ units: 32, activation: "tanh" }),
    ];
    return sequential(parts, { name }).asLayer();
  };
  const arenaOf = async (wrapped: (name: string) => Layer): Promise<number> => {
    const model = sequential([
      layers.input({ shape: [32] }),
      ...Array.from({ length: 8 }, (_, place) => wrapped(`block${place}`)),
      layers.dense({ units: 1 }),
    ]);
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    const text = await model.explain(normal(key(1), [512, 32]), normal(key(2), [512, 1]));
    return Number(/arena ([\d.]+) MiB/.exec(text)![1]);
  };
  const [without, withIt] = [
    await arenaOf(block),
    await arenaOf((name) => layers.recompute({ name, layer: block(name) })),
  ];
  expect(withIt).toBeLessThan(without / 2);
});

test("what is no layer is refused", () => {
  expect(() => layers.recompute({ layer: "dense" as unknown as Layer })).toThrow("layer is no layer");
});

/** Blocks of a Transformer: two that add to what came in, behind an embedding and before a head. */
function decoder(recompute: boolean, numBlocks = 2, [time, width] = [6, 16]): Model {
  const ids = layers.input({ shape: [time], dtype: "i32" });
  const table = layers.reversibleEmbedding({ inputDim: 11, outputDim: width });
  let x = table.apply(ids);
  for (let block = 0; block < numBlocks; block += 1) {
    const normal = layers.layerNormalization().apply(x);
    const attention = layers.multiHeadAttention({ numHeads: 2, keyDim: width / 2, useCausalMask: true, dropout: 0.1 });
    x = layers.add().apply([x, attention.apply([normal, normal])]);
    const hidden = layers.dense({ units: 4 * width, activation: "gelu" }).apply(layers.layerNormalization().apply(x));
    x = layers.add().apply([x, layers.dropout({ rate: 0.1 }).apply(layers.dense({ units: width }).apply(hidden))]);
  }
  const model = functional({ inputs: ids, outputs: table.apply(layers.layerNormalization().apply(x)), seed: 4 });
  const loss = losses.sparseCategoricalCrossentropy({ fromLogits: true });
  model.compile({ optimizer: "adam", loss, recompute });
  return model;
}

const rows = (count: number, time: number, step: number): number[][] =>
  Array.from({ length: count }, (_, row) =>
    Array.from({ length: time }, (_one, place) => (row * 5 + place * step) % 11),
  );

test("compiled so, a Transformer trains to the same bits, saved and loaded too", async () => {
  await useDevice("js");
  const folder = await mkdtemp(join(tmpdir(), "sinter-recompute-"));
  try {
    const [one, other] = [decoder(false), decoder(true)];
    const [x, y] = [rows(3, 6, 2), rows(3, 6, 3)];
    await other.trainOnBatch(x, y);
    await other.save(folder);
    const loaded = await loadModel(folder);
    expect(loaded.core.compiled?.recompute).toBe(true);
    await one.trainOnBatch(x, y);
    for (const model of [one, other, loaded]) await model.trainOnBatch(x, y);
    expect(await numbersOf(other)).toEqual(await numbersOf(one));
    expect(await numbersOf(loaded)).toEqual(await numbersOf(one));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("compiled so, a deep Transformer's step needs a fraction of the memory", async () => {
  await useDevice("wasm", { threads: 1 });
  const arena = async (recompute: boolean): Promise<number> => {
    const text = await decoder(recompute, 8, [32, 32]).explain(rows(4, 32, 2), rows(4, 32, 3));
    return Number(/arena ([\d.]+) MiB/.exec(text)?.[1]);
  };
  expect(await arena(true)).toBeLessThan((await arena(false)) / 2.5);
});

test("layers in a row are computed again in parts of about the root of their number", () => {
  const { network } = sequential([
    layers.input({ shape: [3] }),
    ...Array.from({ length: 9 }, () => layers.dense({ units: 3 })),
  ]);
  const parts = segmentsOf(network).map(({ from, to }) => [from, to]);
  expect(parts).toEqual([
    [1, 4],
    [4, 7],
  ]);
});
