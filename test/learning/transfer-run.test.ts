// Runs that stand on a known network's weights: features once, the head, then the whole; ended and gone on with.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { baseLayerOf, knownNetwork } from "#app/tasks/known-network.ts";
import { imageClassifier } from "#app/tasks/image-classifier.ts";
import { resumeImageClassifier, trainImageClassifier } from "#app/tasks/image-classification.ts";
import type { TrainEvent, TrainOptions } from "#app/tasks/train-options.ts";
import "#entry/install-node.ts";
import { closeDevice } from "#engine/tensor/device.ts";
import { squeezeNet } from "#entry/zoo.ts";
import { readTensors } from "#learning/formats/read-tensors.ts";
import { writePictures } from "../e2e/pictures.ts";

let folder = "";
let common: TrainOptions;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-transfer-"));
  await writePictures(join(folder, "photos"), ["cold", "warm", "green"], 6);
  const weights = join(folder, "base");
  await squeezeNet({ includeTop: false, inputShape: [40, 40, 3], seed: 9 }).save(weights);
  const learning = { learningRate: 0.01, epochs: 3, fineTuneEpochs: 2, fineTuneRate: 1e-3, split: 0.34 };
  const data = { folder: join(folder, "photos"), imageSize: 34, batchSize: 8, augment: "light", variants: 2 } as const;
  common = { ...data, ...learning, model: "squeezeNet", weights };
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await closeDevice();
});

const json = async (run: string, name: string): Promise<unknown> => JSON.parse(await readFile(join(run, name), "utf8"));
const history = async (run: string): Promise<Record<string, unknown>[]> =>
  (await readFile(join(run, "history.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as never);
const weightsOf = (run: string): Promise<Buffer> => readFile(join(run, "model.safetensors"));

/** Trains until an event for which `isEnd`, then goes on. */
async function endedAt(out: string, isEnd: (event: TrainEvent) => boolean): Promise<string> {
  const end = new AbortController();
  const onProgress = (event: TrainEvent): void => {
    if (isEnd(event)) end.abort();
  };
  const { isStopped } = await trainImageClassifier({ ...common, out, onProgress, signal: end.signal });
  expect(isStopped).toBe(true);
  expect((await resumeImageClassifier(out)).isStopped).toBe(false);
  return out;
}

describe("a run on a known network", { timeout: 120_000 }, () => {
  test("trains the head on cached features, then all, into one model", async () => {
    const out = join(folder, "whole");
    const events: TrainEvent[] = [];
    const { scores } = await trainImageClassifier({ ...common, out, onProgress: (event) => events.push(event) });
    const features = events.filter((event) => event.kind === "features").map(({ done, total }) => `${done}/${total}`);
    expect(features).toEqual(["8/24", "12/24", "20/24", "24/24"]);
    expect((await history(out)).map(({ epoch, learningRate }) => [epoch, learningRate])).toEqual([
      [1, 0.01],
      [2, 0.01],
      [3, 0.01],
      [4, 0.001],
      [5, 0.001],
    ]);
    expect(await json(out, "config.json")).toMatchObject({ freeze: "none", fineTuneEpochs: 2, variants: 2 });
    const classifier = await imageClassifier.load(out);
    expect(classifier.model.preprocessing).toMatchObject({ rescale: { scale: 1, offset: 0 }, imageSize: [34, 34] });
    const [answer] = await classifier.predict([join(folder, "photos/warm/1.png")]);
    expect(Object.keys(answer?.probabilities ?? {})).toHaveLength(3);
    expect(scores?.accuracy).toBeGreaterThan(0.3);
    expect((await classifier.evaluate(join(folder, "photos"))).accuracy).toBeGreaterThan(0.3);
  });

  test.each([
    ["the head's training", (event: TrainEvent) => event.kind === "epoch" && event.epoch === 2],
    ["fine-tuning", (event: TrainEvent) => event.kind === "saved"],
  ])("ended in %s and gone on with, it has the same bits", async (name, isEnd) => {
    const out = await endedAt(join(folder, name.replaceAll(/\W/g, "-")), isEnd);
    const whole = join(folder, "whole");
    expect((await weightsOf(out)).equals(await weightsOf(whole))).toBe(true);
    const losses = async (run: string): Promise<unknown[]> =>
      (await history(run)).map(({ loss, valLoss }) => [loss, valLoss]);
    expect(await losses(out)).toEqual(await losses(whole));
  });

  test("with everything frozen leaves the base as the file has it", async () => {
    const out = join(folder, "frozen");
    // The head is trained to its end, whatever comes of it.
    const head = { fineTuneEpochs: undefined, earlyStopping: 1, variants: undefined, augment: "none" } as const;
    await trainImageClassifier({ ...common, ...head, out });
    const [own, base] = [await readTensors(out), await readTensors(join(folder, "base"))];
    const path = "fire9_expand3x3/kernel";
    expect(own.tensors.get(`squeezenet/${path}`)?.data).toEqual(base.tensors.get(path)?.data);
    expect(await history(out)).toHaveLength(3);
    expect(await json(out, "config.json")).toMatchObject({ freeze: "all", fineTuneEpochs: 0, variants: 4 });
  });

  test("sets all but the first layers and normalizations free", async () => {
    const request = { imageSize: [34, 34], classNames: ["a", "b", "c"], channels: 3, seed: 0 } as const;
    const plan = { weights: join(folder, "base"), freeze: 20, fineTuneEpochs: 1, fineTuneRate: 1e-5, variants: 1 };
    const net = await knownNetwork("squeezeNet", request, plan);
    const learning = (): string[] => net.network.weights.flatMap(({ path, trainable }) => (trainable ? [path] : []));
    expect(learning()).toEqual(["scaled_features/gamma", "scaled_features/beta", "answer/kernel", "answer/bias"]);
    net.setTrainable(true, [baseLayerOf(net)]);
    expect(learning()).toContain("squeezenet/fire9_expand3x3/kernel");
    expect(learning()).not.toContain("squeezenet/fire2_squeeze/kernel");
    const plain = await knownNetwork("squeezeNet", { ...request, classNames: ["a", "b"] }, undefined);
    expect(plain.network.output.shape).toEqual([1]);
    expect(plain.network.weights.every(({ trainable, path }) => trainable || path.includes("moving"))).toBe(true);
  });

  test.each([
    [{ model: "cnn" }, /weights, .* is for known networks with weights\. Name one as the model: vgg16, vgg19, /],
    [{ weights: undefined }, /fineTuneEpochs, .*\. Name the file of its weights/],
    [{ freeze: "all" }, /freeze "all" leaves nothing for 2 epochs/],
    [{ weights: "none.h5" }, /squeezenet: weights: there is no file "none\.h5"\. Give the path of torchvision's/],
    [{ model: "squeezenet" }, /model "squeezenet" is not known. Write "squeezeNet"/],
    [{ augment: { mixup: { alpha: 0.2 } } }, /mixup and cutmix change labels/],
  ])("%o is refused", async (wrong, message) => {
    const options = { ...common, ...wrong, out: join(folder, "refused") } as TrainOptions;
    await expect(trainImageClassifier(options)).rejects.toThrow(message);
    await rm(join(folder, "refused"), { recursive: true, force: true });
  });
});
