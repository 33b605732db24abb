// fit with checkpoints: ended anywhere and gone on, it gives the bits of a training that never stopped.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import type { HostArray } from "#engine/base/dtype.ts";
import type { ConfigValue } from "#engine/base/options.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import { imagesFromArrays } from "#learning/data/windows.ts";
import type { Dataset } from "#learning/data/dataset.ts";
import { layers } from "#learning/nn/layers.ts";
import { schedules } from "#learning/optim/schedules.ts";
import type { Callback } from "#learning/train/callbacks/callback.ts";
import { newestCheckpoint, listCheckpoints } from "#learning/train/checkpoint-folder.ts";
import { sequential, type FitOptions, type Model } from "#learning/train/model.ts";

let root = "";
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "sinter-resume-"));
  await useDevice("wasm", { threads: 2 });
});
afterAll(async () => {
  await closeDevice();
  rmSync(root, { recursive: true });
});

const epochs = 3;
/** 22 pictures, 24 in an epoch that balances their classes, in batches of 5: the last of an epoch is smaller. */
const numSamples = 22;

function pictures(): Dataset {
  const images = Uint8Array.from(
    { length: numSamples * 8 * 8 * 3 },
    (_, index) => Math.imul(index + 1, 2654435761) >>> 24,
  );
  const labels = Int32Array.from({ length: numSamples }, (_, index) => index % 3);
  return imagesFromArrays({ data: images, shape: [numSamples, 8, 8, 3], dtype: "u8" }, labels, {
    batchSize: 5,
    seed: 4,
    labelMode: "sparse",
    classNames: ["a", "b", "c"],
    augment: {
      rotationRange: 10,
      zoomRange: 0.1,
      randAugment: { numOps: 1 },
      randomErasing: {},
      mixup: { alpha: 1 },
      cutmix: {},
    },
  }).oversampled();
}

/** Everything that has state: dropout, moving statistics, moments, a schedule, counting metrics. */
function newModel(rate = 0.3): Model {
  const model = sequential(
    [
      layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 3] }),
      layers.batchNormalization(),
      layers.activation({ activation: "relu" }),
      layers.flatten(),
      layers.dropout({ rate }),
      layers.dense({ units: 3, activation: "softmax" }),
    ],
    { seed: 9 },
  );
  const learningRate = schedules.cosineDecay({ initialLearningRate: 0.01, decaySteps: 15 });
  model.compile({ optimizer: "adam", learningRate, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

/** Counts what it hears; the count must be that of a run that never stopped. */
function counter(): Callback & { readonly heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    onEpochBegin: (epoch) => void heard.push(`begin ${epoch}`),
    onTrainBatchEnd: (step, { loss }) => void heard.push(`step ${step} ${loss}`),
    onEpochEnd: (epoch, logs) => void heard.push(`end ${epoch} ${JSON.stringify(logs)}`),
    state: () => [...heard],
    restore: (state: ConfigValue) => {
      if (Array.isArray(state)) heard.splice(0, heard.length, ...state.map(String));
    },
  };
}

interface Outcome {
  readonly weights: readonly HostArray[];
  readonly heard: readonly string[];
  readonly history: unknown;
}

async function train(options: FitOptions): Promise<Outcome & { readonly model: Model }> {
  const model = newModel();
  const heard = counter();
  const { history } = await model.fit(pictures(), {
    epochs,
    validationData: pictures(),
    verbose: 0,
    callbacks: [heard],
    ...options,
    ...(options.callbacks === undefined ? {} : { callbacks: [heard, ...options.callbacks] }),
  });
  const weights = await Promise.all((await model.getWeights()).map((weight) => weight.data()));
  return { weights, heard: heard.heard, history, model };
}

/** Trains until the numbered event, then aborts; the callback that does it is there in every part of the run. */
async function trainUntil(
  folder: string,
  numHeard: number,
  everySteps: number | undefined,
): Promise<Outcome | undefined> {
  const controller = new AbortController();
  let left = numHeard;
  const count = (): void => {
    left -= 1;
    if (left === 0) controller.abort();
  };
  const killer: Callback = { onTrainBatchEnd: count, onEpochBegin: count };
  try {
    const checkpoints = { folder, ...(everySteps === undefined ? {} : { everySteps }) };
    return await train({ checkpoints, signal: controller.signal, callbacks: [killer] });
  } catch (error) {
    expect(error).toMatchObject({ code: "aborted" });
    return undefined;
  }
}

test(
  "ended between any steps, any number of times, it gives the same bits, numbers and calls",
  { timeout: 300_000 },
  async () => {
    const whole = await train({});
    expect(whole.heard).toHaveLength(epochs * (5 + 2));
    let numParts = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
        fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
        async (ends, everySteps) => {
          const folder = mkdtempSync(join(root, "run-"));
          let outcome: Outcome | undefined;
          for (const end of [...ends, Number.POSITIVE_INFINITY]) {
            outcome ??= await trainUntil(folder, end, everySteps);
            numParts += 1;
          }
          expect(outcome?.weights).toStrictEqual(whole.weights);
          expect(outcome?.heard).toEqual(whole.heard);
          expect(outcome?.history).toEqual(whole.history);
          expect((await listCheckpoints(folder)).length).toBeLessThanOrEqual(2);
        },
      ),
      { numRuns: 12, seed: 3 },
    );
    expect(numParts).toBeGreaterThan(24);
  },
);

