// Standing on a trained base: its features once for all, a head on them, then the whole at rates by layer.

import { afterAll, describe, expect, test } from "vitest";
import "#entry/install-node.ts";
import { closeDevice } from "#engine/tensor/device.ts";
import { fromArrays } from "#learning/data/from-arrays.ts";
import { layers } from "#learning/nn/layers.ts";
import type { Model } from "#learning/train/model.ts";
import { sequential } from "#learning/train/model.ts";
import { numFrozenLayers } from "#learning/train/frozen-features.ts";
import { fineTune } from "#learning/train/fine-tune.ts";
import { trainHead } from "#learning/train/train-head.ts";

afterAll(closeDevice);

const side = 8;

/** Bars that stand or lie; bytes. */
function bars(count: number, options: object = {}): ReturnType<typeof fromArrays> {
  const data = new Uint8Array(count * side * side * 3);
  const labels = Int32Array.from({ length: count }, (_, index) => index % 2);
  for (let at = 0; at < data.length; at += 1) {
    const [row, column] = [Math.floor(at / 3 / side) % side, Math.floor(at / 3) % side];
    const index = Math.floor(at / 3 / side / side);
    data[at] = (index % 2 === 0 ? row : column) === (index >> 1) % side ? 255 : (at * 7) % 60;
  }
  const x = { data, shape: [count, side, side, 3], dtype: "u8" } as const;
  return fromArrays(x, { data: labels, shape: [count], dtype: "i32" }, { batchSize: 8, rescale: 1 / 255, ...options });
}

function base(): Model {
  const conv = { kernelSize: 3, padding: "same", activation: "relu" } as const;
  return sequential(
    [
      layers.conv2d({ ...conv, filters: 6, inputShape: [side, side, 3], name: "first" }),
      layers.batchNormalization({ name: "norm" }),
      layers.conv2d({ ...conv, filters: 12, name: "second" }),
    ],
    { name: "base", seed: 2 },
  );
}

function whole(trainable: boolean): Model {
  const net = sequential(
    [
      base().asLayer({ trainable }),
      layers.flatten(),
      layers.dense({ units: 8, activation: "relu" }),
      layers.dense({ units: 2, activation: "softmax" }),
    ],
    { name: "net", seed: 1 },
  );
  net.compile({ optimizer: "adam", learningRate: 0.01, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return net;
}

async function valuesOf(net: Model): Promise<Record<string, number[]>> {
  const all = await net.getWeights();
  const data = await Promise.all(all.map((one) => one.data()));
  return Object.fromEntries(net.network.weights.map(({ path }, place) => [path, Array.from(data[place] ?? [])]));
}

const largest = (a: readonly number[] = [], b: readonly number[] = []): number =>
  Math.max(...a.map((value, at) => Math.abs(value - (b[at] ?? Number.NaN))));

describe("trainHead", () => {
  test("learns what fit learns of the whole with its base frozen", async () => {
    const [head, all] = [whole(false), whole(false)];
    const options = { epochs: 4, verbose: 0, seed: 3, validationData: bars(8) } as const;
    const trained = await trainHead(head, bars(20), options);
    const { history } = await all.fit(bars(20), options);
    for (const name of ["loss", "valLoss", "accuracy", "valAccuracy"]) {
      expect(largest(trained.history[name], history[name]), name).toBeLessThan(1e-4);
    }
    const [a, b] = [await valuesOf(head), await valuesOf(all)];
    for (const path of Object.keys(b)) expect(largest(a[path], b[path]), path).toBeLessThan(1e-4);
    expect(head.preprocessing.rescale).toBe(1 / 255);
  });

  test("takes the features of augmented pictures in turn, and computes each once", async () => {
    const [head, all] = [whole(false), whole(false)];
    const data = bars(12, { augment: { widthShiftRange: 0.3, fillMode: "constant" }, seed: 5 });
    const seen: string[] = [];
    const options = { epochs: 2, verbose: 0, seed: 3 } as const;
    const onFeatures = ({ done, total }: { readonly done: number; readonly total: number }): void =>
      void seen.push(`${done}/${total}`);
    const { history } = await trainHead(head, data, { ...options, variants: 2, onFeatures });
    // Those of epochs 0 and 1 are those of fit.
    const expected = (await all.fit(data, options)).history;
    expect(largest(history["loss"], expected["loss"])).toBeLessThan(1e-4);
    expect(seen).toEqual(["8/24", "12/24", "20/24", "24/24"]);
  });

  test("classes that weigh more", async () => {
    const net = whole(false);
    const data = bars(8).subset([0, 1, 2, 4, 6]);
    const counted = await trainHead(net, data, { epochs: 2, verbose: 0, classWeight: { 0: 1, 1: 4 } });
    expect(counted.history["loss"]).toHaveLength(2);
  });

  test("what learns, or nothing that learns, is refused", async () => {
    await expect(trainHead(whole(true), bars(8))).rejects.toThrow(/trainHead: the first layers .* Freeze them/);
    const frozen = whole(false);
    frozen.setTrainable(false);
    await expect(trainHead(frozen, bars(8))).rejects.toThrow(/every layer is frozen/);
    const mixed = bars(8, { augment: { mixup: { alpha: 0.2 } } });
    await expect(trainHead(whole(false), mixed)).rejects.toThrow(/mixup and cutmix/);
  });

  test("random layers are no part of what is computed once", () => {
    const net = sequential([
      layers.randomFlip({ inputShape: [side, side, 3] }),
      base().asLayer({ trainable: false }),
      layers.dense({ units: 2 }),
    ]);
    expect(numFrozenLayers(net.network)).toBe(0);
    expect(numFrozenLayers(whole(false).network)).toBe(2);
    expect(numFrozenLayers(whole(true).network)).toBe(0);
  });
});

describe("fineTune", () => {
  test("the head learns first, then all, the first layers least", async () => {
    const net = whole(true);
    const before = await valuesOf(net);
    const rates: number[] = [];
    const watch = { onTrainBatchBegin: () => void rates.push(net.learningRate) };
    const data = bars(16);
    const options = { epochs: 3, freezeEpochs: 2, learningRate: 0.02, rateRatio: 50, verbose: 0 } as const;
    const { history, epoch } = await fineTune(net, data, { ...options, callbacks: [watch] });
    expect(epoch).toEqual([0, 1, 2, 3, 4]);
    expect(history["loss"]).toHaveLength(5);
    const after = await valuesOf(net);
    const moved = (path: string): number => largest(after[path], before[path]);
    expect(moved("base/first/kernel")).toBeGreaterThan(0);
    expect(moved("base/first/kernel")).toBeLessThan(moved("base/second/kernel"));
    expect(moved("base/second/kernel")).toBeLessThan(moved("dense/kernel"));
    // Six steps of the cycle of the whole: from a fifth of half the rate, up, and down.
    const cycle = rates.slice(-6);
    expect(cycle[0]).toBeCloseTo(0.002, 6);
    expect(Math.max(...cycle)).toBeLessThanOrEqual(0.01);
    expect(cycle.at(-1)).toBeLessThan(1e-4);
  });

  test("a base must be there", async () => {
    const net = sequential([layers.flatten({ inputShape: [side, side, 3] }), layers.dense({ units: 2 })]);
    net.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
    await expect(fineTune(net, bars(8))).rejects.toThrow(/fineTune: no layer is a model\. Name/);
  });
});
