// Callbacks against Keras's, which were given the same numbers.

import "#entry/install-node.ts";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { camelCase } from "#engine/base/options.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { layers } from "#learning/nn/layers.ts";
import type { Callback, FitContext } from "#learning/train/callbacks/callback.ts";
import { callbacks } from "#learning/train/callbacks/callbacks.ts";
import type { Logs } from "#learning/train/metric-states.ts";
import { sequential, type Model } from "#learning/train/model.ts";
import { distance, readGolden } from "./golden.ts";

beforeAll(() => useDevice("js"));

interface WatchCase {
  readonly values: readonly number[];
  readonly options: Readonly<Record<string, number | string>>;
}
interface Golden {
  readonly reduceLROnPlateau: readonly (WatchCase & { rate: number; rates: number[]; logged: number[] })[];
  readonly earlyStopping: readonly (WatchCase & { stopped: number | null; best: number; bestEpoch: number })[];
  readonly csvLogger: readonly { rows: Record<string, number>[]; options: object; text: string }[];
}
const golden = readGolden("callbacks") as Golden;

function modelOf(learningRate: number): Model {
  const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
  model.compile({ optimizer: "sgd", learningRate, loss: "meanSquaredError" });
  return model;
}

function contextOf(model: Model): FitContext & { isStopped: boolean } {
  return {
    model,
    epochs: 99,
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

/** Keras's options in sinter's names. */
function named(options: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [camelCase(name), value]));
}

/** Sends a callback's state through JSON into a new one, as a resumed run does. */
async function renewed(callback: Callback, make: () => Callback, context: FitContext): Promise<Callback> {
  const state = JSON.parse(JSON.stringify(callback.state?.() ?? null));
  const next = make();
  await next.onTrainBegin?.(context);
  await next.restore?.(state, context);
  return next;
}

test.each(
  golden.reduceLROnPlateau.flatMap((one, index) => [
    { ...one, name: `${index}`, isResumed: false },
    { ...one, name: `${index}, resumed at every epoch`, isResumed: true },
  ]),
)("reduceLROnPlateau $name equals Keras", async ({ values, options, rate, rates, logged, isResumed }) => {
  const model = modelOf(rate);
  const context = contextOf(model);
  const make = (): Callback => callbacks.reduceLROnPlateau({ monitor: "loss", ...named(options) });
  let callback = make();
  await callback.onTrainBegin?.(context);
  const actual: { rates: number[]; logged: number[] } = { rates: [], logged: [] };
  for (const [epoch, loss] of values.entries()) {
    const added = await callback.onEpochEnd?.(epoch, { loss }, context);
    actual.logged.push((added as Logs)["learningRate"]!);
    actual.rates.push(model.learningRate);
    if (isResumed) callback = await renewed(callback, make, context);
  }
  // Keras keeps the rate in float32.
  expect(distance(actual.rates, rates)).toBeLessThan(1e-6);
  expect(distance(actual.logged, logged)).toBeLessThan(1e-6);
});

test.each(
  golden.earlyStopping.flatMap((one, index) => [
    { ...one, name: `${index}`, isResumed: false },
    { ...one, name: `${index}, resumed at every epoch`, isResumed: true },
  ]),
)("earlyStopping $name stops where Keras does", async ({ values, options, stopped, best, bestEpoch, isResumed }) => {
  const context = contextOf(modelOf(0.1));
  const make = (): Callback => callbacks.earlyStopping({ monitor: "loss", ...named(options) });
  let callback = make();
  await callback.onTrainBegin?.(context);
  let stoppedAt: number | null = null;
  for (const [epoch, loss] of values.entries()) {
    await callback.onEpochEnd?.(epoch, { loss }, context);
    if (isResumed) callback = await renewed(callback, make, context);
    if (context.isStopped) stoppedAt = epoch;
    if (context.isStopped) break;
  }
  expect(stoppedAt).toBe(stopped);
  expect(callback.state?.()).toMatchObject({ best, bestEpoch });
});

test.each(golden.csvLogger.map((one, index) => ({ ...one, index })))(
  "csvLogger $index writes Keras's lines",
  async ({ rows, options, text }) => {
    const folder = await mkdtemp(join(tmpdir(), "sinter-golden-"));
    try {
      const filename = join(folder, "log.csv");
      const callback = callbacks.csvLogger({ filename, ...options });
      const context = contextOf(modelOf(0.1));
      await callback.onTrainBegin?.(context);
      for (const [epoch, row] of rows.entries()) await callback.onEpochEnd?.(epoch, named(row) as Logs, context);
      const written = await readFile(filename, "utf8");
      const cells = (csv: string): (string | number)[][] =>
        csv
          .split(/\r?\n/)
          .map((line) => line.split(/[,;]/).map((cell) => (/^[\d.]/.test(cell) ? Number(cell) : camelCase(cell))));
      expect(cells(written)).toEqual(cells(text));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
