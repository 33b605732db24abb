// Generative networks, and networks of series, learn small distributions; what their parts give.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { tensor } from "#engine/tensor/create.ts";
import { closeDevice } from "#engine/tensor/device.ts";
import { fold, key, normal, uniform } from "#engine/tensor/random.ts";
import { concat } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import {
  autoencoder,
  dcganDiscriminator,
  dcganGenerator,
  ddpmUnet,
  diffusion,
  ganTraining,
  gaussianLatent,
  pitch,
  vae,
  wavenet,
  type DiffusionOptions,
} from "#entry/zoo.ts";
import { layers } from "#learning/nn/layers.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import { model } from "#learning/train/functional.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { sequential, type Model } from "#learning/train/model.ts";

const folder = mkdtempSync(join(tmpdir(), "sinter-generative-"));
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await closeDevice();
});

/** Points near a circle of radius 1, [count, 2]. */
function ring(count: number, seed: number): Tensor {
  const angle = uniform(fold(key(seed), 0), [count, 1], { high: 2 * Math.PI });
  const radius = normal(fold(key(seed), 1), [count, 1], { mean: 1, stddev: 0.05 });
  return concat([angle.cos().mul(radius), angle.sin().mul(radius)], 1);
}

/** How far points lie from the circle on average, and how many of eight equal parts of it have at least one in 40. */
async function ringMeasures(points: Tensor): Promise<{ readonly away: number; readonly numParts: number }> {
  const values = await points.data();
  const count = values.length / 2;
  const parts = Array.from({ length: 8 }, () => 0);
  let away = 0;
  for (let point = 0; point < count; point += 1) {
    const [x, y] = [values[2 * point]!, values[2 * point + 1]!];
    away += Math.abs(Math.hypot(x, y) - 1) / count;
    parts[Math.floor(((Math.atan2(y, x) / (2 * Math.PI) + 1) % 1) * 8)]! += 1;
  }
  return { away, numParts: parts.filter((part) => part >= count / 40).length };
}

/** Of points of the ring. */
const batches = Array.from({ length: 32 }, (_, batch) => ring(128, batch));

const hidden = (units: number, seed?: number) =>
  layers.dense({ units, activation: "swish", ...(seed === undefined ? {} : { inputShape: [seed] }) });

test("a WGAN-GP learns a ring", async () => {
  const generator = sequential([hidden(64, 2), hidden(64), layers.dense({ units: 2 })], { seed: 1 });
  const discriminator = sequential([hidden(64, 2), hidden(64), layers.dense({ units: 1 })], { seed: 2 });
  const optimizer = optimizers.adam({ learningRate: 5e-3, beta1: 0, beta2: 0.9 });
  const rules = { loss: "wasserstein", penalty: 0.1, discriminatorSteps: 3, optimizer } as const;
  const training = ganTraining({ generator, discriminator, ...rules });
  const noise = normal(key(9), [400, 2]);
  const before = await ringMeasures(await generator.predictOnBatch(noise));
  for (let step = 0; step < 900; step += 1) {
    const { generator: loss } = training.step(batches[step % batches.length]!);
    expect(loss === undefined).toBe(step % 3 !== 2);
  }
  training.finish();
  const after = await ringMeasures(await generator.predictOnBatch(noise));
  expect(before.away).toBeGreaterThan(0.5);
  expect(after.away).toBeLessThan(0.25); // of a full disc it is 1/3
  expect(after.numParts).toBe(8);
});

test("two networks with crossentropy: each learns by its own loss", async () => {
  const generator = sequential([hidden(16, 2), layers.batchNormalization(), layers.dense({ units: 1 })], { seed: 1 });
  const discriminator = sequential([hidden(16, 1), layers.dropout({ rate: 0.1 }), layers.dense({ units: 1 })], {
    seed: 2,
  });
  const optimizer = optimizers.adam({ learningRate: 1e-2, beta1: 0.5 });
  const training = ganTraining({ generator, discriminator, optimizer });
  const real = normal(key(1), [64, 1], { mean: 3, stddev: 0.5 });
  let losses = training.step(real);
  for (let step = 1; step < 150; step += 1) losses = training.step(real);
  expect(await losses.generator?.item()).toBeGreaterThan(0);
  training.finish();
  const drawn = await generator.predictOnBatch(normal(key(9), [400, 2]));
  expect(Math.abs((await drawn.mean().item()) - 3)).toBeLessThan(0.4);
});

