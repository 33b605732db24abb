// fit, evaluate and predict as a user sees them: epochs, validation, callbacks, aborting, going on, saving.

import "#entry/install-node.ts";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { currentDevice, useDevice } from "#engine/tensor/device.ts";
import { fromArrays } from "#learning/data/from-arrays.ts";
import { layers } from "#learning/nn/layers.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import { callbacks } from "#learning/train/callbacks/callbacks.ts";
import { metrics } from "#learning/train/metrics.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { sequential, type Model } from "#learning/train/model.ts";
import { whyNoNative } from "../targets.ts";

beforeAll(() => useDevice("js"));

const numSamples = 24;
/** Two numbers; the class is whether their sum is positive. */
const x = Array.from({ length: numSamples }, (_, index) => [Math.sin(index * 3.7), Math.cos(index * 1.3)]);
const y = x.map(([a = 0, b = 0]) => [a + b > 0 ? 1 : 0]);

function build(seed = 0): Model {
  const model = sequential(
    [
      layers.dense({ units: 6, activation: "tanh", inputShape: [2] }),
      layers.dense({ units: 1, activation: "sigmoid" }),
    ],
    { seed },
  );
  model.compile({ optimizer: "adam", learningRate: 0.05, loss: "binaryCrossentropy", metrics: ["accuracy"] });
  return model;
}

async function weightsOf(model: Model): Promise<number[]> {
  const values = await Promise.all((await model.getWeights()).map((weight) => weight.data()));
  return values.flatMap((value) => [...value]);
}

