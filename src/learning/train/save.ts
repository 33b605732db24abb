// Saving and loading: a folder with model.json (what the model is) and model.safetensors (its weights and the optimizer's
// state). Each file is written whole or not at all.

import type { HostArray } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { sameShape, shapeText, type Shape } from "#engine/base/shape.ts";
import { platform } from "#engine/platform/api.ts";
import { tensor } from "#engine/tensor/create.ts";
import { isTensor, type Tensor } from "#engine/tensor/tensor.ts";
import {
  decodeModelJson,
  encodeModelJson,
  type Described,
  type DescribedObjective,
  type DescribedGraph,
  type ModelDescription,
} from "#learning/formats/model-json.ts";
import { loadSafetensors } from "#learning/formats/safetensors-files.ts";
import { encodeSafetensors, type StoredTensor } from "#learning/formats/safetensors.ts";
import type { DescribedModel } from "#learning/formats/keras/read.ts";
import { scaleAndOffset } from "#learning/data/dataset.ts";
import { outputNames } from "#learning/nn/end-names.ts";
import type { ShortFloat } from "#learning/nn/layer.ts";
import { layerFromConfig, type LayerMaker } from "#learning/nn/layers.ts";
import { networkOf, sequentialNetwork, type Network } from "#learning/nn/network.ts";
import { optimizerFromConfig, withLearningRate } from "#learning/optim/optimizers.ts";
import { compiledFrom } from "./compile.ts";
import { graphFileOf, graphKind, requireKeptGraphs } from "./graph-file.ts";
import { lossFromConfig, lossNames, type Loss } from "./losses.ts";
import { metricFromConfig } from "./metrics.ts";
import { allWeights, separate, type Compiled, type ModelCore, type Preprocessing } from "./model-core.ts";
import type { Goals } from "./objectives.ts";

export interface SaveOptions {
  /** Whether training can go on from the file: moments are two thirds of it with Adam. True by default. */
  readonly includeOptimizer?: boolean;
}

/** How a model was compiled, as its file says it. */
type Training = NonNullable<ModelDescription["training"]>;

/** Optimizer tensors are stored as `optimizer/momentum/dense/kernel`; weights have only one slash. */
const optimizerPrefix = "optimizer/";

/** The files of a saved model. */
export const modelFiles = { description: "model.json", weights: "model.safetensors", graph: "model.onnx" } as const;

/** What a path asks for by its end. @throws option for a file that is not written */
export function keptIn(path: string): "keras" | "folder" {
  if (/\.(h5|hdf5)$/iu.test(path)) {
    throw new SinterError(
      "option",
      `save: ${path} is of Keras's old format, which is read and not written. Save into "name.keras", the weights alone by ` +
        'saveWeights("name.weights.h5"), or for TensorFlow.js a layers-model by saveTfjs.',
      { path },
    );
  }
  return /\.keras$/iu.test(path) ? "keras" : "folder";
}

/** Writes the folder. */
export async function saveCore(core: ModelCore, name: string, path: string, options: SaveOptions): Promise<void> {
  requireKeptGraphs(core.network);
  const { files } = platform();
  const { weights, description, graph } = await encodeModel(core, name, options);
  await files.makeFolder(path);
  if (graph !== undefined) await files.writeAtomically(join(path, modelFiles.graph), graph);
  await files.writeAtomically(join(path, modelFiles.weights), weights);
  await files.writeAtomically(join(path, modelFiles.description), description);
}

/** The files of a model as bytes. */
export interface EncodedModel {
  readonly weights: Uint8Array;
  readonly description: Uint8Array;
  /** Where a layer of it is a graph. */
  readonly graph: Uint8Array | undefined;
}

export async function encodeModel(core: ModelCore, name: string, options: SaveOptions): Promise<EncodedModel> {
  const { description, tensors } = await describedModel(core, name, options);
  const weights = encodeSafetensors(tensors);
  return {
    weights,
    description: new TextEncoder().encode(encodeModelJson(description)),
    graph: graphFileOf(core.network, { file: modelFiles.weights, bytes: weights }, tensors),
  };
}

/** A model as files of any format hold it. */
export async function describedModel(core: ModelCore, name: string, options: SaveOptions): Promise<DescribedModel> {
  const tensors: [string, Tensor][] = core.network.weights.flatMap(({ path: weight }) => {
    const value = allWeights(core)[weight];
    return value === undefined ? [] : [[weight, value]];
  });
  if (options.includeOptimizer !== false) {
    for (const [slot, values] of Object.entries(core.optimizerState ?? {})) {
      for (const [weight, value] of Object.entries(values))
        tensors.push([`${optimizerPrefix}${slot}/${weight}`, value]);
    }
  }
  const stored = await Promise.all(tensors.map(async ([key, value]) => [key, await storedTensor(value)] as const));
  return { description: describe(core, name), tensors: new Map(stored) };
}

