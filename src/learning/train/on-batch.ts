// One batch at a time, and the weights themselves: trainOnBatch, testOnBatch, predictOnBatch, getWeights, setWeights.

import { SinterError } from "#engine/base/error.ts";
import { sameShape, shapeText } from "#engine/base/shape.ts";
import { platform } from "#engine/platform/api.ts";
import { tensor } from "#engine/tensor/create.ts";
import { key } from "#engine/tensor/random.ts";
import { isTensor, type Tensor } from "#engine/tensor/tensor.ts";
import { scaleAndOffset } from "#learning/data/dataset.ts";
import { disposeAll } from "./dispose.ts";
import { toHost, upload, type Values } from "./feed.ts";
import { initialStates, readLogs, type Logs } from "./metric-states.ts";
import {
  allWeights,
  bindMetrics,
  optimizerStateOf,
  predictStepOf,
  scalarsOf,
  separate,
  testStepOf,
  trainStepOf,
  type DataSetup,
  type ModelCore,
  type Preprocessing,
} from "./model-core.ts";
import { trainOnce } from "./train-epoch.ts";
import type { BoundMetric } from "./metrics.ts";
import type { DeviceBatch, MetricStates } from "./step.ts";

/** Values on the device and how they are scaled: bytes as the model has stored it, everything else not at all. */
export interface Input {
  readonly x: Tensor;
  readonly setup: DataSetup;
  /** What was uploaded here, and not handed in by the user. */
  readonly own: readonly Tensor[];
}

/** An input with its labels. */
export interface LabelledInput extends Input {
  readonly batch: DeviceBatch;
}

/** Values on the device. */
export async function inputOf({ rescale }: Preprocessing, values: Values): Promise<Input> {
  const x = isTensor(values) ? values : upload(await toHost(values, "x"));
  return { x, setup: scaleAndOffset(x.dtype === "u8" ? rescale : undefined), own: isTensor(values) ? [] : [x] };
}

/** Values and labels on the device. */
export async function batchOf(preprocessing: Preprocessing, x: Values, y: Values): Promise<LabelledInput> {
  const given = await inputOf(preprocessing, x);
  const labels = isTensor(y) ? y : upload(await toHost(y, "y"));
  return { ...given, batch: { x: given.x, y: labels }, own: isTensor(y) ? given.own : [...given.own, labels] };
}

/** The device and the first weights were one task of the page; tracing, at the first batch, is another. */
async function yieldBeforeTracing(programs: ReadonlyMap<string, unknown>): Promise<void> {
  if (programs.size === 0) await platform().yield();
}

/** One update; the numbers are those of the batch before it. */
export async function trainBatch(core: ModelCore, { batch, setup, own }: LabelledInput): Promise<Logs> {
  const labels = batch.y.shape;
  const metrics = bindMetrics(core, labels, "trainOnBatch");
  const runKey = key(core.seed);
  const before = initialStates(metrics);
  await yieldBeforeTracing(core.programs.train);
  const { states, loss } = trainOnce(core, trainStepOf(core, setup, labels), runKey, { batch, states: before });
  disposeAll([own, runKey, before, loss]);
  return readAndDispose(metrics, states);
}

/** Compiles the prediction of a batch of this shape, without running it, and tells its kernels. */
export async function explainPrediction(core: ModelCore, { x, setup, own }: Input): Promise<string> {
  const text = await predictStepOf(core, setup).explain(allWeights(core), x);
  disposeAll(own);
  return text;
}

/** Compiles the step for a batch of this shape, without running it, and tells its kernels. */
export async function explainBatch(core: ModelCore, { batch, setup, own }: LabelledInput): Promise<string> {
  const labels = batch.y.shape;
  const values = { weights: core.weights, frozen: core.frozen, optimizerState: optimizerStateOf(core) };
  const states = initialStates(bindMetrics(core, labels, "explain"));
  const scalars = scalarsOf(core, key(core.seed));
  const text = await trainStepOf(core, setup, labels).explain(values, states, batch, scalars);
  disposeAll([own, states]);
  return text;
}

/** Loss and metrics of a batch. */
export async function testBatch(core: ModelCore, { batch, setup, own }: LabelledInput): Promise<Logs> {
  const labels = batch.y.shape;
  const metrics = bindMetrics(core, labels, "testOnBatch");
  const before = initialStates(metrics);
  await yieldBeforeTracing(core.programs.test);
  const states = testStepOf(core, setup, labels)(allWeights(core), before, batch);
  disposeAll([own, before]);
  return readAndDispose(metrics, states);
}

async function readAndDispose(metrics: readonly BoundMetric[], states: MetricStates): Promise<Logs> {
  const logs = await readLogs(metrics, states);
  disposeAll(states);
  return logs;
}

/** The outputs for a batch, computed. */
export async function predictBatch(core: ModelCore, { x, setup, own }: Input): Promise<Tensor> {
  await yieldBeforeTracing(core.programs.predict);
  const output = predictStepOf(core, setup)(allWeights(core), x);
  disposeAll(own);
  // Else a loop that reads no output never lets the device begin, and keeps every batch.
  await output.data();
  return output;
}

/** Copies in Keras's order: training takes over the memory of the weights themselves. */
export async function copyWeights(core: ModelCore): Promise<Tensor[]> {
  const all = allWeights(core);
  const values = core.network.weights.flatMap(({ path }) => all[path] ?? []);
  return Promise.all(
    values.map(async (value) => tensor(await value.data(), { shape: value.shape, dtype: value.dtype })),
  );
}

/** @throws shape when there are not as many, or one has another shape */
export function replaceWeights(core: ModelCore, given: readonly Tensor[]): void {
  const { network } = core;
  if (given.length !== network.weights.length) {
    throw new SinterError(
      "shape",
      `setWeights: ${given.length} tensors came, the model has ${network.weights.length}. Give them in the order of getWeights.`,
    );
  }
  const entries = network.weights.map(({ path, shape }, index) => {
    const value = given[index];
    if (value === undefined || !sameShape(value.shape, shape)) {
      throw new SinterError(
        "shape",
        `setWeights: tensor ${index} is ${shapeText(value?.shape ?? [])}, but ${path} is ${shapeText(shape)}.` +
          " Give them in the order of getWeights.",
        { path },
      );
    }
    // A product is a tensor of its own: training takes over the memory of the model's, never that of the user's.
    return [path, value.cast("f32").mul(1)] as const;
  });
  Object.assign(core, separate(network, Object.fromEntries(entries)));
}