test("ended by a crash, it goes on from the last checkpoint to the same bits", async () => {
  const whole = await train({});
  const folder = join(root, "crash");
  const thrower: Callback = {
    onTrainBatchEnd: (step) => {
      if (step === 3) throw new Error("the process is gone");
    },
  };
  const checkpoints = { folder, everySteps: 2 };
  await expect(train({ checkpoints, callbacks: [thrower] })).rejects.toThrow("the process is gone");
  expect(await listCheckpoints(folder)).toEqual(["epoch-000000-step-000000002"]);
  const { weights, heard } = await train({ checkpoints, callbacks: [{}] });
  expect(weights).toStrictEqual(whole.weights);
  expect(heard).toEqual(whole.heard);
});

test("a finished training is not trained again; more epochs go on", async () => {
  const checkpoints = { folder: join(root, "longer") };
  await train({ checkpoints, epochs: 2 });
  const same = await train({ checkpoints, epochs: 2 });
  expect(same.heard).toHaveLength(2 * 7);
  const longer = await train({ checkpoints });
  expect(longer.weights).toStrictEqual((await train({})).weights);
});

test("a checkpoint of another training is refused, naming what differs", async () => {
  const checkpoints = { folder: join(root, "other") };
  await train({ checkpoints, epochs: 1 });
  const other = newModel(0.5);
  await expect(other.fit(pictures(), { epochs, checkpoints, verbose: 0, callbacks: [{}] })).rejects.toMatchObject({
    code: "format",
    message: expect.stringMatching(/of another training: its layers differ/),
  });
});

test("class weights belong to a training, and resuming with them changes no bit", async () => {
  const classWeight = { 0: 0.5, 1: 3 };
  const whole = await train({ classWeight });
  expect(whole.weights).not.toEqual((await train({})).weights);
  const checkpoints = { folder: join(root, "weighted") };
  await train({ checkpoints, classWeight, epochs: 1 });
  expect((await train({ checkpoints, classWeight })).weights).toEqual(whole.weights);
  await expect(train({ checkpoints, epochs: epochs + 1 })).rejects.toThrow("of another training: its loss differ");
});

test("damage to the newest is told, and the older one used", async () => {
  const said: string[] = [];
  const checkpoints = { folder: join(root, "damaged"), onWarning: (message: string) => void said.push(message) };
  await train({ checkpoints, epochs: 2 });
  const { newest } = await newestCheckpoint(checkpoints.folder);
  writeFileSync(join(checkpoints.folder, newest?.name ?? "", "state.json"), "{}");
  const { weights } = await train({ checkpoints });
  expect(weights).toStrictEqual((await train({})).weights);
  expect(said).toEqual([expect.stringMatching(/epoch-000002-step-000000000" is damaged: state\.json/)]);
  expect(readdirSync(checkpoints.folder)).toHaveLength(2);
});