/** A tensor as a file keeps it. */
export async function storedTensor(value: Tensor): Promise<StoredTensor> {
  const data: HostArray = await value.data();
  return {
    dtype: value.dtype,
    shape: value.shape,
    data: data instanceof Float64Array ? Float32Array.from(data) : data,
  };
}

function describe(core: ModelCore, name: string): ModelDescription {
  const { compiled, iterations, learningRate, seed, network, preprocessing } = core;
  const { classNames, imageSize, rescale, temperature, threshold } = preprocessing;
  return {
    name,
    layers: network.layers.map(({ layer, name: layerName }) => ({
      kind: layer.config.kind,
      options: { name: layerName, ...layer.config.options },
    })),
    ...(network.isSequential ? {} : { graph: graphOf(network) }),
    ...(compiled === undefined
      ? {}
      : { training: { ...describeCompiled(compiled, learningRate, network), iterations, seed } }),
    preprocessing: {
      ...(rescale === undefined ? {} : scaleAndOffset(rescale)),
      imageSize,
      classNames,
      temperature,
      threshold,
    },
  };
}

function graphOf({ calls, outputs }: Network): DescribedGraph {
  return {
    calls: calls.map(({ layer, inputs, outputs: values }) => ({
      layer,
      inputs,
      ...(values.length === 1 ? {} : { values: values.length }),
    })),
    outputs,
  };
}

/** The optimizer keeps the rate that was set while training, as Keras's does. */
function describeCompiled(
  { optimizer, objectives, mixedPrecision, recompute }: Compiled,
  learningRate: number | undefined,
  { outputs }: Network,
): Omit<Training, "iterations" | "seed"> {
  const { config } = optimizer;
  const now = learningRate === undefined ? config : withLearningRate(config, learningRate);
  const all = objectives.map(({ name, loss: { kind, ...options }, weight, metrics, weightedMetrics }) => ({
    output: name,
    loss: { kind, options },
    weight,
    metrics: metrics.map((metric) => metric.config),
    ...(weightedMetrics.length === 0 ? {} : { weightedMetrics: weightedMetrics.map((metric) => metric.config) }),
  }));
  const [first] = all;
  const isPlain = outputs.length === 1 && first?.weight === 1;
  const common = {
    optimizer: now,
    ...(mixedPrecision === undefined ? {} : { mixedPrecision }),
    ...(recompute === true ? { recompute } : {}),
  };
  if (!isPlain) return { ...common, objectives: all };
  const { output: _, weight: _one, ...own } = first;
  return { ...common, ...own };
}

/** What a model's folder says of it. */
export interface DescribedFolder {
  readonly description: ModelDescription;
  readonly network: Network;
}

/** A model's folder, read and checked. */
export interface LoadedModel extends DescribedFolder {
  readonly preprocessing: Preprocessing;
  readonly tensors: ReadonlyMap<string, StoredTensor | Tensor>;
}

/**
 * Reads the folder, its weights to the device.
 * @throws file, format as `readDescription`
 */
export async function readModel(...folder: Parameters<typeof readDescription>): Promise<LoadedModel> {
  const described = await readDescription(...folder);
  const tensors = await loadSafetensors(join(folder[0], modelFiles.weights));
  return { ...described, tensors, preprocessing: preprocessingFrom(described.description) };
}

/**
 * Reads the folder but for its weights.
 * @param graphMaker reads the file of a graph among the layers
 * @throws file when it is not there; format when it is damaged
 */
export async function readDescription(
  path: string,
  custom: Readonly<Record<string, LayerMaker>>,
  graphMaker?: (path: string) => Promise<LayerMaker>,
): Promise<DescribedFolder> {
  const { files } = platform();
  const description = decodeModelJson(await files.read(join(path, modelFiles.description)));
  const hasGraph = description.layers.some(({ kind }) => kind === graphKind);
  const graph = hasGraph ? await graphMaker?.(join(path, modelFiles.graph)) : undefined;
  const makers = graph === undefined ? custom : { [graphKind]: graph, ...custom };
  return { description, network: networkFrom(description, makers) };
}

