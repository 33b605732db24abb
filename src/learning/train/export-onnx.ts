// A model as an ONNX file: what it predicts, for any size of batch. Training state stays here.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, integer } from "#engine/base/options.ts";
import { platform } from "#engine/platform/api.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { heldTensor } from "#engine/tensor/trace-graph.ts";
import { scaleAndOffset } from "#learning/data/dataset.ts";
import { writeFunction, type FunctionInput, type FunctionToWrite } from "#learning/formats/onnx/write-graph.ts";
import { encodeOnnxFiles, type OnnxFiles } from "#learning/formats/onnx/write-model.ts";
import { withShortWeights } from "#learning/formats/onnx/write-short.ts";
import { inputNames, outputNames } from "#learning/nn/end-names.ts";
import type { Network, PlacedLayer, PlacedWeight } from "#learning/nn/network.ts";
import { allWeights, type ModelCore, type Preprocessing } from "./model-core.ts";
import { makePredictStep } from "./step.ts";

export interface ExportOnnxOptions {
  /**
   * Where the factor of pixels goes that the model learnt with: into the file's metadata (the default), so that the file takes
   * what the first layer takes, or into the graph, so that it takes the pixels themselves.
   */
  readonly rescale?: "metadata" | "graph";
  /** How weights are stored: f32 (the default), or f16 for half the bytes, each rounded to 11 bits. Computed is f32 anyway. */
  readonly weights?: "f32" | "f16";
  /**
   * Whether large weights lie in a file of their own, `cats.onnx.data` beside `cats.onnx`; by default only where the one file would
   * be 2 GiB or more, which no reader takes.
   */
  readonly externalData?: boolean;
  /** A number for files of one size of batch; every size by default. */
  readonly batchSize?: number;
}

/** Writes the file, or the two. */
export async function exportCore(
  core: ModelCore,
  name: string,
  path: string,
  options: ExportOnnxOptions,
): Promise<void> {
  const { files } = platform();
  const dataPath = `${path}.data`;
  const location = dataPath.slice(Math.max(dataPath.lastIndexOf("/"), dataPath.lastIndexOf(files.separator)) + 1);
  const { model, data } = await encodeOnnx(core, name, { ...options, location });
  if (data !== undefined) await writeParts(dataPath, data);
  await files.writeAtomically(path, model);
}

/** Writes a file of any size, aside at first. */
async function writeParts(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const { files } = platform();
  const aside = `${path}.tmp`;
  try {
    await files.remove(aside);
    for (const part of parts) await files.append(aside, part);
    await files.rename(aside, path);
  } catch (error) {
    await files.remove(aside);
    throw error;
  }
}

/** The files' bytes. @throws option where ONNX cannot say what the model does; limit for a file of 2 GiB or more */
async function encodeOnnx(
  core: ModelCore,
  name: string,
  { location, ...options }: ExportOnnxOptions & { readonly location: string },
): Promise<OnnxFiles> {
  checkOptions("exportOnnx", options, ["rescale", "weights", "externalData", "batchSize"]);
  checkExternal(options.externalData);
  choice("exportOnnx", "rescale", options.rescale ?? "metadata", ["metadata", "graph"]);
  choice("exportOnnx", "weights", options.weights ?? "f32", ["f32", "f16"]);
  if (options.batchSize !== undefined) integer("exportOnnx", "batchSize", options.batchSize, 1);
  try {
    const { graph, metadata } = await writeFunction(jobOf(core, name, options));
    const written = options.weights === "f16" ? await withShortWeights(graph) : graph;
    return encodeOnnxFiles({ metadata, graph: written }, location, options.externalData);
  } catch (error) {
    if (error instanceof SinterError && error.code === "option") throw await withLayer(core, options, error);
    throw error;
  }
}

function checkExternal(externalData: unknown): void {
  if (externalData === undefined || typeof externalData === "boolean") return;
  throw new SinterError("option", `exportOnnx: externalData is ${typeof externalData}, expected true or false.`, {
    externalData,
  });
}

