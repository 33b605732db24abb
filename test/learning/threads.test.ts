// 1, 2 and 4 threads give the same weights, bit for bit, after 50 steps of a CNN with Winograd, pooling, dropout and Adam.

import { expect, test } from "vitest";
import "#entry/install-node.ts";
import type { HostArray } from "#engine/base/dtype.ts";
import { tensor } from "#engine/tensor/create.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import { layers } from "#learning/nn/layers.ts";
import { sequential } from "#learning/train/model.ts";
import { whyNoNative } from "../targets.ts";

const numSteps = 50;

async function train(device: "wasm" | "native", threads: number): Promise<HostArray[]> {
  await useDevice(device, { threads });
  const model = sequential(
    [
      layers.conv2d({ filters: 16, kernelSize: 3, activation: "relu", inputShape: [28, 28, 1] }),
      layers.conv2d({ filters: 16, kernelSize: 3, activation: "relu" }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.dropout({ rate: 0.25 }),
      layers.flatten(),
      layers.dense({ units: 32, activation: "relu" }),
      layers.dense({ units: 4, activation: "softmax" }),
    ],
    { seed: 3 },
  );
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
  const pixels = Float32Array.from(
    { length: 16 * 28 * 28 },
    (_, index) => (Math.imul(index + 1, 2654435761) >>> 24) / 255,
  );
  const labels = Int32Array.from({ length: 16 }, (_, index) => index % 4);
  for (let step = 0; step < numSteps; step += 1) {
    await model.trainOnBatch(tensor(pixels, { shape: [16, 28, 28, 1] }), tensor(labels));
  }
  const weights = await model.getWeights();
  const values = await Promise.all(weights.map((weight) => weight.data()));
  await closeDevice();
  return values;
}

const devices = ["wasm", ...(whyNoNative === undefined ? ["native" as const] : [])] as const;

test.each(devices)("the number of threads changes no bit on %s", { timeout: 120_000 }, async (device) => {
  const one = await train(device, 1);
  expect(one.some((weight) => weight.some((value) => value !== 0 && Number.isFinite(value)))).toBe(true);
  expect(await train(device, 2)).toStrictEqual(one);
  expect(await train(device, 4)).toStrictEqual(one);
});