describe("fit", () => {
  test("learns, and gives every epoch's numbers under Keras's names", async () => {
    const model = build();
    const history = await model.fit(x, y, { epochs: 30, batchSize: 8, validationData: [x, y], verbose: 0 });
    expect(Object.keys(history.history)).toEqual(["loss", "accuracy", "valLoss", "valAccuracy"]);
    expect(history.epoch).toHaveLength(30);
    expect(history.history["valLoss"]!.at(-1)).toBeLessThan(history.history["valLoss"]![0]!);
    const scores = await model.evaluate(x, y, { verbose: 0 });
    expect(scores).toEqual({
      loss: history.history["valLoss"]!.at(-1),
      accuracy: history.history["valAccuracy"]!.at(-1),
    });
    expect(scores["accuracy"]).toBeGreaterThan(0.9);
  });

  test("equal seeds give equal bits, other seeds do not", async () => {
    const trained = async (seed: number): Promise<number[]> => {
      const model = build(seed);
      await model.fit(x, y, { epochs: 2, batchSize: 5, verbose: 0 });
      return weightsOf(model);
    };
    expect(await trained(3)).toEqual(await trained(3));
    expect(await trained(3)).not.toEqual(await trained(4));
  });

  test("a model loaded from its folder goes on as the one that was never saved", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sinter-fit-"));
    try {
      const whole = build();
      await whole.fit(x, y, { epochs: 4, batchSize: 7, verbose: 0 });
      const first = build();
      await first.fit(x, y, { epochs: 2, batchSize: 7, verbose: 0 });
      await first.save(join(folder, "model"));
      expect((await readdir(join(folder, "model"))).toSorted()).toEqual(["model.json", "model.safetensors"]);
      const second = await loadModel(join(folder, "model"));
      await second.fit(x, y, { epochs: 4, initialEpoch: 2, batchSize: 7, verbose: 0 });
      expect(await weightsOf(second)).toEqual(await weightsOf(whole));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test("validationSplit holds back the last samples", async () => {
    const model = build();
    const seen: number[] = [];
    const history = await model.fit(x, y, {
      validationSplit: 0.25,
      batchSize: 6,
      verbose: 0,
      callbacks: [callbacks.lambda({ onTrainBatchEnd: (step) => void seen.push(step) })],
    });
    expect(seen).toEqual([0, 1, 2]);
    const last = await model.evaluate(x.slice(18), y.slice(18), { verbose: 0 });
    expect(history.history["valLoss"]).toEqual([last["loss"]]);
  });

  test("stepsPerEpoch goes on into the next shuffle", async () => {
    const byEpochs = build();
    await byEpochs.fit(x, y, { epochs: 3, batchSize: 8, verbose: 0 });
    const bySteps = build();
    const history = await bySteps.fit(x, y, { epochs: 9, stepsPerEpoch: 1, batchSize: 8, verbose: 0 });
    expect(history.epoch).toHaveLength(9);
    expect(await weightsOf(bySteps)).toEqual(await weightsOf(byEpochs));
  });

  test("the last, smaller batch counts by its size", async () => {
    const model = build();
    model.compile({ optimizer: optimizers.sgd({ learningRate: 0 }), loss: "binaryCrossentropy" });
    const { history } = await model.fit(x, y, { batchSize: 7, verbose: 0 });
    const { loss } = await model.evaluate(x, y, { batchSize: numSamples, verbose: 0 });
    expect(history["loss"]![0]).toBeCloseTo(loss!, 6);
  });

  test("a loss that is not finite changes no weight", async () => {
    const model = build();
    const before = await weightsOf(model);
    const bad = x.map((sample, index) => (index === 3 ? [Number.NaN, 0] : sample));
    const warnings: string[] = [];
    await model.fit(bad, y, {
      batchSize: numSamples,
      epochs: 2,
      verbose: 0,
      callbacks: [callbacks.lambda({ onWarning: (message) => void warnings.push(message) })],
    });
    expect(await weightsOf(model)).toEqual(before);
    expect(warnings).toEqual([expect.stringContaining("the loss of step 1 is NaN")]);
    await model.fit(x, y, { verbose: 0 });
    expect(await weightsOf(model)).not.toEqual(before);
  });

  test("an abort ends between two steps and leaves whole weights", async () => {
    const model = build();
    const controller = new AbortController();
    let numSteps = 0;
    const run = model.fit(x, y, {
      epochs: 1000,
      batchSize: 4,
      verbose: 0,
      signal: controller.signal,
      callbacks: [
        callbacks.lambda({
          onTrainBatchEnd: () => {
            numSteps += 1;
            if (numSteps === 8) controller.abort();
          },
        }),
      ],
    });
    await expect(run).rejects.toMatchObject({ code: "aborted" });
    expect(numSteps).toBeLessThanOrEqual(10);
    expect((await weightsOf(model)).every(Number.isFinite)).toBe(true);
    await model.fit(x, y, { verbose: 0 });
  });

  test("bytes are scaled as the data set says, and the model keeps it", async () => {
    const bytes = Uint8Array.from(x.flat(), (value) => Math.round((value + 1) * 127));
    const dataset = fromArrays({ data: bytes, shape: [numSamples, 2], dtype: "u8" }, y, {
      rescale: { scale: 1 / 127, offset: -1 },
      classNames: ["no", "yes"],
      batchSize: 8,
      shuffle: true,
    });
    const model = build();
    await model.fit(dataset, { epochs: 20, verbose: 0 });
    expect(model.preprocessing).toMatchObject({ classNames: ["no", "yes"], rescale: { scale: 1 / 127, offset: -1 } });
    const byBytes = await (await model.predict(dataset, { verbose: 0 })).data();
    const floats = Float32Array.from(bytes, (value) => value / 127 - 1);
    const byFloats = await (await model.predict(tensor(floats, { shape: [numSamples, 2] }), { verbose: 0 })).data();
    byBytes.forEach((value, index) => expect(value).toBeCloseTo(byFloats[index]!, 5));
    const again = await model.predict(tensor(bytes, { shape: [numSamples, 2] }), { verbose: 0 });
    expect(await again.data()).toEqual(byBytes);
  });
});

test.each(["js", "wasm", ...(whyNoNative === undefined ? (["native"] as const) : [])] as const)(
  "no step leaves memory behind on %s, collected or not",
  async (device) => {
    await useDevice(device);
    try {
      const model = build();
      const round = async (): Promise<number> => {
        await model.fit(x, y, { epochs: 5, batchSize: 8, validationData: [x, y], verbose: 0 });
        await model.evaluate(x, y, { verbose: 0 });
        (await model.predict(x, { verbose: 0 })).dispose();
        await model.trainOnBatch(x, y);
        await model.testOnBatch(x, y);
        (await model.predictOnBatch(x)).dispose();
        await model.evaluate(x, y, { verbose: 0 });
        return currentDevice().liveBytes;
      };
      await round();
      const before = await round();
      expect(await round()).toBeLessThanOrEqual(before);
    } finally {
      await useDevice("js");
    }
  },
);

test("predictOnBatch waits for its outputs, so that batches do not pile up", async () => {
  await useDevice("wasm", { threads: 2 });
  try {
    const model = build();
    const outputs = [await model.predictOnBatch(x)];
    const before = currentDevice().liveBytes;
    for (let batch = 0; batch < 9; batch += 1) outputs.push(await model.predictOnBatch(x));
    const [first] = outputs;
    expect(currentDevice().liveBytes).toBe(before + 9 * 4 * first!.size);
  } finally {
    await useDevice("js");
  }
});

describe("progress", () => {
  async function shown(verbose: 0 | 1 | 2, isTerminal: boolean): Promise<string> {
    let text = "";
    await build().fit(x, y, {
      epochs: 2,
      batchSize: 8,
      verbose,
      output: { isTerminal, write: (part) => (text += part) },
    });
    return text.replaceAll(/\d+(ms|us|s)\/step/g, "T/step").replaceAll(/\d\.\d{4}/g, "N");
  }

  test("verbose 0 shows nothing, 2 a line an epoch, 1 a bar", async () => {
    expect(await shown(0, true)).toBe("");
    const line = "3/3 - 0s - T/step - loss: N - accuracy: N\n";
    expect(await shown(2, false)).toBe(`Epoch 1/2\n${line}Epoch 2/2\n${line}`);
    const bar = "3/3 ━━━━━━━━━━━━━━━━━━━━ 0s T/step - loss: N - accuracy: N\n";
    expect(await shown(1, false)).toBe(`Epoch 1/2\n${bar}Epoch 2/2\n${bar}`);
    expect(await shown(1, true)).toContain(`\r${bar.trimEnd()}`);
  });
});

describe("callbacks", () => {
  test("run in Keras's order", async () => {
    const order: string[] = [];
    const say =
      (name: string) =>
      (first?: unknown): void =>
        void order.push(typeof first === "number" ? `${name} ${first}` : name);
    await build().fit(x, y, {
      epochs: 2,
      batchSize: 12,
      verbose: 0,
      callbacks: [
        callbacks.lambda({
          onTrainBegin: say("begin"),
          onTrainEnd: say("end"),
          onEpochBegin: say("epoch"),
          onEpochEnd: say("epoch end"),
        }),
      ],
    });
    expect(order).toEqual(["begin", "epoch 0", "epoch end 0", "epoch 1", "epoch end 1", "end"]);
  });

  /** A model whose validation loss grows: its rate turns it away from the minimum. */
  function worsening(): Model {
    const model = sequential([layers.dense({ units: 1, inputShape: [2], useBias: false })]);
    model.compile({ optimizer: optimizers.sgd({ learningRate: 3 }), loss: "meanSquaredError" });
    return model;
  }

  test("earlyStopping waits, stops, and gives the best weights back", async () => {
    const model = worsening();
    const best: number[][] = [];
    const history = await model.fit(x, y, {
      epochs: 20,
      batchSize: numSamples,
      validationData: [x, y],
      verbose: 0,
      callbacks: [
        callbacks.earlyStopping({ patience: 3, restoreBestWeights: true }),
        callbacks.lambda({ onEpochEnd: async (_, __, { model: now }) => void best.push(await weightsOf(now)) }),
      ],
    });
    const losses = history.history["valLoss"]!;
    const bestEpoch = losses.indexOf(Math.min(...losses));
    expect(losses).toHaveLength(bestEpoch + 4);
    expect(await weightsOf(model)).toEqual(best[bestEpoch]);
  });

  test("earlyStopping looks at what it is told to, in its direction", async () => {
    const run = async (options: object): Promise<number> => {
      const { epoch } = await build().fit(x, y, {
        epochs: 6,
        verbose: 0,
        callbacks: [callbacks.earlyStopping(options)],
      });
      return epoch.length;
    };
    expect(await run({ monitor: "loss", mode: "max" })).toBe(2);
    expect(await run({ monitor: "loss", minDelta: 100, patience: 2 })).toBe(3);
    expect(await run({ monitor: "loss", baseline: 1e-9, patience: 2 })).toBe(6);
    await expect(run({})).rejects.toThrow('monitor "valLoss" is not among loss, accuracy');
  });

  test("modelCheckpoint saves every epoch, or the best", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sinter-checkpoint-"));
    try {
      await build().fit(x, y, {
        epochs: 2,
        verbose: 0,
        callbacks: [callbacks.modelCheckpoint({ filepath: join(folder, "epoch-{epoch:02d}-{loss:.3f}") })],
      });
      expect((await readdir(folder)).map((name) => name.slice(0, 8))).toEqual(["epoch-01", "epoch-02"]);
      const model = worsening();
      await model.fit(x, y, {
        epochs: 4,
        verbose: 0,
        batchSize: numSamples,
        callbacks: [callbacks.modelCheckpoint({ filepath: join(folder, "best"), monitor: "loss", saveBestOnly: true })],
      });
      const saved = await loadModel(join(folder, "best"));
      expect(saved.core.iterations).toBeLessThan(4);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("wrong use is named", () => {
  const wrong = (options: object): Promise<unknown> => build().fit(x, y, options);

  test.each<[string, () => unknown, string]>([
    ["a snake_case option", () => wrong({ batch_size: 3 }), "Write batchSize."],
    ["a misspelt option", () => wrong({ epoch: 3 }), "Write epochs."],
    ["no labels", () => build().fit(fromArrays(x), { verbose: 0 }), "no labels"],
    ["samples of another shape", () => build().predict([[1, 2, 3]], { verbose: 0 }), "samples are [3]"],
    ["sparse labels for a dense loss", () => sparse("categoricalCrossentropy"), 'use "sparseCategoricalCrossentropy"'],
    ["a model that is not compiled", () => sequential([layers.dense({ units: 1 })]).fit(x, y), "not compiled"],
  ])("%s", async (_, use, reason) => {
    await expect(Promise.resolve().then(use)).rejects.toThrow(reason);
  });

  async function sparse(loss: "categoricalCrossentropy"): Promise<void> {
    const model = sequential([layers.dense({ units: 3, activation: "softmax", inputShape: [2] })]);
    model.compile({ loss });
    await model.fit(x, Int32Array.from(y.flat()), { verbose: 0 });
  }

  test("compile", () => {
    const model = sequential([layers.dense({ units: 1, inputShape: [2] })]);
    const compile: (options: object) => void = (options) => model.compile(options as { loss: "meanSquaredError" });
    expect(() => compile({ loss: "binary_crossentropy" })).toThrow('Write "binaryCrossentropy".');
    expect(() => compile({ loss: "meanSquaredError", optimizer: "adm" })).toThrow('Write "adam".');
    expect(() => compile({ loss: "meanSquaredError", metrics: ["acuracy"] })).toThrow('Write "accuracy".');
    expect(() => compile({ loss: "meanSquaredError", metrics: ["auc", metrics.auc()] })).toThrow(
      'two metrics are named "auc"',
    );
  });

  test("layers", () => {
    expect(() =>
      sequential([
        layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [4, 4, 1] }),
        layers.maxPooling2d(),
        layers.conv2d({ filters: 4, kernelSize: 3 }),
      ]).build(),
    ).toThrow(
      'conv2d "conv2d_1": input [batch, 1, 1, 4] is smaller than its 3 x 3 kernel. Use padding: "same", or remove a pooling layer before it.',
    );
    expect(() => sequential([layers.flatten()]).build()).toThrow("inputShape");
    expect(() =>
      sequential([layers.flatten({ name: "a", inputShape: [2] }), layers.flatten({ name: "a" })]).build(),
    ).toThrow('named "a"');
  });

  test("a damaged folder", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sinter-damaged-"));
    try {
      await expect(loadModel(join(folder, "nowhere"))).rejects.toMatchObject({ code: "file" });
      const model = build();
      await model.save(folder);
      await writeFile(join(folder, "model.safetensors"), "no");
      await expect(loadModel(folder)).rejects.toMatchObject({ code: "format" });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

test("weights go out and in by Keras's order, as copies", async () => {
  const model = build();
  const weights = await model.getWeights();
  expect(weights.map(({ shape }) => shape)).toEqual([[2, 6], [6], [6, 1], [1]]);
  const before = await weightsOf(model);
  await model.fit(x, y, { verbose: 0 });
  model.setWeights(weights);
  await model.fit(x, y, { verbose: 0 });
  expect((await Promise.all(weights.map((weight) => weight.data()))).flatMap((value) => [...value])).toEqual(before);
  expect(() => model.setWeights(weights.slice(1))).toThrow("3 tensors came, the model has 4");
});