test("a WGAN-GP refuses a critic that judges samples together", () => {
  const pictures = { imageSize: 16, filters: 2 };
  const [generator, discriminator] = [dcganGenerator(pictures), dcganDiscriminator(pictures)];
  expect(() => ganTraining({ generator, discriminator, loss: "wasserstein" })).toThrow(
    /has batch normalization \("shrink2_bn"\).*normalization "layer"/,
  );
});

/** A network for points: their noise at a step. */
function pointNoise(): Model {
  const point = layers.input({ shape: [2], name: "point" });
  const step = layers.input({ shape: [1], name: "step" });
  const time = hidden(32).apply(layers.rescaling({ scale: 1 / 100 }).apply(step));
  let x = layers.dense({ units: 64 }).apply(point);
  for (let layer = 0; layer < 2; layer += 1) {
    const shifted = layers.add().apply([x, layers.dense({ units: 64 }).apply(time)]);
    x = hidden(64).apply(layers.activation({ activation: "swish" }).apply(shifted));
  }
  return model({ inputs: [point, step], outputs: layers.dense({ units: 2 }).apply(x), seed: 3 });
}

test.each(["linear", "cosine"] as const)("diffusion learns a ring, schedule %s", async (schedule) => {
  const options: DiffusionOptions = {
    network: pointNoise(),
    schedule,
    steps: 100,
    optimizer: optimizers.adam({ learningRate: 5e-3 }),
  };
  const points = diffusion(options);
  const first = await points.step(batches[0]!).item();
  let last = 0;
  for (let step = 1; step < 800; step += 1) {
    const loss = points.step(batches[step % batches.length]!);
    if (step >= 790) last += (await loss.item()) / 10;
  }
  points.finish();
  expect(last).toBeLessThan(0.8 * first);
  for (const method of ["ancestral", "ddim"] as const) {
    const drawn = await points.sample({ count: 400, method, steps: method === "ddim" ? 20 : 100, largest: 1.2 });
    const found = await ringMeasures(drawn);
    expect(found.away, method).toBeLessThan(0.2);
    expect(found.numParts, method).toBe(8);
  }
});

test("a diffusion network is saved and loaded as any model", async () => {
  const net = ddpmUnet({
    inputShape: [4, 4, 1],
    filters: 4,
    multipliers: [1],
    numBlocks: 1,
    attention: [4],
    groups: 2,
  });
  const x = { picture: normal(key(1), [2, 4, 4, 1]), step: tensor([[3], [40]]) };
  await net.save(join(folder, "ddpm"));
  const again = await loadModel(join(folder, "ddpm"));
  const [before] = await net.predictAllOnBatch(x);
  const [after] = await again.predictAllOnBatch(x);
  expect(await after!.data()).toEqual(await before!.data());
});

test("diffusion refuses a network that is told no step", () => {
  const network = sequential([layers.dense({ units: 2, inputShape: [2] })]);
  expect(() => diffusion({ network })).toThrow(/1 inputs.*ddpmUnet/);
});

/** Pictures [count, 8, 8, 1] of a bright bar, upright or flat. */
function bars(count: number): Tensor {
  const pixels = Float32Array.from({ length: count * 64 }, (_, at) => {
    const [picture, y, x] = [Math.floor(at / 64), Math.floor(at / 8) % 8, at % 8];
    return (picture % 2 === 0 ? x : y) === 1 + (Math.floor(picture / 2) % 6) ? 0.95 : 0.05;
  });
  return tensor(pixels, { shape: [count, 8, 8, 1] });
}

test("a VAE learns bars, draws them, and is saved and loaded", async () => {
  const net = vae({ inputShape: [8, 8, 1], filters: [8, 16], units: 32, latentSize: 4, seed: 1 });
  net.model.compile({ optimizer: "adam", learningRate: 5e-3, loss: "binaryCrossentropy" });
  const x = bars(96);
  const { history } = await net.model.fit(x, x, { epochs: 40, batchSize: 16, verbose: 0 });
  const losses = history["loss"]!;
  expect(losses.at(-1)).toBeLessThan(0.75 * losses[0]!);
  const [means] = await net.encoder().predictAll(x, { verbose: 0 });
  expect(
    await net
      .decoder()
      .predict(means!, { verbose: 0 })
      .then((y) => y.data()),
  ).toEqual(await net.model.predict(x, { verbose: 0 }).then((y) => y.data()));
  await net.model.save(join(folder, "vae"));
  const again = await loadModel(join(folder, "vae"), { customLayers: { gaussianLatent: { make: gaussianLatent } } });
  const evaluated = await again.evaluate(x, x, { verbose: 0 });
  expect(evaluated["loss"]).toBeCloseTo((await net.model.evaluate(x, x, { verbose: 0 }))["loss"]!, 5);
});

