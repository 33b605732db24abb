// Callbacks inside fit: the learning rate, log files, times, histograms, and the end at NaN.

import "#entry/install-node.ts";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { layers } from "#learning/nn/layers.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import { schedules } from "#learning/optim/schedules.ts";
import { callbacks } from "#learning/train/callbacks/callbacks.ts";
import type { Callback, FitContext } from "#learning/train/callbacks/callback.ts";
import { histogramOf, type HistogramRecord } from "#learning/train/callbacks/histograms.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { sequential, type Model } from "#learning/train/model.ts";

beforeAll(() => useDevice("js"));

const x = Array.from({ length: 12 }, (_, index) => [Math.sin(index * 3.7), Math.cos(index * 1.3)]);
const y = x.map(([a = 0, b = 0]) => [2 * a - b]);
const quiet = { batchSize: 4, verbose: 0 } as const;

function build(learningRate = 0.1): Model {
  const model = sequential([layers.dense({ units: 1, inputShape: [2] })]);
  model.compile({ optimizer: optimizers.sgd({ learningRate }), loss: "meanSquaredError" });
  return model;
}

async function weightsOf(model: Model): Promise<number[]> {
  const values = await Promise.all((await model.getWeights()).map((weight) => weight.data()));
  return values.flatMap((value) => [...value]);
}

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-callbacks-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("learningRate", () => {
  test("a rate set between epochs acts on the next step, and compiles nothing anew", async () => {
    const model = build(0);
    const before = await weightsOf(model);
    await model.fit(x, y, quiet);
    expect(await weightsOf(model)).toEqual(before);
    const numPrograms = model.core.programs.train.size;
    model.learningRate = 0.1;
    await model.fit(x, y, quiet);
    const same = build(0.1);
    await same.fit(x, y, quiet);
    expect(await weightsOf(model)).toEqual(await weightsOf(same));
    expect(model.core.programs.train.size).toBe(numPrograms);
  });

  test("it is saved with the optimizer, and compile takes it back", async () => {
    const model = build(0.1);
    model.learningRate = 0.025;
    await model.save(join(folder, "model"));
    expect((await loadModel(join(folder, "model"))).learningRate).toBe(0.025);
    model.compile({ optimizer: optimizers.sgd({ learningRate: 0.3 }), loss: "meanSquaredError" });
    expect(model.learningRate).toBe(0.3);
  });

  test("of a schedule it can be read but not set", async () => {
    const model = build();
    const rate = schedules.exponentialDecay({ initialLearningRate: 0.1, decaySteps: 3, decayRate: 0.5 });
    model.compile({ optimizer: optimizers.sgd({ learningRate: rate }), loss: "meanSquaredError" });
    await model.fit(x, y, quiet);
    expect(model.learningRate).toBeCloseTo(0.05, 12);
    expect(() => {
      model.learningRate = 1;
    }).toThrow("the optimizer follows the schedule exponentialDecay");
  });

  test("learningRateScheduler sets it every epoch and writes it into the history", async () => {
    const model = build(0.1);
    const halve = callbacks.learningRateScheduler((epoch, rate) => (epoch === 0 ? rate : rate / 2));
    const { history } = await model.fit(x, y, { ...quiet, epochs: 3, callbacks: [halve] });
    expect(history["learningRate"]).toEqual([0.1, 0.05, 0.025]);
  });

  test("reduceLROnPlateau inside fit lowers it", async () => {
    const model = build(0);
    const reduce = callbacks.reduceLROnPlateau({ monitor: "loss", patience: 1 });
    model.learningRate = 1e-12;
    const { history } = await model.fit(x, y, { ...quiet, epochs: 3, callbacks: [reduce] });
    expect(history["learningRate"]).toEqual([1e-12, 1e-12, 1e-13]);
    expect(() => callbacks.reduceLROnPlateau({ factor: 1 })).toThrow("factor is 1");
  });
});

