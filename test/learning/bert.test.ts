// A BERT learns: classes that only the order of words tells apart, beside padding of any length.

import { afterAll, beforeAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { tensor } from "#engine/tensor/create.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { bert } from "#learning/zoo/bert.ts";

beforeAll(() => useDevice("auto", { threads: 1 }));
afterAll(closeDevice);

const length = 8;

/** Texts of 4 to 8 tokens of which one is 1 and another 2: class 1 where the 1 comes first. */
function texts(count: number, seed: number): { x: Tensor; y: Tensor } {
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const x = new Int32Array(count * length);
  const y = Float32Array.from({ length: count }, (_, row) => {
    const size = 4 + below(length - 3);
    const [first, second] = [below(size), below(size - 1)];
    const other = second >= first ? second + 1 : second;
    for (let place = 0; place < size; place += 1) x[row * length + place] = 3 + below(5);
    x[row * length + first] = 1;
    x[row * length + other] = 2;
    return first < other ? 1 : 0;
  });
  return { x: tensor(x, { shape: [count, length] }), y: tensor(y, { shape: [count] }) };
}

test("a tiny BERT learns which of two words comes first", { timeout: 120_000 }, async () => {
  const size = { vocabSize: 8, hiddenSize: 16, numLayers: 2, numHeads: 2, intermediateSize: 32, maxPositions: length };
  const net = bert({ ...size, classes: 2, dropout: 0, attentionDropout: 0 });
  const schedule = { learningRate: 0.005, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] } as const;
  net.compile({ optimizer: "adam", ...schedule });
  const train = texts(512, 1);
  await net.fit(train.x, train.y, { epochs: 20, batchSize: 64, verbose: 0 });
  const held = texts(256, 2);
  const { accuracy } = await net.evaluate(held.x, held.y, { batchSize: 256, verbose: 0 });
  expect(accuracy).toBeGreaterThan(0.95);
});
