// fit made smaller: fastDevRun, overfitBatches, limits of batches and of time.

import "#entry/install-node.ts";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import type { Dataset } from "#learning/data/dataset.ts";
import { fromArrays } from "#learning/data/from-arrays.ts";
import { layers } from "#learning/nn/layers.ts";
import { callbacks } from "#learning/train/callbacks/callbacks.ts";
import { maxTimeMs } from "#learning/train/limits.ts";
import { sequential, type FitOptions, type Model } from "#learning/train/model.ts";

beforeAll(() => useDevice("js"));

const x = Array.from({ length: 24 }, (_, index) => [Math.sin(index * 3.7), Math.cos(index * 1.3)]);
const y = x.map(([a = 0, b = 0]) => [a + b > 0 ? 1 : 0]);

function build(): Model {
  const model = sequential([layers.dense({ units: 1, activation: "sigmoid", inputShape: [2] })]);
  model.compile({ optimizer: "adam", learningRate: 0.05, loss: "binaryCrossentropy", metrics: ["accuracy"] });
  return model;
}

/** Notes the samples of every batch that is asked for. */
function watched(inner: Dataset): { readonly dataset: Dataset; readonly seen: (readonly number[])[] } {
  const seen: (readonly number[])[] = [];
  const { numSamples, batchSize, numBatches, elementShape, dtype, labelMode, shuffle, seed } = inner;
  const dataset: Dataset = {
    numSamples,
    batchSize,
    numBatches,
    elementShape,
    dtype,
    labelMode,
    shuffle,
    seed,
    async *batches(epoch, options) {
      for await (const batch of inner.batches(epoch, options)) {
        seen.push(batch.indices);
        yield batch;
      }
    },
  };
  return { dataset, seen };
}

async function seenBy(options: FitOptions): Promise<{
  readonly train: (readonly number[])[];
  readonly validation: (readonly number[])[];
  readonly epochs: readonly number[];
  readonly names: readonly string[];
}> {
  const train = watched(fromArrays(x, y, { batchSize: 4, shuffle: true, seed: 1 }));
  const validation = watched(fromArrays(x, y, { batchSize: 6 }));
  const history = await build().fit(train.dataset, { validationData: validation.dataset, verbose: 0, ...options });
  return { train: train.seen, validation: validation.seen, epochs: history.epoch, names: Object.keys(history.history) };
}

describe("limits", () => {
  test("limitTrainBatches counts batches, each epoch of its own shuffle", async () => {
    const whole = await seenBy({ epochs: 2 });
    const limited = await seenBy({ epochs: 2, limitTrainBatches: 2 });
    expect(whole.train).toHaveLength(12);
    expect(limited.train).toEqual([...whole.train.slice(0, 2), ...whole.train.slice(6, 8)]);
    expect(limited.validation).toEqual(whole.validation);
  });

  test("a share counts from the batches there are", async () => {
    const { train, validation } = await seenBy({ limitTrainBatches: 0.5, limitValidationBatches: 0.25 });
    expect([train.length, validation.length]).toEqual([3, 1]);
  });

  test("limitValidationBatches: 0 leaves validation out", async () => {
    const { validation, names } = await seenBy({ limitValidationBatches: 0 });
    expect(validation).toEqual([]);
    expect(names).toEqual(["loss", "accuracy"]);
  });

  test.each([
    [{ limitTrainBatches: 0 }, "limitTrainBatches is 0"],
    [{ limitTrainBatches: 0.1 }, "That is less than one of 6 batches"],
    [{ limitValidationBatches: 1.5 }, "limitValidationBatches is 1.5"],
    [{ overfitBatches: -1 }, "overfitBatches is -1"],
    [{ fastDevRun: 0.5 }, "fastDevRun is 0.5"],
    [{ maxTime: "soon" }, 'as in "00:10:00"'],
  ])("%j is refused with the way out", async (options, message) => {
    await expect(seenBy(options)).rejects.toThrow(message);
  });

  test("overfitBatches trains and validates on the same few, unshuffled", async () => {
    const { train, validation } = await seenBy({ overfitBatches: 2, epochs: 2 });
    const few = [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ];
    // Validation reads the training data: both are seen by the watch of the training data.
    expect(train).toEqual([...few, ...few, ...few, ...few]);
    expect(validation).toEqual([]);
  });

  test("fastDevRun makes one step and one validation, and no file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sinter-limits-"));
    try {
      const { train, validation, epochs } = await seenBy({
        fastDevRun: true,
        epochs: 9,
        stepsPerEpoch: 5,
        validationFreq: 3,
        callbacks: [
          callbacks.modelCheckpoint({ filepath: join(folder, "model") }),
          callbacks.csvLogger({ filename: join(folder, "log.csv") }),
          callbacks.jsonlLogger({ filename: join(folder, "log.jsonl") }),
          callbacks.histograms({ filename: join(folder, "histograms.jsonl") }),
        ],
      });
      expect([train.length, validation.length, epochs.length]).toEqual([1, 1, 1]);
      expect(await readdir(folder)).toEqual([]);
      expect((await seenBy({ fastDevRun: 2, epochs: 9 })).train).toHaveLength(2);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test("maxTime ends between two steps; the epoch still ends with validation and its callbacks", async () => {
    const ended: number[] = [];
    const slow = callbacks.lambda({
      onTrainBatchEnd: () => new Promise((resolve) => setTimeout(resolve, 30)),
      onEpochEnd: (epoch) => void ended.push(epoch),
    });
    const { train, epochs, names } = await seenBy({ epochs: 1000, maxTime: 0.4, callbacks: [slow] });
    expect(train.length).toBeLessThan(40);
    expect(ended).toEqual(epochs);
    expect(names).toContain("valLoss");
  });

  test("maxTime reads seconds, hours and days", () => {
    expect([maxTimeMs(1.5), maxTimeMs("00:10:00"), maxTimeMs("1:02:03"), maxTimeMs("01:00:00:01")]).toEqual([
      1500, 600_000, 3_723_000, 86_401_000,
    ]);
    expect(maxTimeMs(undefined)).toBe(Number.POSITIVE_INFINITY);
  });

  test("stop between two steps ends the epoch early", async () => {
    const stopping = callbacks.lambda({
      onTrainBatchEnd: (step, _logs, context) => void (step === 1 && context.stop()),
    });
    const { train, epochs, validation } = await seenBy({ epochs: 5, callbacks: [stopping] });
    expect(train.length).toBeLessThanOrEqual(4);
    expect([epochs, validation.length]).toEqual([[0], 4]);
  });
});
