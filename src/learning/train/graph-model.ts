// A graph of a file (ONNX, or TensorFlow.js's graph-models) as a model: one layer that holds all of its weights, so that it is
// fitted, evaluated and used for predictions as any other.

import { SinterError } from "#engine/base/error.ts";
import { shapeText, type Shape } from "#engine/base/shape.ts";
import { zeros } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { loadOnnx, type GraphEnd, type GraphRunner } from "#learning/formats/onnx/load.ts";
import { withMovedWeights } from "#learning/formats/onnx/move-weights.ts";
import type { GraphWeight } from "#learning/formats/onnx/static-graph.ts";
import { known } from "#learning/formats/onnx/value.ts";
import { checkOptions } from "#engine/base/options.ts";
import type { LayerMaker } from "#learning/nn/layers.ts";
import {
  type EncodeLayer,
  makeLayer,
  type Layer,
  type LayerOptions,
  type SampleType,
  type WeightSpec,
} from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { graphKind } from "./graph-file.ts";
import { model as functionalModel } from "./functional.ts";
import type { Model } from "./model.ts";

export interface GraphModelOptions {
  /** Shapes of one sample, by the inputs' names, where the file leaves extents open. */
  readonly inputShapes?: Readonly<Record<string, Shape>>;
  readonly name?: string;
}

/**
 * A trainable model of an ONNX file. Floating constants of at least one axis become weights; moving statistics, scales of
 * quantization and single numbers stay as they are. The first axis of inputs and outputs is the batch.
 * `model.save` writes the graph as model.onnx beside the weights; `loadModel` reads both.
 * @param source a path, or the file's bytes
 * @throws format for a damaged file, an operator that is not computed, or a graph that waits for data: run it with loadOnnx
 * @throws option where an input's shape is open and not named
 * @example
 * const net = await onnxModel("resnet.onnx");
 * net.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
 */
export async function onnxModel(source: string | Uint8Array, options: GraphModelOptions = {}): Promise<Model> {
  return graphModel(await loadOnnx(source), options);
}

/** The model of an ONNX file. @param inputShape of one sample of its input, where it has one and leaves extents open */
export async function loadOnnxModel(path: string, inputShape: Shape | undefined): Promise<Model> {
  const runner = await loadOnnx(path);
  const [first] = runner.inputs;
  if (inputShape === undefined || first === undefined) return graphModel(runner);
  return graphModel(runner, { inputShapes: { [first.name]: inputShape } });
}

/** What makes the layer of a saved model's graph again. @throws as onnxModel */
export async function graphMaker(path: string): Promise<LayerMaker> {
  const runner = await loadOnnx(path);
  return {
    make: (options: { readonly name?: string }) => {
      checkOptions(graphKind, options, ["name", "trainable"]);
      return graphLayer(runner, options);
    },
  };
}

/** A trainable model of a graph that was read. @throws as onnxModel */
export function graphModel(runner: GraphRunner, options: GraphModelOptions = {}): Model {
  const inputs = runner.inputs.map((end) =>
    layers.input({
      shape: sampleShape(end, options.inputShapes ?? {}),
      dtype: end.type.startsWith("i") ? "i32" : "f32",
    }),
  );
  const outputs = graphLayer(runner, { name: options.name ?? "graph" }).applyAll(inputs);
  return functionalModel({ inputs, outputs, ...(options.name === undefined ? {} : { name: options.name }) });
}

/** @throws option where an extent is open */
function sampleShape({ name, shape }: GraphEnd, given: Readonly<Record<string, Shape>>): Shape {
  const own = Object.hasOwn(given, name) ? given[name] : undefined;
  if (own !== undefined) return own;
  const extents = (shape ?? [undefined, undefined]).slice(1);
  const sizes = extents.flatMap((extent) => (typeof extent === "number" && extent > 0 ? [extent] : []));
  if (sizes.length === extents.length) return sizes;
  throw new SinterError(
    "option",
    `onnxModel: input "${name}" is [batch, ${extents.map((one) => one ?? "?").join(", ")}]. Name its shape: { inputShapes: { "${name}": [...] } }.`,
    { name, shape },
  );
}

function graphLayer(runner: GraphRunner, options: LayerOptions): Layer {
  const graph = runner.asFunction();
  const { weights } = graph;
  const names = weightNames(weights);
  const specs = weights.map((weight, index) => specOf(weight, names[index] ?? ""));
  return makeLayer({
    kind: graphKind,
    className: "Graph",
    options,
    known: [],
    config: {},
    weights: () => specs,
    encode: encoderOf(runner, new Map(weights.map((weight, index) => [weight.name, names[index] ?? ""]))),
    outputTypes: (inputs, label) => {
      const found = graph.apply(
        specs.map(({ shape }) => zeros(shape)),
        inputs.map(({ shape, dtype }) => zeros([triedBatch, ...shape], { dtype })),
      );
      return found.map((output) => sampleOf(output, label));
    },
    call: (own, inputs) => ({
      outputs: graph.apply(
        names.flatMap((key) => own[key] ?? []),
        inputs,
      ),
    }),
  });
}

/** @param keys names of the layer's weights by those of the file */
function encoderOf({ model: { source } }: GraphRunner, keys: ReadonlyMap<string, string>): EncodeLayer | undefined {
  if (source === undefined) return undefined;
  return (placeOf) =>
    withMovedWeights(source, (weight) => {
      const key = keys.get(weight);
      return key === undefined ? undefined : placeOf(key);
    });
}

/** Samples that the graph is tried with. */
const triedBatch = 2;

function sampleOf(output: Tensor, label: string): SampleType {
  if (output.shape[0] === triedBatch) return { shape: output.shape.slice(1), dtype: output.dtype };
  throw new SinterError(
    "shape",
    `${label}: the graph makes ${shapeText(output.shape)} of ${triedBatch} samples. Its batch is fixed; run it with loadOnnx.`,
    { shape: output.shape },
  );
}

/** Names for weights: without slashes, each once, none that an object has by itself. */
function weightNames(weights: readonly GraphWeight[]): string[] {
  const taken = new Set<string>(["__proto__", "constructor", "prototype"]);
  return weights.map(({ name }) => {
    const plain = name.replaceAll("/", ".");
    let unique = plain;
    for (let count = 1; taken.has(unique); count += 1) unique = `${plain}_${count}`;
    taken.add(unique);
    return unique;
  });
}

function specOf({ type, shape, read, resident }: GraphWeight, name: string): WeightSpec {
  const value = (resident ?? known(type, shape, read()).device()).cast("f32");
  return { name, shape, initializer: { kind: "constant", value: 0 }, trainable: true, value };
}
