// Training on augmented and mixed pictures: any number of threads gives the same bits, class numbers and one-hot rows the same weights, and
// a run that goes on what one run gives.

import { afterEach, expect, test } from "vitest";
import "#entry/install-node.ts";
import type { HostArray } from "#engine/base/dtype.ts";
import { tensor } from "#engine/tensor/create.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit } from "#engine/tensor/transforms.ts";
import { augmentBatch, drawBatchAugmentation, mapChanges } from "#learning/data/augment-batch.ts";
import type { AugmentOptions } from "#learning/data/augment.ts";
import type { HostTensor } from "#learning/data/dataset.ts";
import { fromArrays } from "#learning/data/from-arrays.ts";
import { imagesFromArrays } from "#learning/data/windows.ts";
import { layers } from "#learning/nn/layers.ts";
import { uploadBatch } from "#learning/train/feed.ts";
import type { LossName } from "#learning/train/losses.ts";
import { sequential, type Model } from "#learning/train/model.ts";

afterEach(closeDevice);

/** Nine pictures in batches of four: the last batch has one. */
const [numPictures, numClasses] = [9, 3];
const shape = [numPictures, 12, 10, 3];
const pictures = Uint8Array.from({ length: numPictures * 360 }, (_, index) => Math.imul(index + 1, 2654435761) >>> 24);
const classes = Int32Array.from({ length: numPictures }, (_, index) => index % numClasses);
const rows = Float32Array.from({ length: numPictures * numClasses }, (_, at) =>
  Number(classes[Math.floor(at / numClasses)] === at % numClasses),
);
const everything: AugmentOptions = {
  horizontalFlip: true,
  randAugment: { numOps: 2 },
  randomErasing: {},
  mixup: { alpha: 1 },
  cutmix: { factor: [1, 1] },
};

function small(loss: LossName): Model {
  const model = sequential(
    [
      layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: [12, 10, 3] }),
      layers.flatten(),
      layers.dense({ units: numClasses, activation: "softmax" }),
    ],
    { seed: 1 },
  );
  model.compile({ optimizer: "adam", loss, metrics: ["accuracy"] });
  return model;
}

async function weightsOf(model: Model): Promise<HostArray[]> {
  return Promise.all((await model.getWeights()).map((weight) => weight.data()));
}

function data(labels: "classes" | "rows", augment: AugmentOptions): ReturnType<typeof fromArrays> {
  const y =
    labels === "classes"
      ? ({ data: classes, shape: [numPictures], dtype: "i32" } as const)
      : ({ data: rows, shape: [numPictures, numClasses], dtype: "f32" } as const);
  return fromArrays({ data: pictures, shape, dtype: "u8" }, y, { batchSize: 4, seed: 2, rescale: 1 / 255, augment });
}

const quiet = { epochs: 2, verbose: 0 } as const;

test("1 and 2 threads give the same weights, bit for bit", { timeout: 120_000 }, async () => {
  const train = async (threads: number): Promise<HostArray[]> => {
    await useDevice("wasm", { threads });
    const model = small("sparseCategoricalCrossentropy");
    const { history } = await model.fit(data("classes", everything), quiet);
    expect(history["loss"]?.every((loss) => Number.isFinite(loss))).toBe(true);
    const values = await weightsOf(model);
    await closeDevice();
    return values;
  };
  const one = await train(1);
  expect(one.some((weight) => weight.some((value) => value !== 0))).toBe(true);
  expect(await train(2)).toStrictEqual(one);
});

test("class numbers and one-hot rows train alike, and mixing is not passed over", { timeout: 120_000 }, async () => {
  await useDevice("wasm", { threads: 2 });
  const mixing = { mixup: { alpha: 1 } };
  const train = async (loss: LossName, labels: "classes" | "rows", augment: AugmentOptions): Promise<HostArray[]> => {
    const model = small(loss);
    await model.fit(data(labels, augment), quiet);
    return weightsOf(model);
  };
  const numbered = await train("sparseCategoricalCrossentropy", "classes", mixing);
  expect(await train("categoricalCrossentropy", "rows", mixing)).toStrictEqual(numbered);
  expect(await train("categoricalCrossentropy", "rows", {})).not.toStrictEqual(numbered);
});

