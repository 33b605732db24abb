// Loading a model from an .onnx file and running it.

import { SinterError } from "#engine/base/error.ts";
import { type Shape, shapeText, sizeOf } from "#engine/base/shape.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { weightNames } from "./analyze.ts";
import { decodeOnnx } from "./decode.ts";
import { describeGraph, type GraphDescription } from "./describe.ts";
import { runBlock } from "./execute.ts";
import type { GraphModel, ValueInfo } from "./graph.ts";
import { asLimit, Budget, elementsOf, type GraphLimits, type GraphRunOptions } from "./limits.ts";
import type { Operators } from "./operator.ts";
import { readOnnxFile } from "./read-file.ts";
import { operators as allOperators } from "./operators/index.ts";
import { blockOfGraph, type Run } from "./run.ts";
import { innerScope, lookUp, type Scope } from "./scope.ts";
import { staticGraph, type StaticGraph } from "./static-graph.ts";
import { computed, known, storedWeight, type Value } from "./value.ts";
import type { WalkContext } from "./walk.ts";

/** What an input or output is declared to be. */
export interface GraphEnd {
  readonly name: string;
  /** The element type that the file names; "sequence" and the like for what is no tensor. */
  readonly type: string;
  /** Extents; texts name those that may differ from run to run, undefined is unknown. */
  readonly shape: readonly (number | string | undefined)[] | undefined;
}

/** A graph that can be run. */
export interface GraphRunner {
  readonly inputs: readonly GraphEnd[];
  readonly outputs: readonly GraphEnd[];
  /** What the file says of itself. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly model: GraphModel;
  /**
   * Computes the outputs for inputs, by name. Integers of 64 bits are computed in 32.
   * @throws option where a name is wrong or missing; shape where an input does not fit; format for what is not computed;
   *   limit where the graph asks for more than its limits; aborted when the signal fires
   */
  run(inputs: Readonly<Record<string, Tensor>>, options?: GraphRunOptions): Promise<Record<string, Tensor>>;
  /** Shapes, weights and operations, node by node; `inputShape` is that of one sample of the first input. */
  describe(inputShape?: Shape): GraphDescription;
  /** The graph as a pure function of its weights and inputs, where it waits for no data. */
  asFunction(): StaticGraph;
  /** The same as `run` with values of every kind: lists, texts, absent optionals. */
  runValues(inputs: ReadonlyMap<string, Value>, options?: GraphRunOptions): Promise<ReadonlyMap<string, Value>>;
}

/**
 * A model of an .onnx file, or of its bytes. From a file large weights go straight to the default device.
 * @param limits what its graph may take of the machine: a small file can ask for much
 * @throws format for what is damaged, not read, or leads out of the model's folder; file where something is missing
 * @example
 * const runner = await loadOnnx("model.onnx");
 * const { logits } = await runner.run({ image: zeros([1, 3, 224, 224]) });
 */
export async function loadOnnx(source: string | Uint8Array, limits: GraphLimits = {}): Promise<GraphRunner> {
  const model = typeof source === "string" ? await readOnnxFile(source, true) : decodeOnnx(source);
  return graphRunner(model, { limits });
}

interface RunnerOptions {
  readonly operators?: Operators | undefined;
  readonly limits?: GraphLimits | undefined;
}

/** A runner for a decoded graph, also one of another format that was brought into ONNX's form. */
export function graphRunner(model: GraphModel, { operators = allOperators, limits }: RunnerOptions = {}): GraphRunner {
  const { graph } = model;
  const numConstants = constantElements(model);
  const contextOf = (numInputs: number, options?: GraphRunOptions): WalkContext => ({
    operators,
    functions: model.functions,
    opsets: model.opsets,
    isEager: false,
    depth: 0,
    budget: new Budget(numConstants + numInputs, limits, options),
  });
  const inputs = graph.inputs.filter(({ name }) => !graph.initializers.has(name)).map(endOf);
  let constants: ReadonlyMap<string, Value> | undefined;
  const runValues: GraphRunner["runValues"] = async (values, options) => {
    constants ??= constantsOfModel(model, operators);
    const scope = innerScope();
    for (const { name } of inputs) required(values.get(name), name, inputs);
    for (const [name, value] of [...constants, ...values]) scope.values.set(name, value);
    const context = contextOf(sizeOfAll(values), options);
    const run: Run = { context, moving: new Set(values.values()), steady: new Set(constants.values()), runBlock };
    await runGuarded(run, scope, model);
    return new Map(graph.outputs.map(({ name }) => [name, outputOf(name, lookUp(scope, name))]));
  };
  return {
    inputs,
    outputs: graph.outputs.map(endOf),
    metadata: Object.freeze(Object.fromEntries(model.metadata)),
    model,
    describe: (inputShape) => describeGraph(model, contextOf(sizeOf(inputShape ?? [])), inputShape),
    asFunction: () => staticGraph(model, contextOf),
    runValues,
    run: async (given, options) => tensorsOf(await runValues(valuesOf(given, graph.inputs), options)),
  };
}

