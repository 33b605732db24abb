// What fit, evaluate, predict and save share of a model: its network, its values on the device, how it was compiled, and
// the programs made so far. No data, no loop.

import { SinterError } from "#engine/base/error.ts";
import { numberWithin } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import { full, tensor } from "#engine/tensor/create.ts";
import { key } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { AugmentOptions } from "#learning/data/augment.ts";
import type { Dataset, Rescale } from "#learning/data/dataset.ts";
import type { ShortFloat, Weights } from "#learning/nn/layer.ts";
import { initialWeights, withTrainable, type Network } from "#learning/nn/network.ts";
import type { Optimizer, OptimizerState } from "#learning/optim/optimizer.ts";
import { learningRateAt } from "#learning/optim/schedules.ts";
import type { LoggedNumber } from "./metric-states.ts";
import type { DeviceBatch } from "./device-batch.ts";
import { boundObjectives, loggedOf, type BoundObjective, type Objective } from "./objectives.ts";
import {
  makePredictStep,
  makeTestStep,
  makeTrainStep,
  type LossSetup,
  type PredictStep,
  type StepScalars,
  type StepSetup,
  type MetricStates,
  type TestStep,
  type TrainStep,
} from "./step.ts";

/** How a model learns and is measured. */
export interface Compiled {
  readonly optimizer: Optimizer;
  /** Of the outputs that are learnt. */
  readonly objectives: readonly Objective[];
  /** What values between layers are stored as; f32 where it is left out. */
  readonly mixedPrecision?: ShortFloat | undefined;
  readonly recompute?: boolean | undefined;
}

/** What a model needs to be used on pictures; saved with it. */
export interface Preprocessing {
  /** Applied to bytes before the first layer. */
  readonly rescale?: Rescale;
  /** Height and width. */
  readonly imageSize?: readonly [number, number];
  readonly classNames?: readonly string[];
  /** What logits are divided by before the last sigmoid or softmax, when the model predicts; see `calibrate`. */
  readonly temperature?: number;
  /** The least probability of the second of two classes that counts as it; 0.5 where it is left out. */
  readonly threshold?: number;
}

/** What is known of pictures beside what a data set says of its own. */
export function preprocessingFor(known: Preprocessing, { rescale, classNames, elementShape }: Dataset): Preprocessing {
  const [height, width] = elementShape;
  const isPicture = elementShape.length === 3 && height !== undefined && width !== undefined;
  if (rescale === undefined && classNames === undefined) return known;
  return {
    ...known,
    ...(rescale === undefined ? {} : { rescale }),
    ...(classNames === undefined ? {} : { classNames }),
    ...(isPicture ? { imageSize: [height, width] } : {}),
  };
}

/** The data's part in what a program is compiled for. */
export interface DataSetup {
  readonly scale: number;
  readonly offset: number;
  readonly augment?: AugmentOptions | undefined;
}

export interface ModelCore {
  network: Network;
  /** Trained weights, by path. */
  weights: Weights;
  /** Weights that are not trained. */
  frozen: Weights;
  /** Undefined until the first step. */
  optimizerState: OptimizerState | undefined;
  /** Updates done. */
  iterations: number;
  /** Set while training, in place of the optimizer's own; undefined where none was set. */
  learningRate: number | undefined;
  readonly seed: number;
  preprocessing: Preprocessing;
  compiled: Compiled | undefined;
  /** Programs by what they were compiled for; emptied by compile. */
  readonly programs: {
    readonly train: Map<string, TrainStep>;
    readonly test: Map<string, TestStep>;
    readonly predict: Map<string, PredictStep>;
  };
}

/** A core with first weights from a seed. */
export function createCore(network: Network, seed: number): ModelCore {
  const { weights, frozen } = separate(network, initialWeights(network, key(seed)));
  return {
    network,
    weights,
    frozen,
    optimizerState: undefined,
    iterations: 0,
    learningRate: undefined,
    seed,
    preprocessing: {},
    compiled: undefined,
    programs: { train: new Map(), test: new Map(), predict: new Map() },
  };
}

/** Weights that are trained, and those that are not. */
export function separate(network: Network, all: Weights): { readonly weights: Weights; readonly frozen: Weights } {
  const pick = (trainable: boolean): Weights =>
    Object.fromEntries(
      network.weights.flatMap(({ path, trainable: isTrained }) => {
        const value = all[path];
        return isTrained === trainable && value !== undefined ? [[path, value]] : [];
      }),
    );
  return { weights: pick(true), frozen: pick(false) };
}

/** All weights, by path. */
export function allWeights({ weights, frozen }: ModelCore): Weights {
  return { ...weights, ...frozen };
}

/** How the model was compiled. @throws state when it was not */
export function compiledOf(core: ModelCore, what: string): Compiled {
  if (core.compiled !== undefined) return core.compiled;
  throw new SinterError(
    "state",
    `${what}: the model is not compiled. Call compile({ optimizer: "adam", loss: "binaryCrossentropy" }) first.`,
  );
}

/** The optimizer's state, zeros before the first step. */
export function optimizerStateOf(core: ModelCore): OptimizerState {
  core.optimizerState ??= compiledOf(core, "fit").optimizer.initialState(core.weights);
  return core.optimizerState;
}

/** Objectives whose metrics know the shapes of labels and predictions. @param labels with the batch axis, one for each */
function bindObjectives(core: ModelCore, labels: readonly Shape[], what: string): BoundObjective[] {
  return boundObjectives(compiledOf(core, what).objectives, labels, core.network.outputTypes);
}