test("class weights count for mixed pictures, in the shares of their labels", { timeout: 120_000 }, async () => {
  await useDevice("wasm", { threads: 2 });
  const train = async (classWeight?: Record<number, number>): Promise<HostArray[]> => {
    const model = small("sparseCategoricalCrossentropy");
    await model.fit(data("classes", { mixup: { alpha: 1 } }), { ...quiet, classWeight });
    return weightsOf(model);
  };
  const plain = await train();
  expect(await train({ 0: 1 })).toStrictEqual(plain);
  expect(await train({ 0: 5 })).not.toStrictEqual(plain);
});

test("a run that goes on is the run that was never ended", { timeout: 120_000 }, async () => {
  await useDevice("wasm", { threads: 2 });
  const whole = small("categoricalCrossentropy");
  await whole.fit(data("rows", everything), quiet);
  const parts = small("categoricalCrossentropy");
  await parts.fit(data("rows", everything), { ...quiet, epochs: 1 });
  await parts.fit(data("rows", everything), { ...quiet, initialEpoch: 1 });
  expect(await weightsOf(parts)).toStrictEqual(await weightsOf(whole));
});

test("class numbers for another loss are refused, with the way out", async () => {
  await useDevice("js");
  const model = small("categoricalCrossentropy");
  await expect(model.fit(data("classes", { mixup: {} }), quiet)).rejects.toThrow(
    'mixup and cutmix: categoricalCrossentropy of class numbers cannot take shares of classes. Use "sparseCategoricalCrossentropy"',
  );
});

test("wasm gives the pictures of the interpreter", { timeout: 120_000 }, async () => {
  const place = { seed: 4, epoch: 0, indices: Array.from({ length: 24 }, (_, index) => index) };
  const bytes = Uint8Array.from({ length: 24 * 360 }, (_, index) => Math.imul(index + 1, 2654435761) >>> 24);
  const change = async (device: "js" | "wasm", options: AugmentOptions): Promise<HostArray> => {
    await useDevice(device, { threads: 2 });
    const upload = ({ data: values, shape: extents, dtype }: HostTensor) => tensor(values, { shape: extents, dtype });
    const changes = mapChanges(drawBatchAugmentation(options, place, 12, 10), upload);
    const program = jit((x: Tensor, given: typeof changes) => augmentBatch(x, given, options));
    const values = await program(tensor(bytes, { shape: [24, 12, 10, 3] }), changes).data();
    await closeDevice();
    return values;
  };
  const cases: AugmentOptions[] = [
    everything,
    { randAugment: { numOps: 3, factor: 1 } },
    { randomErasing: { factor: [1, 1] } },
  ];
  for (const options of cases) {
    const [oracle, found] = [await change("js", options), await change("wasm", options)];
    const differences = Array.from(oracle, (value, index) => Math.abs(value - (found[index] ?? Number.NaN)));
    // A level that is cut off may fall on either side where float32 rounds otherwise.
    expect(differences.reduce((sum, one) => sum + one, 0) / differences.length).toBeLessThan(0.05);
    expect(differences.filter((one) => one > 0.01).length / differences.length).toBeLessThan(0.01);
  }
});

test("a sample that comes again in an epoch is changed otherwise", async () => {
  await useDevice("js");
  const x = { data: pictures, shape, dtype: "u8" } as const;
  const labels = Int32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1);
  const options = {
    classNames: ["a", "b"],
    labelMode: "sparse",
    batchSize: 16,
    augment: { rotationRange: 90 },
  } as const;
  const dataset = imagesFromArrays(x, labels, options).oversampled();
  for await (const batch of dataset.batches(0)) {
    expect(batch.indices.filter((index) => index === 8).length).toBe(8);
    const matrices = (await uploadBatch(batch, dataset, 0, true).changes?.matrices.data()) ?? [];
    const rowsOf8 = batch.indices.flatMap((index, row) => (index === 8 ? [matrices[row * 6]] : []));
    expect(new Set(rowsOf8).size).toBe(8);
  }
});
