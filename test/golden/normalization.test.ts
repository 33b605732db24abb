// Normalization and the statistics of a data set against Keras, in float64; and that a model keeps both when it is saved.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import "#entry/install-node.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { fold, key } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Dataset } from "#learning/data/dataset.ts";
import { fromArrays } from "#learning/data/from-arrays.ts";
import { statisticsOf } from "#learning/data/statistics.ts";
import { initialValue } from "#learning/nn/initializers.ts";
import type { Layer } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import type { NormalizationOptions } from "#learning/nn/normalization.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { sequential } from "#learning/train/model.ts";
import { distance, goldenValues, read, readGolden, uniformTensor, uniformValues, type GoldenTensor } from "./golden.ts";

interface GivenCase {
  readonly options: NormalizationOptions;
  readonly shape: readonly number[];
  readonly output: GoldenTensor;
}
interface AdaptedCase {
  readonly axis: number | readonly number[] | null;
  readonly shape: readonly number[];
  readonly limit: number;
  readonly middle: number;
  readonly mean: readonly number[];
  readonly variance: readonly number[];
  readonly output: GoldenTensor;
}

const golden = readGolden("normalization") as {
  readonly given: Readonly<Record<string, GivenCase>>;
  readonly adapted: Readonly<Record<string, AdaptedCase>>;
};

beforeAll(() => useDevice("js", { precision: "f64" }));

/** The layer's output with its first weights. */
async function output(layer: Layer, x: Tensor): Promise<number[]> {
  const specs = layer.weights([{ shape: x.shape.slice(1), dtype: "f32" }]);
  expect(specs.map(({ name, trainable }) => [name, trainable])).toEqual([
    ["mean", false],
    ["variance", false],
  ]);
  const weights = Object.fromEntries(
    specs.map(({ name, shape, initializer }, index) => [name, initialValue(initializer, shape, fold(key(1), index))]),
  );
  const [first] = layer.call(weights, [x], { training: true }).outputs;
  return first === undefined ? [] : read(first);
}

/** Keras takes nested lists; here they lie flat. */
function flat(value: NormalizationOptions["mean"]): number | number[] {
  return typeof value === "number" ? value : [value ?? []].flat(8);
}

describe("normalization equals Keras", () => {
  test.each(Object.entries(golden.given))("%s", async (_, { options, shape, output: expected }) => {
    const layer = layers.normalization({ ...options, mean: flat(options.mean), variance: flat(options.variance) });
    const found = await output(layer, uniformTensor(21, shape, 2, 0.5));
    expect(distance(found, goldenValues(expected))).toBeLessThan(1e-12);
  });
});

describe("the statistics of a data set equal Keras's adapt", () => {
  test.each(Object.entries(golden.adapted))("%s", async (_, { axis, shape, limit, middle, ...expected }) => {
    // Doubles: a data set from arrays would round them to float32.
    const values = uniformValues(
      22,
      shape.reduce((size, extent) => size * extent),
      limit,
      middle,
    );
    const dataset: Dataset = {
      numSamples: shape[0] ?? 0,
      batchSize: 3,
      numBatches: Math.ceil((shape[0] ?? 0) / 3),
      elementShape: shape.slice(1),
      dtype: "f32",
      labelMode: "none",
      shuffle: false,
      seed: 0,
      async *batches() {
        const size = values.length / (shape[0] ?? 1);
        for (let first = 0; first < (shape[0] ?? 0); first += 3) {
          const data = values.subarray(first * size, (first + 3) * size);
          yield { x: { data, shape: [data.length / size, ...shape.slice(1)], dtype: "f32" }, indices: [] };
        }
      },
    };
    const found = await statisticsOf(dataset, { axis });
    expect(distance(found.mean, expected.mean)).toBeLessThan(1e-12);
    expect(distance(found.variance, expected.variance)).toBeLessThan(1e-12);
    const layer = layers.normalization(found);
    const spread = await output(layer, uniformTensor(22, shape, limit, middle));
    expect(distance(spread, goldenValues(expected.output))).toBeLessThan(middle > 1e5 ? 1e-6 : 1e-12);
  });
});

test("pictures: per channel, after rescale, without augmentation, whatever the batch size", async () => {
  const data = Uint8Array.from({ length: 7 * 4 * 5 * 3 }, (_, index) => (index * 7919) % 251);
  const pictures = (batchSize: number) =>
    fromArrays({ data, shape: [7, 4, 5, 3], dtype: "u8" }, new Float32Array(7), {
      batchSize,
      rescale: { scale: 1 / 127.5, offset: -1 },
      augment: { mixup: {}, rotationRange: 90 },
    });
  const { mean, variance } = await statisticsOf(pictures(3));
  for (const channel of [0, 1, 2]) {
    const values = Array.from(
      data.filter((_, index) => index % 3 === channel),
      (value) => value / 127.5 - 1,
    );
    const expected = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean[channel]).toBeCloseTo(expected, 12);
    const squares = values.reduce((sum, value) => sum + (value - expected) ** 2, 0);
    expect(variance[channel]).toBeCloseTo(squares / values.length, 12);
  }
  expect((await statisticsOf(pictures(100))).variance[1]).toBeCloseTo(variance[1] ?? 0, 12);
});

test("a saved model keeps its statistics, and training leaves them", async () => {
  await useDevice("js");
  const folder = await mkdtemp(join(tmpdir(), "sinter-normalization-"));
  const x = Array.from({ length: 12 }, (_, row) => [row * 100, (row * 5) % 7]);
  const data = fromArrays(
    x,
    x.map(([, value = 0]) => [value / 7]),
    { batchSize: 5 },
  );
  const model = sequential([
    layers.normalization({ ...(await statisticsOf(data)), inputShape: [2] }),
    layers.dense({ units: 1 }),
  ]);
  model.compile({ optimizer: "adam", loss: "meanSquaredError", learningRate: 0.1 });
  const [before = model.core.frozen["normalization/mean"]] = await model.getWeights();
  const first = await before?.data();
  await model.fit(data, { epochs: 2, verbose: 0 });
  const [mean, variance] = await model.getWeights();
  expect(await mean?.data()).toEqual(first);
  expect(Array.from((await mean?.data()) ?? [])).toEqual([550, 3]);
  expect((await variance?.data())?.[0]).toBeCloseTo(119166.67, 1);
  await model.save(folder);
  const loaded = await loadModel(folder);
  expect(await (await loaded.predict(data)).data()).toEqual(await (await model.predict(data)).data());
  await rm(folder, { recursive: true });
  await useDevice("js", { precision: "f64" });
});

test.each<[NormalizationOptions, string]>([
  [{ mean: 1 }, "variance is missing"],
  [{ mean: [1, 2], variance: [1, 2] }, "mean has 2 numbers, the axes have 3 places"],
  [{ mean: 0, variance: -1 }, "variance"],
  [{ axis: 0 }, "axis 0"],
])("%j is refused", (options, message) => {
  expect(() => sequential([layers.normalization({ ...options, inputShape: [3] })]).build()).toThrow(message);
});
