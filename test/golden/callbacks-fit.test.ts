// Callbacks inside fit, and those that save, schedule and stop, against Keras's.

import "#entry/install-node.ts";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { layers } from "#learning/nn/layers.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import type { Callback, FitContext } from "#learning/train/callbacks/callback.ts";
import { callbacks } from "#learning/train/callbacks/callbacks.ts";
import { sequential, type Model } from "#learning/train/model.ts";
import { distance, read, readGolden, uniformTensor } from "./golden.ts";

interface Golden {
  readonly swapEmaWeights: readonly {
    swapOnEpoch: boolean;
    epochs: number;
    optimizer: object;
    loss: number[];
    valLoss: number[];
    atEpochEnd: number[][][];
    final: number[][];
  }[];
  readonly lambdaCallback: readonly { epochs: number; isValidated: boolean; events: (string | number)[][] }[];
  readonly modelCheckpoint: readonly { values: number[]; options: object; saved: string[] }[];
  readonly learningRateScheduler: readonly { schedule: keyof typeof schedules; rate: number; rates: number[] }[];
  readonly terminateOnNaN: readonly { losses: string[]; stopped: number | null }[];
}
const golden = readGolden("callbacks-fit") as Golden;

beforeAll(() => useDevice("js", { precision: "f64" }));

const [x, y, xv, yv] = [
  [8, 3],
  [8, 1],
  [5, 3],
  [5, 1],
].map((shape, index) => () => uniformTensor(61 + index, shape, 2));

function build(optimizer: object): Model {
  const model = sequential([
    layers.dense({ units: 4, activation: "tanh", inputShape: [3] }),
    layers.dense({ units: 1 }),
  ]);
  model.compile({ optimizer: optimizers.sgd(optimizer), loss: "meanSquaredError" });
  model.build();
  model.setWeights(model.network.weights.map(({ shape }, index) => uniformTensor(31 + index, shape, 1.5)));
  return model;
}

/** Arrays that fit takes are kept in float32. */
const floatTolerance = 1e-6;

const weightsOf = async (model: Model): Promise<number[][]> => Promise.all((await model.getWeights()).map(read));

function contextOf(model: Model): FitContext & { isStopped: boolean } {
  return {
    model,
    epochs: 9,
    steps: 1,
    batchSize: 1,
    numSamples: 1,
    isStopped: false,
    stop() {
      this.isStopped = true;
    },
    directionOf: () => "min",
    say: () => undefined,
    gradients: () => Promise.resolve({}),
  };
}

describe.each(golden.swapEmaWeights.map((one, index) => ({ ...one, index })))("swapEmaWeights $index", (one) => {
  test("validates, shows and leaves Keras's weights", async () => {
    const model = build({ learningRate: 0.2, useEma: true, ...one.optimizer });
    const seen: number[][][] = [];
    const watch = callbacks.lambdaCallback({ onEpochEnd: async () => void seen.push(await weightsOf(model)) });
    const { history } = await model.fit(x!(), y!(), {
      batchSize: 4,
      epochs: one.epochs,
      shuffle: false,
      verbose: 0,
      validationData: [xv!(), yv!()],
      callbacks: [callbacks.swapEmaWeights({ swapOnEpoch: one.swapOnEpoch }), watch],
    });
    expect(distance(history["loss"]!, one.loss)).toBeLessThan(floatTolerance);
    expect(distance(history["valLoss"]!, one.valLoss)).toBeLessThan(floatTolerance);
    expect(distance(seen.flat(2), one.atEpochEnd.flat(2))).toBeLessThan(floatTolerance);
    expect(distance((await weightsOf(model)).flat(), one.final.flat())).toBeLessThan(floatTolerance);
  });
});

test("swapEmaWeights needs an average", async () => {
  const model = build({ learningRate: 0.2 });
  const options = {
    verbose: 0 as const,
    validationData: [xv!(), yv!()] as const,
    callbacks: [callbacks.swapEmaWeights()],
  };
  await expect(model.fit(x!(), y!(), options)).rejects.toThrow("Compile with useEma: true.");
});

