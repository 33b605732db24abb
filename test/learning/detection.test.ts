// Detectors learn a few pictures by heart and find what is in them, from files on.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import "#entry/install-node.ts";
import { platform } from "#engine/platform/api.ts";
import { tensor } from "#engine/tensor/create.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import { boxDataset, type DetectionDataset } from "#learning/data/detection/box-dataset.ts";
import type { CornerBox } from "#learning/data/detection/picture-objects.ts";
import { layers } from "#learning/nn/layers.ts";
import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { Detector, objectsOf } from "#learning/train/detection/detector.ts";
import { model } from "#learning/train/functional.ts";
import { featureMaps } from "#learning/zoo/feature-maps.ts";
import { mobileNetV2 } from "#learning/zoo/mobilenet-v2.ts";
import { ssd } from "#learning/zoo/ssd/ssd.ts";
import { yolo } from "#learning/zoo/yolo.ts";

const size = 32;
/** The second class is blue. */
const objects = [
  { boxes: [[2, 3, 16, 17] as CornerBox], labels: [0] },
  { boxes: [[14, 12, 30, 26] as CornerBox], labels: [1] },
  { boxes: [[1, 16, 13, 30] as CornerBox, [17, 2, 31, 14] as CornerBox], labels: [1, 0] },
  { boxes: [], labels: [] },
];
let folder = "";
let dataset: DetectionDataset;

/** Squares on black, red or blue by their class. */
function drawn({ boxes, labels }: (typeof objects)[number]): Uint8Array {
  return Uint8Array.from({ length: size * size * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % size, Math.floor(at / 3 / size)];
    const own = boxes.findIndex(([x1, y1, x2, y2]) => x >= x1 && x < x2 && y >= y1 && y < y2);
    return at % 3 === 2 * (labels[own] ?? -1) ? 255 : 0;
  });
}

beforeAll(async () => {
  await useDevice("wasm", { threads: 1 });
  folder = await mkdtemp(join(tmpdir(), "sinter-detect-"));
  await mkdir(join(folder, "pictures"));
  const pictures = [];
  for (const [index, one] of objects.entries()) {
    const data = drawn(one);
    const file = join(folder, "pictures", `${index}.png`);
    await writeFile(file, await platform().encodePng({ width: size, height: size, channels: 3, data }));
    pictures.push({ file, size: [size, size] as const, objects: one });
  }
  dataset = boxDataset({ pictures, classNames: ["red", "blue"] }, { imageSize: [size, size], batchSize: 4 });
});
afterAll(async () => {
  await closeDevice();
  await rm(folder, { recursive: true, force: true });
});

/** Maps of 8 x 8 and 4 x 4. */
function features(picture: SymbolicTensor): SymbolicTensor[] {
  const conv = (x: SymbolicTensor, filters: number, name: string): SymbolicTensor =>
    layers.conv2d({ filters, kernelSize: 3, strides: 2, padding: "same", activation: "relu", name }).apply(x);
  const first = conv(conv(picture, 8, "a"), 16, "b");
  return [first, conv(first, 24, "c")];
}

const makers: readonly [string, () => Detector][] = [
  ["ssd", () => ssd({ classes: 2, inputShape: [size, size, 3], features, scales: [0.3, 0.45, 0.7], seed: 1 })],
  ["yolo", () => yolo({ classes: 2, inputShape: [size, size, 3], features, seed: 1 })],
];

describe.each(makers)("%s", (_, make) => {
  test("learns pictures by heart, is saved and loaded", { timeout: 60_000 }, async () => {
    const detector = make();
    const { history } = await detector.fit(dataset, { epochs: 120, optimizer: "adam", learningRate: 0.01, verbose: 0 });
    expect(history["loss"]?.at(-1)).toBeLessThan(0.3 * (history["loss"]?.[0] ?? 0));
    const { ap50, perClass } = await detector.evaluate(dataset);
    expect(ap50).toBeGreaterThan(0.99);
    expect(perClass).toHaveLength(2);
    const path = join(folder, "detector.weights.h5");
    await detector.net.saveWeights(path);
    const again = make();
    await again.net.loadWeights(path);
    const files = dataset.files.slice(0, 2);
    const [first, second] = await again.predict(files, { scoreThreshold: 0.3 });
    expect(first?.labels[0]).toBe(0);
    expect(second?.labels[0]).toBe(1);
    const [best] = first?.boxes ?? [];
    [2, 3, 16, 17].forEach((side, place) => expect(Math.abs((best?.[place] ?? 99) - side)).toBeLessThan(3));
    expect(await again.predict([])).toEqual([]);
  });

  test("refuses other pictures and classes", async () => {
    const detector = make();
    const three = boxDataset(
      { ...dataset.targets.annotations, classNames: ["a", "b", "c"] },
      { imageSize: [size, size] },
    );
    await expect(detector.fit(three)).rejects.toThrow("the data has 3 classes (a, b, c), it was made for 2");
    const large = boxDataset(dataset.targets.annotations, { imageSize: [40, 40] });
    await expect(detector.fit(large)).rejects.toThrow("pictures of [40, 40, 3], it takes [32, 32, 3]");
    await expect(detector.predict([], { scoreTreshold: 1 } as object)).rejects.toThrow("Write scoreThreshold");
  });
});

test("the maps of a known network are its layers' values", async () => {
  const base = mobileNetV2({ inputShape: [64, 64, 3], includeTop: false, alpha: 0.35 });
  const whole = featureMaps(base, ["block_13_expand_relu", "out_relu"], { trainable: false });
  const detector = ssd({ classes: 2, inputShape: [64, 64, 3], features: whole, scales: [0.3, 0.6, 0.9] });
  expect(detector.net.network.outputTypes.map(({ shape }) => shape)).toEqual([
    [(16 + 4) * 6, 4],
    [(16 + 4) * 6, 3],
  ]);
  const trained = detector.net.network.weights.filter(({ trainable }) => trainable);
  expect(trained).toHaveLength(8); // a kernel and a bias of two heads for two maps
  const picture = layers.input({ shape: [64, 64, 3] });
  const [last = picture] = featureMaps(base, ["out_relu"])(picture);
  const x = tensor(
    Float32Array.from({ length: 64 * 64 * 3 }, (_, index) => Math.sin(index)),
    { shape: [1, 64, 64, 3] },
  );
  const found = await (await model({ inputs: picture, outputs: last }).predictOnBatch(x)).data();
  const expected = await (await base.predictOnBatch(x)).data();
  expect(Array.from(found)).toEqual(Array.from(expected));
  expect(() => featureMaps(base, ["out_rely"])).toThrow('Write "out_relu"');
});

test("boxes of predictions are in the pixels of the picture", async () => {
  const picture = layers.input({ shape: [8, 16, 3] });
  const net = model({ inputs: picture, outputs: layers.flatten().apply(picture) });
  const fixed = new Detector({
    name: "fixed",
    net,
    numClasses: 1,
    loss: () => tensor(0),
    decode: ([{ shape } = tensor([])]) => ({
      boxes: tensor([[[0, 0, 8, 4]]]).broadcastTo([shape[0] ?? 1, 1, 4]),
      scores: tensor([[[0.5]]]).broadcastTo([shape[0] ?? 1, 1, 1]),
    }),
    suppression: { iouThreshold: 0.5, scoreThreshold: 0.1, topK: 10, maxDetections: 10 },
  });
  expect(await fixed.predict(dataset.files.slice(0, 1))).toEqual([
    { boxes: [[0, 0, 16, 16]], labels: [0], scores: [0.5] },
  ]);
  expect(objectsOf(dataset.take(1))).toEqual([objects[0]]);
});