describe("log files", () => {
  const jsonl = async (name: string): Promise<unknown[]> =>
    (await readFile(join(folder, name), "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));

  test("jsonlLogger writes an object an epoch", async () => {
    const filename = join(folder, "log.jsonl");
    const logger = callbacks.jsonlLogger({ filename });
    const { history } = await build().fit(x, y, { ...quiet, epochs: 3, callbacks: [callbacks.timer(), logger] });
    const lines = await jsonl("log.jsonl");
    expect(lines).toEqual(
      [0, 1, 2].map((epoch) => ({
        epoch,
        loss: history["loss"]![epoch],
        seconds: history["seconds"]![epoch],
        imagesPerSecond: history["imagesPerSecond"]![epoch],
      })),
    );
  });

  test("append keeps what is there, without a second heading; without it the file begins anew", async () => {
    const filename = join(folder, "log.csv");
    const rows = async (): Promise<string[]> => (await readFile(filename, "utf8")).trimEnd().split("\n");
    await build().fit(x, y, { ...quiet, epochs: 2, callbacks: [callbacks.csvLogger({ filename })] });
    await build().fit(x, y, { ...quiet, epochs: 2, callbacks: [callbacks.csvLogger({ filename, append: true })] });
    expect((await rows()).map((row) => row.split(",")[0])).toEqual(["epoch", "0", "1", "0", "1"]);
    await build().fit(x, y, { ...quiet, callbacks: [callbacks.csvLogger({ filename })] });
    expect((await rows()).map((row) => row.split(",")[0])).toEqual(["epoch", "0"]);
  });

  test.each(["csvLogger", "jsonlLogger"] as const)("%s, restored, cuts the file back to its state", async (kind) => {
    const filename = join(folder, "log");
    const context = {} as FitContext;
    const first = callbacks[kind]({ filename });
    await first.onTrainBegin?.(context);
    for (const epoch of [0, 1]) await first.onEpochEnd?.(epoch, { loss: epoch, valLoss: 1 }, context);
    const state = first.state?.() ?? null;
    const kept = await readFile(filename, "utf8");
    await first.onEpochEnd?.(2, { loss: 2, valLoss: 1 }, context);
    await writeFile(filename, `${await readFile(filename, "utf8")}{"half a li`);
    const second: Callback = callbacks[kind]({ filename });
    await second.onTrainBegin?.(context);
    await second.restore?.(state, context);
    expect(await readFile(filename, "utf8")).toBe(kept);
    await second.onEpochEnd?.(2, { loss: 5, valLoss: 1 }, context);
    const lines = (await readFile(filename, "utf8")).trimEnd().split("\n");
    expect(lines.slice(0, -1).join("\n")).toBe(kept.trimEnd());
    expect(lines.at(-1)).toMatch(/^(2,5,1|\{"epoch":2,"loss":5,"valLoss":1\})$/);
    await rm(filename);
    await expect(second.restore?.(state, context)).rejects.toThrow("has 0 lines, but the run wrote");
  });
});

describe("timer", () => {
  test("counts the samples of the epoch over the time of its training", async () => {
    const slow = callbacks.lambda({ onTrainBatchEnd: () => new Promise((resolve) => setTimeout(resolve, 20)) });
    const { history } = await build().fit(x, y, { ...quiet, epochs: 2, callbacks: [slow, callbacks.timer()] });
    const [seconds = 0, rate = 0] = [history["seconds"]![1], history["imagesPerSecond"]![1]];
    expect(seconds).toBeGreaterThan(0.04);
    expect(rate * seconds).toBeGreaterThan(10);
    expect(rate * seconds).toBeLessThan(24);
  });
});

describe("histograms", () => {
  test("hold every weight and its gradient", async () => {
    const records: HistogramRecord[] = [];
    const model = build(0);
    const filename = join(folder, "histograms.jsonl");
    const record = callbacks.histograms({
      filename,
      everyEpochs: 2,
      onRecord: (one) => void records.push(one),
    });
    await model.fit(x, y, { ...quiet, epochs: 4, shuffle: false, callbacks: [record] });
    expect(records.map(({ epoch }) => epoch)).toEqual([1, 3]);
    expect(
      (await readFile(filename, "utf8"))
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual(records);
    const { weights, gradients } = records[0]!;
    expect(Object.keys(weights)).toEqual(["dense/kernel", "dense/bias"]);
    expect(Object.keys(gradients)).toEqual(["dense/kernel", "dense/bias"]);
    // The gradient of the mean squared error by hand, on the last batch.
    const [w0 = 0, w1 = 0] = await weightsOf(model);
    const slopes = [0, 0, 0];
    for (const index of [8, 9, 10, 11]) {
      const [a = 0, b = 0] = x[index]!;
      const error = w0 * a + w1 * b - y[index]![0]!;
      [a, b, 1].forEach((input, place) => (slopes[place]! += (2 * error * input) / 4));
    }
    const kernel = gradients["dense/kernel"]!;
    expect(kernel.num).toBe(2);
    expect(kernel.min).toBeCloseTo(Math.min(slopes[0]!, slopes[1]!), 5);
    expect(kernel.max).toBeCloseTo(Math.max(slopes[0]!, slopes[1]!), 5);
    expect(gradients["dense/bias"]!.sum).toBeCloseTo(slopes[2]!, 5);
    expect(weights["dense/kernel"]!.sum).toBeCloseTo(w0 + w1, 5);
  });

  test("count every finite value once, between limits that rise", () => {
    const histogram = histogramOf([0, 1, 2, 3, 4, 4, Number.NaN, Number.POSITIVE_INFINITY], 4);
    expect(histogram).toEqual({
      min: 0,
      max: 4,
      num: 6,
      sum: 14,
      sumSquares: 46,
      bucketLimits: [1, 2, 3, 4],
      buckets: [1, 1, 1, 3],
      numNonFinite: 2,
    });
    expect(histogramOf([7, 7], 30).buckets).toEqual([2]);
    expect(histogramOf([Number.NaN], 30)).toMatchObject({ num: 0, buckets: [], numNonFinite: 1 });
  });

  test("need a place for the records", () => {
    expect(() => callbacks.histograms({})).toThrow("Give filename or onRecord");
  });
});

describe("terminateOnNaN", () => {
  const bad = x.map((sample, index) => (index === 5 ? [Number.NaN, 0] : sample));

  test("ends within the epoch", async () => {
    const steps: number[] = [];
    const watch = callbacks.lambda({ onTrainBatchEnd: (step) => void steps.push(step) });
    const options = { ...quiet, batchSize: 1, epochs: 5, shuffle: false };
    const history = await build().fit(bad, y, { ...options, callbacks: [callbacks.terminateOnNaN(), watch] });
    expect(history.epoch).toEqual([0]);
    // The sixth step is bad; up to two more are under way when its loss is read.
    expect(steps.length).toBeGreaterThanOrEqual(6);
    expect(steps.length).toBeLessThanOrEqual(8);
  });

  test("throws where asked", async () => {
    const options = { ...quiet, shuffle: false, callbacks: [callbacks.terminateOnNaN({ raiseError: true })] };
    await expect(build().fit(bad, y, options)).rejects.toThrow("the loss is NaN at step 2");
  });
});

describe("earlyStopping", () => {
  test("a restored one takes the best weights that the run kept, and says when there are none", async () => {
    const model = build();
    const lines: string[] = [];
    const context = {
      model,
      directionOf: () => "min",
      say: (line: string) => void lines.push(line),
      stop: () => undefined,
    } as unknown as FitContext;
    const make = (): Callback => callbacks.earlyStopping({ monitor: "loss", restoreBestWeights: true });
    const first = make();
    await first.onTrainBegin?.(context);
    await first.onEpochEnd?.(0, { loss: 1 }, context);
    const state = first.state?.() ?? null;
    const kept = [tensor([[5], [6]]), tensor([7])];
    const second = make();
    await second.onTrainBegin?.(context);
    await second.restore?.(state, {
      ...context,
      weightsOfEpoch: (epoch) => Promise.resolve(epoch === 0 ? kept : undefined),
    });
    await second.onTrainEnd?.({}, context);
    expect(await weightsOf(model)).toEqual([5, 6, 7]);
    const third = make();
    await third.onTrainBegin?.(context);
    await third.restore?.(state, context);
    expect(lines).toEqual(["earlyStopping: the weights of the best epoch, 1, were not kept by the run."]);
    await expect(async () => third.restore?.({ best: "?" }, context)).rejects.toThrow('the state has no number "best"');
  });
});
