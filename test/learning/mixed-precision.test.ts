// mixedPrecision: values between layers are rounded and stored in 16 bits, everything else stays f32.

import "#entry/install-node.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { grad } from "#engine/tensor/transforms.ts";
import type { ShortFloat } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { rounded } from "#learning/nn/rounding.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { sequential, type Model } from "#learning/train/model.ts";

beforeAll(() => useDevice("wasm"));

/** The largest relative error of rounding. */
const precisions: readonly (readonly [ShortFloat, number])[] = [
  ["bf16", 2 ** -8],
  ["f16", 2 ** -11],
];
const numSamples = 16;
const x = {
  data: Float32Array.from({ length: numSamples * 16 * 16 * 3 }, (_, at) => Math.sin(at * 1.7)),
  shape: [numSamples, 16, 16, 3],
  dtype: "f32",
} as const;
const y = Int32Array.from({ length: numSamples }, (_, row) => row % 3);

function small(mixedPrecision?: ShortFloat): Model {
  const model = sequential(
    [
      layers.conv2d({ filters: 8, kernelSize: 3, activation: "relu", inputShape: [16, 16, 3] }),
      layers.batchNormalization(),
      layers.conv2d({ filters: 8, kernelSize: 3, activation: "relu" }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 16, activation: "relu" }),
      layers.dense({ units: 3, activation: "softmax" }),
    ],
    { seed: 1 },
  );
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", mixedPrecision });
  return model;
}

/** MiB of intermediate values of a prediction, and of a train step. */
async function arenasOf(model: Model): Promise<number[]> {
  const many = { ...x, data: new Float32Array(512 * 768), shape: [512, 16, 16, 3] };
  const texts = [await model.explain(many), await model.explain(many, new Int32Array(512))];
  return texts.map((text) => Number(/arena ([\d.]+) MiB/.exec(text)?.[1]));
}

describe.each(precisions)("%s", (precision, error) => {
  test("rounds what lies between layers, not what the model gives", async () => {
    const chain = sequential([layers.dense({ units: 1, inputShape: [1] }), layers.dense({ units: 1 })]);
    const one = tensor(Float32Array.of(1), { shape: [1, 1] });
    const zero = tensor(Float32Array.of(0));
    const factor = 1 + 2 ** -20;
    chain.setWeights([one, zero, one.mul(factor), zero]);
    const value = 1 + error / 2;
    const before = await (await chain.predictOnBatch([[value]])).data();
    expect(before[0]).toBe(Math.fround(value * factor));
    chain.compile({ loss: "meanSquaredError", mixedPrecision: precision });
    const after = await (await chain.predictOnBatch([[value]])).data();
    expect(after[0]).toBe(Math.fround(factor));
  });

  test("trains like f32", { timeout: 60_000 }, async () => {
    const losses = async (model: Model): Promise<number[]> => {
      const { history } = await model.fit(x, y, { epochs: 4, batchSize: 8, verbose: 0, shuffle: false });
      return history["loss"] ?? [];
    };
    const [plain, mixed] = [await losses(small()), await losses(small(precision))];
    expect(mixed).not.toEqual(plain);
    for (const [epoch, loss] of plain.entries()) expect(Math.abs((mixed[epoch] ?? 0) / loss - 1)).toBeLessThan(0.1);
  });

  test("needs less memory", async () => {
    const [plain, mixed] = [await arenasOf(small()), await arenasOf(small(precision))];
    expect(mixed[0]).toBeLessThan(0.7 * (plain[0] ?? 0)); // of prediction
    expect(mixed[1]).toBeLessThan(0.97 * (plain[1] ?? 0)); // of training
  });

  test("is kept by save and load", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sinter-mixed-"));
    try {
      await small(precision).save(folder);
      expect((await loadModel(folder)).core.compiled?.mixedPrecision).toBe(precision);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

test("a run goes on in its own precision alone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sinter-mixed-run-"));
  const options = { batchSize: 8, verbose: 0, checkpoints: { folder } } as const;
  try {
    await small("bf16").fit(x, y, { ...options, epochs: 1 });
    const { epoch } = await small("bf16").fit(x, y, { ...options, epochs: 2 });
    expect(epoch).toEqual([0, 1]);
    await expect(small("f16").fit(x, y, { ...options, epochs: 3 })).rejects.toThrow("mixedPrecision");
    await expect(small().fit(x, y, { ...options, epochs: 3 })).rejects.toThrow("mixedPrecision");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("small gradients live", async () => {
  const tiny = 1e-9;
  for (const [precision] of precisions) {
    const slope = grad((value) => rounded(value, precision).mul(tiny).sum())(tensor(Float32Array.of(1, 2)));
    const values = await slope.data();
    for (const one of values) expect(Math.abs(one / tiny - 1)).toBeLessThan(2 ** -7);
  }
});

test("another name is refused", () => {
  // @ts-expect-error a name of Keras's
  expect(() => small("float16")).toThrow('mixedPrecision "float16" is not known. Use one of bf16, f16.');
});
