// Features of pictures by a tiny network, and the nearest of them.

import { afterAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { closeDevice } from "#engine/tensor/device.ts";
import { fromArrays } from "#learning/data/from-arrays.ts";
import { layers } from "#learning/nn/layers.ts";
import { model } from "#learning/train/functional.ts";
import { sequential } from "#learning/train/model.ts";
import { layerBeforeTop, pictureFeatures } from "#learning/train/picture-features.ts";

afterAll(closeDevice);

const size = 6;
const numPictures = 7;
const pixels = Uint8Array.from({ length: numPictures * size * size * 3 }, (_, at) => (at * 37 + (at >> 4) * 11) % 256);
const data = { data: pixels, shape: [numPictures, size, size, 3], dtype: "u8" } as const;
const labels = { data: new Int32Array(numPictures), shape: [numPictures], dtype: "i32" } as const;
const pictures = fromArrays(data, labels, { batchSize: 3, rescale: 1 / 255, shuffle: false });

function classifier(): ReturnType<typeof model> {
  const picture = layers.input({ shape: [size, size, 3] });
  const maps = layers.conv2d({ filters: 5, kernelSize: 3, activation: "relu", name: "maps" }).apply(picture);
  const other = layers.conv2d({ filters: 5, kernelSize: 3, name: "other" }).apply(picture);
  const joined = layers.add({ name: "joined" }).apply([maps, other]);
  const means = layers.globalAveragePooling2d({ name: "means" }).apply(joined);
  return model({ inputs: picture, outputs: layers.dense({ units: 2, activation: "softmax" }).apply(means), seed: 3 });
}

test("a layer's output is taken, and feature maps become their means", async () => {
  const net = classifier();
  expect(layerBeforeTop(net)).toBe("means");
  const byName = await pictureFeatures(net, pictures, { layer: "means" });
  expect(byName.features.shape).toEqual([numPictures, 5]);
  const ofMaps = await pictureFeatures(net, pictures, { layer: "joined" });
  expect(Array.from(await ofMaps.features.data())).toEqual(Array.from(await byName.features.data()));
  // The head on these features is the whole network.
  const head = sequential([layers.dense({ units: 2, activation: "softmax", inputShape: [5] })]);
  head.build();
  head.setWeights((await net.getWeights()).slice(-2));
  const expected = await (await net.predict(pictures, { verbose: 0 })).data();
  const found = await (await head.predict(byName.features, { verbose: 0 })).data();
  for (const [at, value] of found.entries()) expect(value).toBeCloseTo(expected[at]!, 6);
});

test("a layer that is not there, and one that gives no features, are refused", async () => {
  await expect(pictureFeatures(classifier(), pictures, { layer: "mean" })).rejects.toThrow(/layer.*"means"/u);
  const rows = sequential([layers.reshape({ targetShape: [size * size, 3], inputShape: [size, size, 3] })]);
  await expect(pictureFeatures(rows, pictures)).rejects.toThrow(/gives \[36, 3\], expected a list of features/u);
  const alone = sequential([layers.flatten({ inputShape: [size, size, 3] })]);
  expect(() => layerBeforeTop(alone)).toThrow(/no layers before its classifier/u);
});