test.each(golden.lambdaCallback)("lambdaCallback is called as Keras's, $epochs epochs", async (one) => {
  const { epochs, isValidated, events } = one;
  const heard: (string | number)[][] = [];
  const note = (name: string) => (): void => void heard.push([name]);
  const noteNumber =
    (name: string) =>
    (number: number): void =>
      void heard.push([name, number]);
  const callback = callbacks.lambdaCallback({
    onTrainBegin: note("onTrainBegin"),
    onTrainEnd: note("onTrainEnd"),
    onEpochBegin: noteNumber("onEpochBegin"),
    onEpochEnd: noteNumber("onEpochEnd"),
    onTrainBatchBegin: noteNumber("onTrainBatchBegin"),
    onTrainBatchEnd: noteNumber("onTrainBatchEnd"),
    onTestBegin: note("onTestBegin"),
    onTestEnd: note("onTestEnd"),
  });
  const validation = isValidated ? { validationData: [xv!(), yv!()] as const } : {};
  const options = { batchSize: 4, epochs, verbose: 0 as const, callbacks: [callback], ...validation };
  await build({ learningRate: 0.1 }).fit(x!(), y!(), options);
  // A batch may begin before the one before it has ended: the two kinds are in order each.
  for (const kind of [/^(?!onTrainBatchEnd)/, /^(?!onTrainBatchBegin)/]) {
    const some = (list: (string | number)[][]): (string | number)[][] =>
      list.filter(([name]) => kind.test(String(name)));
    expect(some(heard)).toEqual(some(events));
  }
});

test.each(golden.modelCheckpoint)("modelCheckpoint $options saves when Keras's does", async (one) => {
  const folder = await mkdtemp(join(tmpdir(), "sinter-golden-"));
  try {
    const filepath = join(folder, "{epoch:02d}-{valLoss:.2f}");
    const callback: Callback = callbacks.modelCheckpoint({ filepath, ...one.options });
    const context = contextOf(build({ learningRate: 0.1 }));
    await callback.onTrainBegin?.(context);
    for (const [epoch, valLoss] of one.values.entries()) {
      await callback.onEpochBegin?.(epoch, context);
      await callback.onEpochEnd?.(epoch, { valLoss }, context);
    }
    expect((await readdir(folder)).toSorted()).toEqual(one.saved);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

const schedules = {
  halved: (epoch: number, rate: number): number => (epoch > 1 ? rate / 2 : rate),
  exponential: (_epoch: number, rate: number): number => rate * Math.exp(-0.1),
  ofEpoch: (epoch: number): number => 0.1 / (1 + epoch),
};

test.each(golden.learningRateScheduler)("learningRateScheduler $schedule sets Keras's rates", async (one) => {
  const model = build({ learningRate: one.rate });
  const callback = callbacks.learningRateScheduler(schedules[one.schedule]);
  const rates: number[] = [];
  for (const epoch of one.rates.keys()) {
    await callback.onEpochBegin?.(epoch, contextOf(model));
    rates.push(model.learningRate);
  }
  expect(distance(rates, one.rates)).toBeLessThan(1e-12);
});

test.each(golden.terminateOnNaN)("terminateOnNaN stops where Keras's does: $losses", async ({ losses, stopped }) => {
  const context = contextOf(build({ learningRate: 0.1 }));
  const callback = callbacks.terminateOnNaN();
  await callback.onTrainBegin?.(context);
  let stoppedAt: number | null = null;
  for (const [step, text] of losses.entries()) {
    const loss = text === "inf" ? Number.POSITIVE_INFINITY : Number(text);
    await callback.onTrainBatchEnd?.(step, { loss }, context);
    if (context.isStopped) stoppedAt ??= step;
  }
  expect(stoppedAt).toBe(stopped);
});