function valuesOf(given: Readonly<Record<string, Tensor>>, inputs: readonly ValueInfo[]): ReadonlyMap<string, Value> {
  return new Map(Object.entries(given).map(([name, tensor]) => [name, inputValue(name, tensor, inputs)]));
}

function tensorsOf(results: ReadonlyMap<string, Value>): Record<string, Tensor> {
  return Object.fromEntries([...results].map(([name, value]) => [name, tensorOf(name, value)]));
}

function sizeOfAll(values: ReadonlyMap<string, Value>): number {
  return [...values.values()].reduce((sum, value) => sum + elementsOf(value), 0);
}

function constantElements({ graph }: GraphModel): number {
  return [...graph.initializers.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

function runGuarded(run: Run, scope: Scope, { graph }: GraphModel): Promise<void> {
  return runBlock(blockOfGraph(graph), scope, run).catch((error: unknown) => {
    throw asLimit(error, "the graph");
  });
}

function endOf({ name, type }: ValueInfo): GraphEnd {
  if (type.kind !== "tensor") return { name, type: type.kind, shape: undefined };
  return { name, type: type.type ?? "unknown", shape: type.shape };
}

function constantsOfModel(model: GraphModel, operators: Operators): ReadonlyMap<string, Value> {
  const trained = weightNames(model, operators);
  const constants = new Map<string, Value>();
  for (const [name, { type, shape, read, resident }] of model.graph.initializers) {
    if (resident !== undefined) {
      constants.set(name, computed(type, resident));
      continue;
    }
    const label = `"${name}"`;
    const isWeight = trained.has(name);
    constants.set(name, isWeight ? storedWeight(type, shape, read, label) : known(type, shape, read(), label));
  }
  return constants;
}

function required(value: Value | undefined, name: string, inputs: readonly GraphEnd[]): Value {
  if (value !== undefined) return value;
  const names = inputs.map((one) => one.name).join(", ");
  throw new SinterError("option", `onnx: input "${name}" is missing. Give a tensor for each of: ${names}.`, { name });
}

/** @throws option, shape */
function inputValue(name: string, tensor: Tensor, declared: readonly ValueInfo[]): Value {
  const info = declared.find((one) => one.name === name);
  if (info === undefined) {
    const names = declared.map((one) => one.name).join(", ");
    throw new SinterError("option", `onnx: there is no input "${name}". Use: ${names}.`, { name });
  }
  if (info.type.kind !== "tensor") {
    throw new SinterError("option", `onnx: input "${name}" is a ${info.type.kind}. Use runValues.`, { name });
  }
  const { shape, type } = info.type;
  const isFitting =
    shape === undefined ||
    (shape.length === tensor.rank &&
      shape.every((extent, axis) => typeof extent !== "number" || extent <= 0 || extent === tensor.shape[axis]));
  if (!isFitting) {
    throw new SinterError(
      "shape",
      `onnx: input "${name}" is ${shapeText(tensor.shape)}, expected [${shape.map((one) => one ?? "?").join(", ")}]. Reshape it.`,
      { name, shape: tensor.shape, expected: shape },
    );
  }
  return computed(type ?? tensor.dtype, tensor);
}

function outputOf(name: string, value: Value | undefined): Value {
  if (value !== undefined) return value;
  throw new SinterError("format", `onnx: nothing gives the output "${name}". Check the file with onnx.checker.`, {
    name,
  });
}

function tensorOf(name: string, value: Value): Tensor {
  if (value.kind === "tensor") return value.device();
  throw new SinterError("option", `onnx: output "${name}" is a ${value.kind}, no tensor. Use runValues.`, { name });
}
