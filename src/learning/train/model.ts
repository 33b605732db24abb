// The model, of layers in a row or of a network: built, compiled, trained, evaluated, used, saved. Each job is done in its
// own file; here stands what users call.

import { BugError, SinterError } from "#engine/base/error.ts";
import { checkOptions, integer } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Dataset } from "#learning/data/dataset.ts";
import { input } from "#learning/nn/dense.ts";
import type { Layer, Weights } from "#learning/nn/layer.ts";
import { inputNames, outputNames } from "#learning/nn/end-names.ts";
import { sequentialNetwork, type Network } from "#learning/nn/network.ts";
import { networkLayer } from "#learning/nn/sub-network.ts";
import { summarize, type SummaryOptions } from "#learning/nn/summary.ts";
import { parseArguments, sizeOf, type Given } from "./arguments.ts";
import { compiledFrom, type CompileOptions } from "./compile.ts";
import { evaluateDataset, type EvaluateOptions } from "./evaluate.ts";
import { datasetOf, isDataset, withoutOwnWeights, type Receiver } from "./feed.ts";
import type { ExportOnnxOptions } from "./export-onnx.ts";
import { fitDataset } from "./fit.ts";
import { givenValidation, trainingData } from "./fit-data.ts";
import type { FitDatasetOptions } from "./fit-run.ts";
import { findLearningRate, type FindLearningRateOptions, type LearningRateCurve } from "./find-learning-rate.ts";
import type { History } from "./history.ts";
import { limitOptions } from "./limits.ts";
import type { Logs } from "./metric-states.ts";
import {
  allWeights,
  createCore,
  learningRateOf,
  preprocessingFor,
  resetStates,
  setLearningRate,
  setTrainable,
  type ModelCore,
  type Preprocessing,
} from "./model-core.ts";
import {
  batchOf,
  copyWeights,
  explainBatch,
  explainPrediction,
  inputOf,
  predictBatch,
  replaceWeights,
  testBatch,
  trainBatch,
  type OnBatchOptions,
} from "./on-batch.ts";
import { predictDataset, type PredictOptions } from "./predict.ts";
import { keptIn, saveCore, type SaveOptions } from "./save.ts";
import type { SeveralValues, Values } from "./several-values.ts";

export interface FitOptions extends Omit<FitDatasetOptions, "validationData"> {
  /** For arrays; 32 by default. A data set has its own. */
  readonly batchSize?: number;
  /**
   * For arrays: what the loss of each sample, [n], or place, [n, time], is multiplied with; for several outputs also a list
   * or a record by output. Metrics count all alike.
   */
  readonly sampleWeight?: Values | SeveralValues | undefined;
  /** A data set, or [x, y], or [x, y, sampleWeight]. */
  readonly validationData?:
    | Dataset
    | readonly [x: Values | SeveralValues, y: Values | SeveralValues, sampleWeight?: Values | SeveralValues]
    | undefined;
  /** For arrays: this share, the last of them, is not trained on but validated. */
  readonly validationSplit?: number;
}

export interface SequentialOptions {
  readonly name?: string;
  /** Of the first weights and of dropout; 0 by default. */
  readonly seed?: number;
}

/**
 * A model of layers in a row; a model among them is taken `asLayer`.
 * @example
 * const model = sequential([layers.dense({ units: 1, inputShape: [3] })]);
 */
export function sequential(layers: readonly (Layer | Model)[] = [], options: SequentialOptions = {}): Model {
  checkOptions("sequential", options, ["name", "seed"]);
  return new Model(layers.map(asLayer), options);
}

function asLayer(part: Layer | Model): Layer {
  return part instanceof Model ? part.asLayer() : part;
}

const fitOptions = [
  "batchSize",
  "epochs",
  "stepsPerEpoch",
  "validationData",
  "validationSplit",
  "classWeight",
  "sampleWeight",
  "validationSteps",
  "validationFreq",
  "verbose",
  "output",
  "callbacks",
  "shuffle",
  "initialEpoch",
  "signal",
  "seed",
  "checkpoints",
  ...limitOptions,
];
const predictOptions = ["batchSize", "verbose", "output", "steps", "signal"];
const evaluateOptions = [...predictOptions, "sampleWeight"];

/** A network with its weights: trained, evaluated, used, saved. */
export class Model {
  readonly name: string;
  /** Layers in a row until they are built; a network is whole already. */
  readonly #plan: Layer[] | Network;
  readonly #seed: number;
  #core: ModelCore | undefined;
  #goals: CompileOptions | undefined;
  #preprocessing: Preprocessing = {};