/** What is logged beside `loss` for batches with these labels. */
export function loggedNumbers(core: ModelCore, labels: readonly Shape[], what: string): LoggedNumber[] {
  return loggedOf(bindObjectives(core, labels, what));
}

/** The step of training for data of this kind; made once. */
export function trainStepOf(core: ModelCore, data: DataSetup, labels: readonly Shape[]): TrainStep {
  const { optimizer } = compiledOf(core, "fit");
  return cached(core.programs.train, setupKey(data, labels), () =>
    makeTrainStep(setupOf(core, data, labels), optimizer),
  );
}

/** The step of evaluation; it never augments. */
export function testStepOf(core: ModelCore, { scale, offset }: DataSetup, labels: readonly Shape[]): TestStep {
  const data = { scale, offset };
  return cached(core.programs.test, setupKey(data, labels), () => makeTestStep(setupOf(core, data, labels)));
}

/** Freezes layers or no longer; moments of the optimizer are dropped, since they are kept by trained weight. */
export function setTrainable(core: ModelCore, trainable: boolean, names?: readonly string[]): void {
  const network = withTrainable(core.network, trainable, names);
  Object.assign(core, { network, ...separate(network, allWeights(core)), optimizerState: undefined });
  for (const programs of Object.values(core.programs)) programs.clear();
}

/** The step of prediction. */
export function predictStepOf(core: ModelCore, { scale, offset }: DataSetup): PredictStep {
  const { temperature } = core.preprocessing;
  const storedAs = core.compiled?.mixedPrecision;
  return cached(core.programs.predict, `${scale} ${offset} ${temperature ?? 1} ${storedAs ?? "f32"}`, () =>
    makePredictStep({ network: core.network, scale, offset, temperature, storedAs }),
  );
}

/** The outputs for a batch; states of recurrent layers that are kept from batch to batch move on. */
export function predictOnce(core: ModelCore, setup: DataSetup, inputs: readonly Tensor[]): readonly Tensor[] {
  const { outputs, carried } = predictStepOf(core, setup)(allWeights(core), inputs);
  carryOn(core, carried);
  return outputs;
}

/** Metrics after one more batch; states of recurrent layers that are kept from batch to batch move on. */
export function testOnce(core: ModelCore, step: TestStep, metrics: MetricStates, batch: DeviceBatch): MetricStates {
  const { metrics: counted, carried } = step(allWeights(core), metrics, batch);
  carryOn(core, carried);
  return counted;
}

function carryOn(core: ModelCore, carried: Weights): void {
  if (Object.keys(carried).length > 0) core.frozen = { ...core.frozen, ...carried };
}

/** Zeros for the states that recurrent layers keep from batch to batch. */
export function resetStates(core: ModelCore): void {
  const begun = core.network.weights.flatMap(({ path, shape, isCarried }) =>
    isCarried === true ? [[path, full(shape, 0)]] : [],
  );
  core.frozen = { ...core.frozen, ...Object.fromEntries(begun) };
}

function cached<Program>(programs: Map<string, Program>, setup: string, make: () => Program): Program {
  const known = programs.get(setup);
  if (known !== undefined) return known;
  const program = make();
  programs.set(setup, program);
  return program;
}

function setupOf(core: ModelCore, data: DataSetup, labels: readonly Shape[]): StepSetup {
  return { ...lossSetupOf(core, data, "fit"), objectives: bindObjectives(core, labels, "fit") };
}

/** What the loss of training depends on beside weights and data. @throws state when the model is not compiled */
export function lossSetupOf(core: ModelCore, data: DataSetup, what: string): LossSetup {
  const { objectives, mixedPrecision: storedAs, recompute } = compiledOf(core, what);
  return { network: core.network, objectives, storedAs, recompute, ...data };
}

/** Metrics choose by the labels' rank and last extent. */
function setupKey(data: DataSetup, labels: readonly Shape[]): string {
  return JSON.stringify([data, ...labels.flatMap((shape) => [shape.length, shape.length > 1 ? shape.at(-1) : 0])]);
}

/** The rate of the next step: the one that was set, else the optimizer's own. @throws state when it is not compiled */
export function learningRateOf(core: ModelCore, what: string): number {
  return core.learningRate ?? learningRateAt(compiledOf(core, what).optimizer.learningRate, core.iterations);
}

/** Sets the rate of every further step. @throws option where the optimizer has a schedule; state when not compiled */
export function setLearningRate(core: ModelCore, value: number): void {
  const own = compiledOf(core, "learningRate").optimizer.learningRate;
  if (typeof own !== "number") {
    throw new SinterError(
      "option",
      `learningRate: the optimizer follows the schedule ${own.kind}, so its rate cannot be set. Compile with a number.`,
      { schedule: own.kind },
    );
  }
  core.learningRate = numberWithin("model", "learningRate", value, 0, Number.MAX_VALUE);
}

/** The step's scalars, of which none is compiled in. */
export function scalarsOf(core: ModelCore, runKey: Tensor): StepScalars {
  const rate = learningRateOf(core, "fit");
  const high = Math.fround(rate);
  return {
    key: runKey,
    learningRate: tensor(Float32Array.of(high, rate - high)),
    step: tensor(Int32Array.of(core.iterations), { shape: [] }),
  };
}