/** The error of the layer that cannot be written alone either; the model's own where each can. */
async function withLayer(core: ModelCore, { batchSize }: ExportOnnxOptions, error: SinterError): Promise<SinterError> {
  for (const placed of core.network.layers) {
    try {
      await writeFunction(layerJob(core, placed, batchSize));
    } catch (own) {
      if (!(own instanceof SinterError)) throw own;
      const where = `layer "${placed.name}" (${placed.layer.config.kind})`;
      return new SinterError(
        own.code,
        `exportOnnx: ${where}: ${own.message}`,
        { ...own.details, layer: placed.name },
        own,
      );
    }
  }
  return new SinterError(error.code, `exportOnnx: ${error.message}`, error.details, error);
}

/** One layer as a function of its own. */
function layerJob(
  core: ModelCore,
  { layer, name: label, inputs, weights: specs }: PlacedLayer,
  batchSize: number | undefined,
): FunctionToWrite {
  const all = allWeights(core);
  const own = specs.flatMap(({ name, path }) => {
    const value = all[path];
    return value === undefined ? [] : [[name, heldTensor(value)] as const];
  });
  return {
    name: layer.config.kind,
    inputs: inputs.map((type, place) => ({ ...type, name: `input${place}` })),
    outputNames: layer.outputTypes(inputs, label).map((_, place) => `output${place}`),
    weights: new Map(own),
    metadata: {},
    batchSize,
    body: (args) => layer.call(Object.fromEntries(own), args, { training: false }).outputs,
  };
}

function jobOf(core: ModelCore, name: string, { rescale, batchSize }: ExportOnnxOptions): FunctionToWrite {
  const { network, preprocessing } = core;
  const carried = network.weights.filter(({ isCarried }) => isCarried === true);
  const weights = Object.fromEntries(Object.entries(allWeights(core)).map(([at, value]) => [at, heldTensor(value)]));
  const inGraph = rescale === "graph" && preprocessing.rescale !== undefined;
  const setup = inGraph ? scaleAndOffset(preprocessing.rescale ?? 1) : { scale: 1, offset: 0 };
  // Values between layers stay f32, also where the model stores them shorter: how short is the runtime's choice.
  const step = makePredictStep({ ...setup, network, temperature: preprocessing.temperature });
  const numInputs = network.inputs.length;
  return {
    name,
    inputs: [...inputsOf(network), ...carried.map((spec) => carriedInput(spec, weights[spec.path]))],
    outputNames: [...outputNames(network), ...carried.map(({ path }) => `${path}/next`)],
    weights: new Map(Object.entries(weights).filter(([path]) => !carried.some((spec) => spec.path === path))),
    metadata: metadataOf(preprocessing, inGraph),
    // What is carried on has the size of the batch.
    batchSize: carried[0]?.shape[0] ?? batchSize,
    body: (args) => {
      const states = carried.map(({ path }, place) => [path, args[numInputs + place]] as const);
      const known = Object.fromEntries(states.flatMap(([path, value]) => (value === undefined ? [] : [[path, value]])));
      const { outputs, carried: next } = step({ ...weights, ...known }, args.slice(0, numInputs));
      return [...outputs, ...carried.flatMap(({ path }) => next[path] ?? [])];
    },
  };
}

/** As the layers that they come from; what a first layer of another kind takes is called input. */
function inputsOf(network: Network): FunctionInput[] {
  const kinds = network.calls.flatMap(({ layer, inputs }) =>
    inputs.length === 0 ? [network.layers[layer]?.layer.config.kind] : [],
  );
  const names = inputNames(network);
  return network.inputs.map(({ dtype, shape }, place) => {
    const name = kinds[place] === "input" ? (names[place] ?? "input") : "input";
    return { name, dtype, shape };
  });
}

function carriedInput({ path, shape }: PlacedWeight, initial: Tensor | undefined): FunctionInput {
  return { name: path, dtype: "f32", shape, initial };
}

/** What a program that uses the file must know besides. Values are JSON. */
function metadataOf({ rescale, ...others }: Preprocessing, inGraph: boolean): Record<string, string> {
  const { classNames, imageSize, threshold } = others;
  const scale = rescale === undefined || inGraph ? undefined : scaleAndOffset(rescale);
  return Object.fromEntries(
    Object.entries({ classNames, imageSize, threshold, rescale: scale }).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, JSON.stringify(value)]],
    ),
  );
}