/** How pictures become inputs, as a description says it. */
export function preprocessingFrom({ preprocessing }: ModelDescription): Preprocessing {
  const { scale, offset, imageSize, classNames, temperature, threshold } = preprocessing;
  return {
    ...(scale === undefined ? {} : { rescale: { scale, offset: offset ?? 0 } }),
    ...(imageSize === undefined ? {} : { imageSize }),
    ...(classNames === undefined ? {} : { classNames }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(threshold === undefined ? {} : { threshold }),
  };
}

/** @throws format for layers that do not fit together */
export function networkFrom(
  { layers, graph }: ModelDescription,
  custom: Readonly<Record<string, LayerMaker>>,
): Network {
  const made = layers.map((config) => layerFromConfig(config, custom));
  return graph === undefined ? sequentialNetwork(made) : networkOf({ layers: made, ...graph, isSequential: false });
}

/**
 * Puts a file's weights, and the optimizer's state where it has one, into a model of the same network.
 * @param from of another format than sinter's own: what errors call it; what the file leaves out is then as it is
 */
export function restoreCore(
  core: ModelCore,
  { description, tensors, preprocessing }: LoadedModel,
  from?: string,
): void {
  restoreWeights(core, tensors, from);
  core.preprocessing = preprocessing;
  const { training } = description;
  if (training === undefined) return;
  const goals = goalsFrom(training, outputNames(core.network));
  const options = { ...goals, optimizer: optimizerFromConfig(training.optimizer) };
  core.compiled = compiledFrom(
    { ...options, mixedPrecision: precisionFrom(training), recompute: training.recompute },
    outputNames(core.network),
  );
  core.iterations = training.iterations;
  restoreOptimizer(core, tensors);
}

/** What compile was told. @throws format for an unknown loss, or none */
function goalsFrom(training: Training, outputs: readonly string[]): Goals {
  const { loss, metrics = [], weightedMetrics = [], objectives = [] } = training;
  if (loss !== undefined) {
    return {
      loss: storedLoss(loss),
      metrics: metrics.map(metricFromConfig),
      weightedMetrics: weightedMetrics.map(metricFromConfig),
    };
  }
  const unlearnt = Object.fromEntries(outputs.map((output) => [output, null]));
  const byOutput = <Item>(of: (one: DescribedObjective) => Item): Record<string, Item> =>
    Object.fromEntries(objectives.map((one) => [one.output, of(one)]));
  return {
    loss: { ...unlearnt, ...byOutput((one) => storedLoss(one.loss)) },
    lossWeights: byOutput(({ weight }) => weight),
    metrics: byOutput((one) => one.metrics.map(metricFromConfig)),
    weightedMetrics: byOutput((one) => (one.weightedMetrics ?? []).map(metricFromConfig)),
  };
}

/** @throws format for one that is not known */
function precisionFrom({ mixedPrecision }: Training): ShortFloat | undefined {
  if (mixedPrecision === undefined || mixedPrecision === "bf16" || mixedPrecision === "f16") return mixedPrecision;
  throw new SinterError("format", `model.json: mixedPrecision "${mixedPrecision}" is not known. Update sinter.`);
}

function storedLoss({ kind, options }: Described): Loss {
  const name = lossNames.find((one) => one === kind);
  if (name === undefined) throw new SinterError("format", `model.json: loss "${kind}" is not known. Update sinter.`);
  return lossFromConfig({ kind: name, options });
}

/** Puts stored weights into a model of the same network. @throws format when one is missing or has another shape */
export function restoreWeights(core: ModelCore, tensors: LoadedModel["tensors"], from?: string): void {
  const known = from === undefined ? {} : allWeights(core);
  const weights = Object.fromEntries(
    core.network.weights.map(({ path, shape }) => [
      path,
      tensors.has(path) ? load(tensors, path, shape, from) : (known[path] ?? load(tensors, path, shape)),
    ]),
  );
  Object.assign(core, separate(core.network, weights));
}

/** The moments, where the file has all of them. */
export function restoreOptimizer(core: ModelCore, tensors: LoadedModel["tensors"]): void {
  const zeros = core.compiled?.optimizer.initialState(core.weights) ?? {};
  const isStored = [...tensors.keys()].some((name) => name.startsWith(optimizerPrefix));
  if (!isStored) return;
  core.optimizerState = Object.fromEntries(
    Object.entries(zeros).map(([slot, values]) => [
      slot,
      Object.fromEntries(
        Object.entries(values).map(([path, { shape }]) => [
          path,
          load(tensors, `${optimizerPrefix}${slot}/${path}`, shape),
        ]),
      ),
    ]),
  );
}

function load(tensors: LoadedModel["tensors"], name: string, shape: Shape, from?: string): Tensor {
  const stored = tensors.get(name);
  if (stored === undefined) {
    throw new SinterError("format", `model.safetensors has no tensor "${name}". Save the model again.`, { name });
  }
  if (!sameShape(stored.shape, shape)) {
    throw new SinterError(
      "format",
      `${from ?? "model.safetensors"}: "${name}" is ${shapeText(stored.shape)}, but ${from === undefined ? "model.json makes" : "the model has"} ` +
        `it ${shapeText(shape)}. They are not of one model.`,
      { name },
    );
  }
  return isTensor(stored) ? stored : tensor(stored.data, { shape, dtype: stored.dtype });
}

function join(folder: string, file: string): string {
  const { separator } = platform().files;
  return folder.endsWith(separator) || folder.endsWith("/") ? `${folder}${file}` : `${folder}${separator}${file}`;
}