  constructor(plan: readonly Layer[] | Network, { name = "sequential", seed = 0 }: SequentialOptions) {
    this.name = name;
    this.#plan = "layers" in plan ? plan : [...plan];
    this.#seed = integer("sequential", "seed", seed, 0);
  }

  /** What the rest of this room shares of a model. @throws state while it is not built */
  get core(): ModelCore {
    this.build();
    if (this.#core === undefined) throw new SinterError("state", `Model "${this.name}" is not built. Call build().`);
    return this.#core;
  }

  /** Layers, names, types and weights. */
  get network(): Network {
    return this.core.network;
  }

  /** How pictures become inputs: kept from the data, saved with the model. */
  get preprocessing(): Preprocessing {
    return this.#core?.preprocessing ?? this.#preprocessing;
  }

  set preprocessing(value: Preprocessing) {
    this.#preprocessing = value;
    if (this.#core !== undefined) this.#core.preprocessing = value;
  }

  /** The learning rate of the next step; of a schedule what it gives there. @throws state when it is not compiled */
  get learningRate(): number {
    return learningRateOf(this.core, "learningRate");
  }

  /** Sets the rate of every further step; compiles nothing anew. @throws option where the optimizer has a schedule */
  set learningRate(value: number) {
    setLearningRate(this.core, value);
  }

  /** Adds a layer at the end. @throws state once the model has its weights, or when it is a network already */
  add(layer: Layer | Model): void {
    if (!Array.isArray(this.#plan)) {
      throw new SinterError("state", "add: this model is a whole network. Apply the layer to its output instead.");
    }
    if (this.#core !== undefined) {
      throw new SinterError("state", "add: the model has its weights already. Add every layer before build or fit.");
    }
    this.#plan.push(asLayer(layer));
  }

  /**
   * This model as one layer of another, with its name. The other model begins with copies of the weights; what it learns
   * stays there.
   */
  asLayer(options: { readonly trainable?: boolean } = {}): Layer {
    checkOptions("asLayer", options, ["trainable"]);
    return networkLayer(this.network, { name: this.name, ...options }, allWeights(this.core));
  }

  /**
   * Makes the weights; does nothing when they are there.
   * @param inputShape of one sample, where the first layer does not say it
   */
  build(inputShape?: Shape): void {
    if (this.#core !== undefined) return;
    this.#core = createCore(this.#networkFor(inputShape), this.#seed);
    if (this.#goals !== undefined) this.#core.compiled = compiledFrom(this.#goals, outputNames(this.#core.network));
    this.#core.preprocessing = this.#preprocessing;
  }

  #networkFor(inputShape: Shape | undefined): Network {
    const plan = this.#plan;
    if (!Array.isArray(plan)) return plan;
    const needsInput = inputShape !== undefined && plan[0]?.inputType === undefined;
    return sequentialNetwork(needsInput ? [input({ shape: inputShape }), ...plan] : plan);
  }

  /**
   * Freezes layers (`false`), or trains them again: Keras's `layer.trainable`. A frozen batchNormalization keeps its
   * statistics. What the optimizer knew of its steps is dropped.
   * @param names of layers, as in `summary()`; all when left out
   * @throws option for a name that no layer has
   */
  setTrainable(trainable: boolean, names?: readonly string[]): void {
    setTrainable(this.core, trainable, names);
  }

  /** Keras's table of layers, shapes and parameters. */
  summary(options: SummaryOptions = {}): string {
    const { network, optimizerState } = this.core;
    const slots = Object.values(optimizerState ?? {}).flatMap((tensors) => Object.values(tensors));
    // Keras counts the step and the learning rate among the optimizer's variables.
    const sizes = optimizerState === undefined ? undefined : [1, 1, ...slots.map((slot) => slot.size)];
    return summarize(this.name, network, sizes, options);
  }

  /**
   * Says how the model learns and what is measured. Moments of an earlier optimizer are dropped. Of several outputs `loss`,
   * `lossWeights` and `metrics` are lists in the outputs' order, or records by name; the logs then have `ageLoss` and
   * `ageAccuracy` of an output named age, and `loss` is the weighted sum of all.
   */
  compile(options: CompileOptions): void {
    checkOptions("compile", options, [
      "optimizer",
      "learningRate",
      "loss",
      "lossWeights",
      "metrics",
      "weightedMetrics",
      "mixedPrecision",
      "recompute",
    ]);
    const compiled = compiledFrom(options, this.#outputNames);
    this.#goals = { ...options };
    if (this.#core === undefined) return;
    this.#core.compiled = compiled;
    this.#core.optimizerState = undefined;
    this.#core.iterations = 0;
    this.#core.learningRate = undefined;
    this.#core.programs.train.clear();
    this.#core.programs.test.clear();
  }

  /** The network, as soon as it is known. */
  get #knownNetwork(): Network | undefined {
    if (this.#core !== undefined) return this.#core.network;
    return Array.isArray(this.#plan) ? undefined : this.#plan;
  }

  get #outputNames(): readonly (string | undefined)[] {
    const network = this.#knownNetwork;
    return network === undefined ? [undefined] : outputNames(network);
  }

  /** What values are laid out for. */
  get #receiver(): Receiver {
    const network = this.#knownNetwork;
    const outputs = this.#outputNames;
    const goals = this.#goals;
    const compiled = this.#core?.compiled ?? (goals === undefined ? undefined : compiledFrom(goals, outputs));
    const names = {
      inputs: network === undefined ? [undefined] : inputNames(network),
      targets: compiled?.objectives.map(({ output }) => outputs[output]) ?? outputs,
    };
    return { preprocessing: this.preprocessing, names };
  }

  /** @throws option for a model of several outputs */
  #checkOneOutput(what: string, other: string): void {
    const names = this.#outputNames;
    if (names.length === 1) return;
    throw new SinterError(
      "option",
      `${what}: the model has ${names.length} outputs (${names.join(", ")}). Call ${other}, which gives a list of them.`,
      { outputs: names },
    );
  }

  /**
   * Trains.
   * @returns the numbers of every epoch
   * @throws aborted when `signal` fires; shape or data when the data does not fit
   */
  fit(dataset: Dataset, options?: FitOptions): Promise<History>;
  fit(x: Values | SeveralValues, y: Values | SeveralValues, options?: FitOptions): Promise<History>;
  async fit(first: Given, second?: Values | SeveralValues | FitOptions, third?: FitOptions): Promise<History> {
    const { data, y, options } = parseArguments(first, second, third);
    checkOptions("fit", options, fitOptions);
    const receiver = this.#receiver;
    const { train, split } = await trainingData(receiver, data, y, { ...options, seed: options.seed ?? this.#seed });
    this.build(train.elementShape);
    this.preprocessing = preprocessingFor(this.preprocessing, train);
    const validationData = (await givenValidation(this.#receiver, options)) ?? split;
    return fitDataset(this.core, this, train, { ...options, validationData });
  }

  /**
   * Trains with a rate that rises from step to step until the loss diverges; weights and optimizer are as before
   * afterwards.
   * @returns the curve and the rate that it speaks for
   * @source Smith 2017, Cyclical learning rates for training neural networks
   */
  async findLearningRate(dataset: Dataset, options: FindLearningRateOptions = {}): Promise<LearningRateCurve> {
    this.build(dataset.elementShape);
    return findLearningRate(this.core, dataset, options);
  }

  /**
   * Loss and metrics over data, in file order.
   * @returns `{ loss, accuracy, … }`
   */
  evaluate(dataset: Dataset, options?: EvaluateOptions): Promise<Logs>;
  evaluate(x: Values | SeveralValues, y: Values | SeveralValues, options?: EvaluateOptions): Promise<Logs>;
  async evaluate(
    first: Given,
    second?: Values | SeveralValues | EvaluateOptions,
    third?: EvaluateOptions,
  ): Promise<Logs> {
    const { data, y, options } = parseArguments(first, second, third);
    checkOptions("evaluate", options, evaluateOptions);
    const { sampleWeight } = options;
    const dataset = isDataset(data)
      ? withoutOwnWeights(data, "evaluate", options)
      : await datasetOf(this.#receiver, data, y, { ...sizeOf(options), sampleWeight });
    this.build(dataset.elementShape);
    return evaluateDataset(this.core, dataset, { verbose: 1, ...options });
  }

  /**
   * The network's outputs, in file order.
   * @returns [samples, ...output shape]
   * @throws option for a model of several outputs, see `predictAll`
   */
  async predict(data: Given, options: PredictOptions = {}): Promise<Tensor> {
    this.#checkOneOutput("predict", "predictAll");
    return only(await this.predictAll(data, options));
  }

  /** The values of all outputs, in the model's order, as `predict` gives the one. */
  async predictAll(data: Given, options: PredictOptions = {}): Promise<Tensor[]> {
    checkOptions("predict", options, predictOptions);
    const dataset = isDataset(data) ? data : await datasetOf(this.#receiver, data, undefined, sizeOf(options));
    this.build(dataset.elementShape);
    return predictDataset(this.core, dataset, { verbose: 1, ...options });
  }

  /** One update with a batch. @returns loss and metrics of this batch, before the update */
  async trainOnBatch(x: Values | SeveralValues, y: Values | SeveralValues, options?: OnBatchOptions): Promise<Logs> {
    return trainBatch(this.core, await batchOf(this.#receiver, x, y, options));
  }

  /**
   * Compiles the train step for a batch of this shape, without running it; the prediction where `y` is left out.
   * @returns its kernels with flops and bytes, the arena's size and the time of compiling, as text
   */
  async explain(x: Values | SeveralValues, y?: Values | SeveralValues): Promise<string> {
    return y === undefined
      ? explainPrediction(this.core, await inputOf(this.#receiver, x))
      : explainBatch(this.core, await batchOf(this.#receiver, x, y));
  }

  /** Loss and metrics of a batch. */
  async testOnBatch(x: Values | SeveralValues, y: Values | SeveralValues, options?: OnBatchOptions): Promise<Logs> {
    return testBatch(this.core, await batchOf(this.#receiver, x, y, options));
  }

  /** The output for a batch. @throws option for a model of several outputs, see `predictAllOnBatch` */
  async predictOnBatch(x: Values | SeveralValues): Promise<Tensor> {
    this.#checkOneOutput("predictOnBatch", "predictAllOnBatch");
    return only(await this.predictAllOnBatch(x));
  }

  /** The values of all outputs for a batch, in the model's order. */
  async predictAllOnBatch(x: Values | SeveralValues): Promise<Tensor[]> {
    return predictBatch(this.core, await inputOf(this.#receiver, x));
  }

  /** Stateful recurrent layers begin the next batch with zeros, as Keras's `reset_states`. */
  resetStates(): void {
    resetStates(this.core);
  }

  /** Copies of all weights, in Keras's order. */
  async getWeights(): Promise<Tensor[]> {
    return copyWeights(this.core);
  }

  /** Takes copies of weights: all, in the order of `getWeights`, or some by path. @throws shape, option */
  setWeights(weights: readonly Tensor[] | Weights): void {
    replaceWeights(this.core, weights);
  }

  /**
   * Writes what the model predicts as an ONNX file (opset 18), which ONNX Runtime and many others run: inputs and outputs are
   * named as the layers, batches may have any size, class names and the factor of pixels lie in the metadata. Stateful layers
   * take their states as inputs, which may be left out, and give the next ones as outputs. How to train is not exported.
   * @param path of the file: `cats.onnx`
   * @throws option where ONNX has no words for what a layer does; limit beyond 2 GiB with `externalData: false`
   */
  async exportOnnx(path: string, options: ExportOnnxOptions = {}): Promise<void> {
    const { exportCore } = await import("./export-onnx.ts");
    await exportCore(this.core, this.name, path, options);
  }

  /**
   * Writes model.json and model.safetensors into a folder, or a file that Keras 3 opens where the path ends in ".keras"; see
   * `loadModel`. The graph of an ONNX file is kept as model.onnx in the folder, whose weights are those of model.safetensors.
   * @throws option for a graph that no ONNX file holds; format for a .keras file of layers, losses or optimizers that Keras has not
   */
  async save(path: string, options: SaveOptions = {}): Promise<void> {
    checkOptions("save", options, ["includeOptimizer"]);
    const write = keptIn(path) === "keras" ? (await import("./keras-files.ts")).saveKerasFile : saveCore;
    await write(this.core, this.name, path, options);
  }

  /** Writes the weights alone, with the optimizer's state, as Keras 3 does. @param path "name.weights.h5" */
  async saveWeights(path: string): Promise<void> {
    const { saveKerasWeights } = await import("./keras-files.ts");
    await saveKerasWeights(this.core, this.name, path);
  }

  /**
   * Takes the weights of a file of Keras's: .weights.h5, .h5 of any version, or .keras. Layers are found by their order, as
   * Keras finds them.
   * @throws format where the file's weights are not those of this model
   */
  async loadWeights(path: string): Promise<void> {
    const { loadKerasWeights } = await import("./keras-files.ts");
    await loadKerasWeights(this.core, this.name, path);
  }
}

function only([output]: readonly Tensor[]): Tensor {
  if (output === undefined) throw new BugError("A model without an output.");
  return output;
}
