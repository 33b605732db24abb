// One batch at a time, and the weights themselves: trainOnBatch, testOnBatch, predictOnBatch, getWeights, setWeights.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice } from "#engine/base/options.ts";
import { sameShape, shapeText, type Shape } from "#engine/base/shape.ts";
import { platform } from "#engine/platform/api.ts";
import { tensor } from "#engine/tensor/create.ts";
import { key } from "#engine/tensor/random.ts";
import { isTensor, type Tensor } from "#engine/tensor/tensor.ts";
import { scaleAndOffset } from "#learning/data/dataset.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { copyOf } from "#learning/nn/network.ts";
import type { DeviceBatch } from "./device-batch.ts";
import { disposeAll } from "./dispose.ts";
import { toHost, upload, type Receiver } from "./feed.ts";
import { initialStates, readLogs, type LoggedNumber, type Logs } from "./metric-states.ts";
import {
  allWeights,
  loggedNumbers,
  optimizerStateOf,
  predictOnce,
  predictStepOf,
  scalarsOf,
  separate,
  testOnce,
  testStepOf,
  trainStepOf,
  type DataSetup,
  type ModelCore,
} from "./model-core.ts";
import { inOrder, isForAll, type SeveralValues, type Values } from "./several-values.ts";
import { trainOnce } from "./train-epoch.ts";
import type { MetricStates } from "./step.ts";

/** Values on the device and how they are scaled: bytes as the model has stored it, everything else not at all. */
export interface Input {
  readonly inputs: readonly Tensor[];
  readonly setup: DataSetup;
  /** What was uploaded here, and not handed in by the user. */
  readonly own: readonly Tensor[];
}

/** An input with its labels. */
export interface LabelledInput extends Omit<Input, "inputs"> {
  readonly batch: DeviceBatch;
  /** Shapes of the labels. */
  readonly labels: readonly Shape[];
}

/** Values on the device, and those of them that were uploaded here. */
async function uploadAll(values: readonly Values[], name: string): Promise<Pick<Input, "own"> & { all: Tensor[] }> {
  const all = await Promise.all(values.map(async (one) => (isTensor(one) ? one : upload(await toHost(one, name)))));
  return { all, own: all.filter((_, place) => !isTensor(values[place])) };
}

/** Values on the device. */
export async function inputOf({ preprocessing, names }: Receiver, values: Values | SeveralValues): Promise<Input> {
  const { all: inputs, own } = await uploadAll(inOrder(values, names.inputs, "x"), "x");
  const isStored = inputs[0]?.dtype === "u8";
  return { inputs, setup: scaleAndOffset(isStored ? preprocessing.rescale : undefined), own };
}

export interface OnBatchOptions {
  /**
   * What the loss of each sample, [n], or place, [n, time], is multiplied with; for several outputs also a list or a record
   * by output. Of metrics only weightedMetrics heed it.
   */
  readonly sampleWeight?: Values | SeveralValues | undefined;
}

/** Values and labels on the device. */
export async function batchOf(
  receiver: Receiver,
  x: Values | SeveralValues,
  y: Values | SeveralValues,
  options: OnBatchOptions = {},
): Promise<LabelledInput> {
  checkOptions("onBatch", options, ["sampleWeight"]);
  const { sampleWeight } = options;
  const { inputs, setup, own } = await inputOf(receiver, x);
  const targets = await uploadAll(inOrder(y, receiver.names.targets, "y"), "y");
  const weights = sampleWeight === undefined ? undefined : await uploadWeights(receiver, sampleWeight);
  const [first, ...furtherInputs] = inputs;
  const [label, ...furtherTargets] = targets.all;
  if (first === undefined || label === undefined)
    throw new SinterError("data", "A batch without values. Give x and y.");
  const batch = {
    x: first,
    ...(furtherInputs.length === 0 ? {} : { furtherInputs }),
    y: label,
    ...(furtherTargets.length === 0 ? {} : { furtherTargets }),
    ...weights?.parts,
  };
  const uploaded = [...own, ...targets.own, ...(weights?.own ?? [])];
  return { batch, setup, labels: targets.all.map(({ shape }) => shape), own: uploaded };
}

async function uploadWeights(
  { names }: Receiver,
  weights: Values | SeveralValues,
): Promise<Pick<Input, "own"> & { readonly parts: Pick<DeviceBatch, "weights" | "targetWeights"> }> {
  const isOne = isForAll(weights);
  const { all, own } = await uploadAll(
    isOne ? [weights] : inOrder(weights, names.targets, "sampleWeight"),
    "sampleWeight",
  );
  const [first] = all;
  return { own, parts: isOne && first !== undefined ? { weights: first } : { targetWeights: all } };
}

