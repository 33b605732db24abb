// A small Transformer of our layers learns: a decoder to repeat what came two places earlier, an encoder to tell which of
// two words comes first in sequences of unequal length. Masks go through the network.

import "#entry/install-node.ts";
import { beforeAll, expect, test } from "vitest";
import { arange, tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { key } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { functionalNetwork } from "#learning/nn/functional.ts";
import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { applyNetwork, initialWeights, type NetworkResult } from "#learning/nn/network.ts";
import { model } from "#learning/train/functional.ts";
import type { Model } from "#learning/train/model.ts";

beforeAll(() => useDevice("wasm", { threads: 2 }));

const time = 8;
const numWords = 6;
const width = 16;

/** Attention, then two dense layers, each added to what came in and normalized. */
function block(x: SymbolicTensor, useCausalMask: boolean): SymbolicTensor {
  const attended = layers.multiHeadAttention({ numHeads: 2, keyDim: 8, useCausalMask }).apply([x, x]);
  const y = layers.layerNormalization().apply(layers.add().apply([x, attended]));
  const hidden = layers.dense({ units: 2 * width, activation: "relu" }).apply(y);
  const changed = layers.dense({ units: width }).apply(hidden);
  return layers.layerNormalization().apply(layers.add().apply([y, changed]));
}

function words(maskZero: boolean): { input: SymbolicTensor; placed: SymbolicTensor } {
  const input = layers.input({ shape: [time], dtype: "i32" });
  const vectors = layers.embedding({ inputDim: numWords, outputDim: width, maskZero }).apply(input);
  const places = layers.positionEmbedding({ sequenceLength: time }).apply(vectors);
  return { input, placed: layers.add().apply([vectors, places]) };
}

/** Whole numbers from `least` to below `bound`, the same in every run. */
function numbers(count: number, least: number, bound: number): number[] {
  let state = 12345;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return least + Math.floor((state / 2 ** 32) * (bound - least));
  });
}

function rowsOf(flat: readonly number[]): number[][] {
  return Array.from({ length: flat.length / time }, (_, row) => flat.slice(row * time, (row + 1) * time));
}

function whole(rows: readonly (readonly number[])[]): Tensor {
  return tensor(Int32Array.from(rows.flat()), { shape: [rows.length, time] });
}

async function trained(network: Model, x: Tensor, y: Tensor, numSteps: number): Promise<number> {
  network.compile({ optimizer: "adam", learningRate: 0.01, loss: "sparseCategoricalCrossentropy" });
  let loss = Number.POSITIVE_INFINITY;
  for (let step = 0; step < numSteps; step += 1) ({ loss = loss } = await network.trainOnBatch(x, y));
  return loss;
}

test("a causal decoder learns to repeat, and sees no later word", { timeout: 120_000 }, async () => {
  const { input, placed } = words(false);
  const outputs = layers.dense({ units: numWords, activation: "softmax" }).apply(block(placed, true));
  const network = model({ inputs: input, outputs, seed: 1 });
  const rows = rowsOf(numbers(64 * time, 0, numWords));
  const repeated = rows.map((row) => row.map((_, place) => row[place - 2] ?? 0));
  expect(await trained(network, whole(rows), whole(repeated), 150)).toBeLessThan(0.05);

  const others = rowsOf(numbers(67 * time, 0, numWords)).slice(64);
  const answers = await (await network.predictOnBatch(whole(others))).argMax(-1).data();
  expect([...answers]).toEqual(others.flatMap((row) => row.map((_, place) => row[place - 2] ?? 0)));

  const changed = others.map((row) => row.with(time - 1, (row[time - 1]! + 1) % numWords));
  const earlier = async (x: Tensor): Promise<number[]> => {
    const output = await network.predictOnBatch(x);
    return [...(await output.slice([0, 0, 0], [-1, time - 1, -1]).data())];
  };
  expect(await earlier(whole(changed))).toEqual(await earlier(whole(others)));
});

test("an encoder learns from sequences of unequal length, and heeds no filling", { timeout: 120_000 }, async () => {
  const { input, placed: vectors } = words(true);
  const encoded = block(vectors, false);
  // One learned query asks the sequence, whose mask came through all layers.
  const first = layers.attention({ useScale: true }).apply([encoded, encoded]);
  const outputs = layers.dense({ units: 2, activation: "softmax" }).apply(layers.flatten().apply(first));
  const network = model({ inputs: input, outputs, seed: 1 });
  const lengths = numbers(96, 3, time + 1);
  const rows = rowsOf(numbers(96 * time, 3, numWords)).map((row, number) => {
    const length = lengths[number]!;
    const isSwapped = number % 2;
    const placed = row.with(number % (length - 1), 1 + isSwapped).with(length - 1, 2 - isSwapped);
    return placed.map((word, place) => (place < length ? word : 0));
  });
  const labels = tensor(Int32Array.from(rows, (_, number) => number % 2));
  expect(await trained(network, whole(rows), labels, 150)).toBeLessThan(0.1);
});

test("a mask goes from the embedding through a block: what fills up changes no other place", async () => {
  const input = layers.input({ shape: [time], dtype: "i32" });
  const vectors = layers
    .embedding({ inputDim: numWords, outputDim: width, maskZero: true, name: "words" })
    .apply(input);
  const network = functionalNetwork([input], [block(vectors, false)]);
  const weights = initialWeights(network, key(1));
  const row = [3, 0, 5, 1, 0, 2, 0, 0];
  const run = (table: Tensor): NetworkResult =>
    applyNetwork(network, { ...weights, "words/embeddings": table }, whole([row]), { training: false });
  const table = weights["words/embeddings"]!;
  const isFilling = arange(numWords).expandDims(1).equal(0).cast("f32");
  const [first, second] = [run(table), run(table.add(isFilling.mul(3)))];
  const kept = row.flatMap((word, place) => (word === 0 ? [] : [place]));
  const at = async ({ output }: NetworkResult, places: readonly number[]): Promise<number[]> => [
    ...(await output
      .squeeze(0)
      .take(tensor(Int32Array.from(places)))
      .data()),
  ];
  expect(await at(second, kept)).toEqual(await at(first, kept));
  expect(await at(second, [1])).not.toEqual(await at(first, [1]));
  expect([...(await first.masks[0]!.data())]).toEqual(row.map((word) => Number(word !== 0)));
});