test("an autoencoder rebuilds what it learnt; its halves are the whole", async () => {
  const net = autoencoder({ inputShape: [8, 8, 1], units: [32, 8], seed: 1 });
  net.model.compile({ optimizer: "adam", learningRate: 1e-2, loss: "binaryCrossentropy" });
  const x = bars(12);
  await net.model.fit(x, x, { epochs: 150, batchSize: 12, verbose: 0 });
  const rebuilt = await net.model.predict(x, { verbose: 0 });
  expect(await rebuilt.sub(x).abs().mean().item()).toBeLessThan(0.1);
  const codes = await net.encoder().predict(x, { verbose: 0 });
  expect(codes.shape).toEqual([12, 8]);
  const halves = await net.decoder().predict(codes, { verbose: 0 });
  expect(await halves.sub(rebuilt).abs().max().item()).toBeLessThan(1e-5);
});

test("a WaveNet learns what follows in sines of any pitch, and sees nothing that comes later", async () => {
  const net = wavenet({
    inputShape: [32, 1],
    classes: 1,
    filters: 8,
    skipFilters: 16,
    layersPerStack: 4,
    classifierActivation: "linear",
  });
  const wave = (count: number, seed: number): [Tensor, Tensor] => {
    const rate = uniform(fold(key(seed), 0), [count, 1], { low: 0.2, high: 0.8 });
    const phase = uniform(fold(key(seed), 1), [count, 1], { high: 2 * Math.PI });
    const places = tensor(
      Float32Array.from({ length: 33 }, (_, at) => at),
      { shape: [1, 33] },
    );
    const all = rate.mul(places).add(phase).sin().reshape([count, 33, 1]);
    return [all.slice([0, 0, 0], [count, 32, 1]), all.slice([0, 1, 0], [count, 32, 1])];
  };
  net.compile({ optimizer: "adam", learningRate: 5e-3, loss: "meanSquaredError" });
  await net.fit(...wave(256, 1), { epochs: 25, batchSize: 32, verbose: 0 });
  const [x, y] = wave(64, 2);
  const found = await net.predict(x, { verbose: 0 });
  const end = (values: Tensor) => values.slice([0, 16, 0], [64, 16, 1]);
  const error = await end(found).sub(end(y)).square().mean().item();
  expect(error).toBeLessThan(0.01); // the sines' mean square is 0.5
  const changed = x.add(
    tensor(
      Float32Array.from({ length: 32 }, (_, at) => (at < 20 ? 0 : 1)),
      { shape: [1, 32, 1] },
    ),
  );
  const begin = (values: Tensor) => values.slice([0, 0, 0], [64, 20, 1]).data();
  expect(await begin(await net.predict(changed, { verbose: 0 }))).toEqual(await begin(found));
});

/** A network that answers for each frame with one pitch, whatever comes. */
function constantPitch(bin: number): Model {
  const kernelInitializer = { kind: "constant", value: 0 } as const;
  const value = Array.from({ length: 360 }, (_, place) => Math.exp(-((place - bin) ** 2) / 2));
  const biasInitializer = { kind: "constant", value } as const;
  return sequential([layers.dense({ units: 360, kernelInitializer, biasInitializer, inputShape: [1024] })]);
}

test("pitch reads the network's answers between its steps, for each hundredth of a second", async () => {
  const sound = Float32Array.from({ length: 8000 }, (_, at) => Math.sin(at / 10));
  const found = await pitch(constantPitch(120.25), sound, { sampleRate: 8000 });
  expect(found.frequency).toHaveLength(101);
  expect(found.time[100]).toBe(1);
  const expected = 10 * 2 ** ((20 * 120.25 + 1997.3794084376191) / 1200);
  expect(Math.abs(1200 * Math.log2(found.frequency[50]! / expected))).toBeLessThan(0.1);
  expect(found.confidence[50]).toBeCloseTo(Math.exp(-(0.25 ** 2) / 2), 5);
  await expect(pitch(constantPitch(1), [])).rejects.toThrow(/no samples/);
  await expect(pitch(constantPitch(1), sound, { hop: 0 })).rejects.toThrow(/hop/);
});