/** The device and the first weights were one task of the page; tracing, at the first batch, is another. */
async function yieldBeforeTracing(programs: ReadonlyMap<string, unknown>): Promise<void> {
  if (programs.size === 0) await platform().yield();
}

/** One update; the numbers are those of the batch before it. */
export async function trainBatch(core: ModelCore, { batch, setup, labels, own }: LabelledInput): Promise<Logs> {
  const logged = loggedNumbers(core, labels, "trainOnBatch");
  const runKey = key(core.seed);
  const before = initialStates(logged);
  await yieldBeforeTracing(core.programs.train);
  const { states, loss } = trainOnce(core, trainStepOf(core, setup, labels), runKey, { batch, states: before });
  disposeAll([own, runKey, before, loss]);
  return readAndDispose(logged, states);
}

/** Compiles the prediction of a batch of this shape, without running it, and tells its kernels. */
export async function explainPrediction(core: ModelCore, { inputs, setup, own }: Input): Promise<string> {
  const text = await predictStepOf(core, setup).explain(allWeights(core), inputs);
  disposeAll(own);
  return text;
}

/** Compiles the step for a batch of this shape, without running it, and tells its kernels. */
export async function explainBatch(core: ModelCore, { batch, setup, labels, own }: LabelledInput): Promise<string> {
  const values = { weights: core.weights, frozen: core.frozen, optimizerState: optimizerStateOf(core) };
  const states = initialStates(loggedNumbers(core, labels, "explain"));
  const scalars = scalarsOf(core, key(core.seed));
  const text = await trainStepOf(core, setup, labels).explain(values, states, batch, scalars);
  disposeAll([own, states]);
  return text;
}

/** Loss and metrics of a batch. */
export async function testBatch(core: ModelCore, { batch, setup, labels, own }: LabelledInput): Promise<Logs> {
  const logged = loggedNumbers(core, labels, "testOnBatch");
  const before = initialStates(logged);
  await yieldBeforeTracing(core.programs.test);
  const states = testOnce(core, testStepOf(core, setup, labels), before, batch);
  disposeAll([own, before]);
  return readAndDispose(logged, states);
}

async function readAndDispose(logged: readonly LoggedNumber[], states: MetricStates): Promise<Logs> {
  const logs = await readLogs(logged, states);
  disposeAll(states);
  return logs;
}

/** The outputs for a batch, computed. */
export async function predictBatch(core: ModelCore, { inputs, setup, own }: Input): Promise<Tensor[]> {
  await yieldBeforeTracing(core.programs.predict);
  const outputs = predictOnce(core, setup, inputs);
  disposeAll(own);
  // Else a loop that reads no output never lets the device begin, and keeps every batch.
  await Promise.all(outputs.map((output) => output.data()));
  return [...outputs];
}

/** Copies in Keras's order: training takes over the memory of the weights themselves. */
export async function copyWeights(core: ModelCore): Promise<Tensor[]> {
  const all = allWeights(core);
  const values = core.network.weights.flatMap(({ path }) => all[path] ?? []);
  return Promise.all(
    values.map(async (value) => tensor(await value.data(), { shape: value.shape, dtype: value.dtype })),
  );
}

/**
 * Takes copies of weights: all in Keras's order, or some by path.
 * @throws shape when there are not as many, or one has another shape; option for a path that is not there
 */
export function replaceWeights(core: ModelCore, given: readonly Tensor[] | Weights): void {
  const { network } = core;
  const isAll = isList(given);
  if (isAll && given.length !== network.weights.length) {
    throw new SinterError(
      "shape",
      `setWeights: ${given.length} tensors came, the model has ${network.weights.length}. Give them in the order of getWeights.`,
    );
  }
  const paths = network.weights.map(({ path }) => path);
  if (!isAll) for (const path of Object.keys(given)) choice("setWeights", "weight", path, paths);
  const olds = allWeights(core);
  const entries = network.weights.map(({ path, shape, dtype = "f32" }, index) => {
    const value = isAll ? given[index] : (given[path] ?? olds[path]);
    if (value === undefined || !sameShape(value.shape, shape)) {
      throw new SinterError(
        "shape",
        `setWeights: ${isAll ? `tensor ${index}` : "it"} is ${shapeText(value?.shape ?? [])}, but ${path} is ` +
          `${shapeText(shape)}. Give them in the order of getWeights, or by path.`,
        { path },
      );
    }
    // A product is a tensor of its own: training takes over the memory of the model's, never that of the user's.
    return [path, value === olds[path] ? value : copyOf(value.cast(dtype))] as const;
  });
  Object.assign(core, separate(network, Object.fromEntries(entries)));
}

function isList(given: readonly Tensor[] | Weights): given is readonly Tensor[] {
  return Array.isArray(given);
}
