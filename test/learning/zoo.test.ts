// A known network as the first layer of another model: trained, saved, loaded.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { closeDevice } from "#engine/tensor/device.ts";
import { preprocessInput, squeezeNet, vgg16 } from "#entry/zoo.ts";
import { tensor } from "#engine/tensor/create.ts";
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

const small = { includeTop: false, inputShape: [40, 40, 3] } as const;
const weightsOf = async (path: string): Promise<ArrayLike<number>> =>
  (await (await squeezeNet({ ...small, weights: path })).getWeights()).at(-2)!.data();

test.each(["own.weights.h5", "own.keras", "own"])("the weights of a file: %s", async (name) => {
  const net = squeezeNet({ ...small, seed: 4 });
  const path = join(folder, name);
  if (name.endsWith(".weights.h5")) await net.saveWeights(path);
  else await net.save(path);
  expect(await weightsOf(path)).toEqual(await (await net.getWeights()).at(-2)!.data());
});

test("of a file with a top, features take theirs", async () => {
  const whole = squeezeNet({ classes: 3, seed: 4 });
  await whole.save(join(folder, "whole"));
  const named = whole.network.weights.findIndex(({ path }) => path === "fire9_expand3x3/kernel");
  expect(await weightsOf(join(folder, "whole", "model.safetensors"))).toEqual(
    await (await whole.getWeights())[named]!.data(),
  );
});

test("weights that are not there name the file to give", async () => {
  await expect(vgg16({ ...small, weights: "imagenet" })).rejects.toThrow(
    /vgg16: weights: no package .* Give the path of Keras's vgg16_weights_tf_dim_ordering_tf_kernels_notop\.h5, or /,
  );
  await expect(squeezeNet({ weights: "none.h5" })).rejects.toThrow(/there is no file "none\.h5".* squeezenet1_1-/);
  const net = squeezeNet({ ...small, seed: 4 });
  await net.save(join(folder, "features"));
  await expect(vgg16({ ...small, weights: join(folder, "features") })).rejects.toThrow(
    /vgg16: .* has no "block1_conv1\/kernel", and 25 more of 26 weights are missing/,
  );
});

test.each([
  ["none", [0, 127.5, 255]],
  ["tf", [-1, 0, 1]],
  ["torch", [-0.485 / 0.229, (0.5 - 0.456) / 0.224, (1 - 0.406) / 0.225]],
  ["caffe", [255 - 103.939, 127.5 - 116.779, -123.68]],
] as const)("pixels for networks trained in the way of %s", async (mode, expected) => {
  const pixels = tensor([[[[0, 127.5, 255]]]]);
  const net = sequential([layers.preprocessInput({ mode, inputShape: [1, 1, 3] })]);
  for (const given of [preprocessInput(pixels, { mode }), await net.predictOnBatch(pixels)]) {
    const values = Array.from(await given.data());
    expected.forEach((value, channel) => expect(values[channel]).toBeCloseTo(value, 4));
  }
});
