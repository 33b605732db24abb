// A known network as the first layer of another model: trained, saved, loaded.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { closeDevice } from "#engine/tensor/device.ts";
import { squeezeNet, vgg16 } from "#entry/zoo.ts";
import { layers } from "#learning/nn/layers.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { sequential } from "#learning/train/model.ts";

const folder = mkdtempSync(join(tmpdir(), "sinter-zoo-"));
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await closeDevice();
});

test("features, flattened and classified, as the seed writes it", () => {
  const inputShape = [64, 64, 3];
  const net = sequential([
    vgg16({ includeTop: false, inputShape }),
    layers.flatten(),
    layers.dense({ units: 3, activation: "softmax" }),
  ]);
  net.build();
  expect(net.network.output.shape).toEqual([3]);
  expect(net.network.weights.at(-2)?.shape).toEqual([2 * 2 * 512, 3]);
});

test("a frozen network keeps its weights while the head learns; saved and loaded it predicts the same", async () => {
  const features = squeezeNet({ includeTop: false, inputShape: [40, 40, 3], pooling: "avg", seed: 3 });
  // Random weights make features small.
  const scaled = layers.rescaling({ scale: 1e4 });
  const head = layers.dense({ units: 2, activation: "softmax" });
  const net = sequential([features.asLayer({ trainable: false }), scaled, head]);
  net.compile({ optimizer: "adam", learningRate: 0.05, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const x = Array.from({ length: 8 }, (_, row) =>
    Array.from({ length: 40 }, (_y, y) => Array.from({ length: 40 }, () => [row % 2, y / 40, (row % 2) * 0.5])),
  );
  const y = x.map((_, row) => row % 2);
  net.build();
  const before = await (await net.getWeights())[0]!.data();
  const { history } = await net.fit(x, y, { epochs: 30, verbose: 0 });
  expect(history.accuracy?.at(-1)).toBe(1);
  expect(await (await net.getWeights())[0]!.data()).toEqual(before);
  const path = join(folder, "net");
  await net.save(path);
  const loaded = await loadModel(path);
  expect(await (await loaded.predict(x, { verbose: 0 })).data()).toEqual(
    await (await net.predict(x, { verbose: 0 })).data(),
  );
});
