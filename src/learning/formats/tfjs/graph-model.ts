// Graph-models of TensorFlow.js: a graph of TensorFlow's operations and its weights, as a graph that can be run.

import { SinterError } from "#engine/base/error.ts";
import type { ElementType, GraphModel, GraphTensor, ValueInfo } from "../onnx/graph.ts";
import type { GraphLimits } from "../onnx/limits.ts";
import { graphRunner, type GraphRunner } from "../onnx/load.ts";
import { operators as onnxOperators } from "../onnx/operators/index.ts";
import type { StoredTensor } from "../safetensors.ts";
import { emit, emitNode, keyOf, type Source, type Target, type Writer, damaged } from "./emit-graph.ts";
import { readTfjsFiles } from "./files.ts";
import { withLoops } from "./frames.ts";
import { functionWriters } from "./functions.ts";
import { readGraphDef, type GraphDef, type GraphDefNode, type NodeInput, type SignatureEntry } from "./graph-def.ts";
import { type Field, isMissing, member, parseJson } from "./json.ts";
import { readManifest } from "./manifest.ts";
import { elementTypeNamed } from "./operators/elementwise.ts";
import { domain, isComputed, tensorflowOperators } from "./operators/index.ts";
import { decodeGroups, type StoredTexts, type TfjsWeights } from "./weights.ts";

const operators = { ...onnxOperators, ...tensorflowOperators };

/**
 * A graph-model of TensorFlow.js, ready to be run.
 * @param path of a folder with model.json, or of the file
 * @param limits what its graph may take of the machine
 * @throws file where one is missing; format where one is damaged or has an operation that is not computed
 */
export async function loadTfjsGraph(path: string, limits: GraphLimits = {}): Promise<GraphRunner> {
  return decodeTfjsGraph(await readTfjsFiles(path), limits);
}

/**
 * The graph-model of a model.json and its shards.
 * @param files bytes by name: model.json, and what its manifest names
 * @param limits what its graph may take of the machine
 * @throws format
 */
export function decodeTfjsGraph(files: ReadonlyMap<string, Uint8Array>, limits: GraphLimits = {}): GraphRunner {
  const bytes = files.get("model.json");
  if (bytes === undefined) throw damaged("model.json is missing");
  const root = parseJson(bytes, "model.json");
  const model = mapGraph(root, decodeGroups(readManifest(root), files));
  return graphRunner(model, { operators, limits });
}

/** The graph of a model.json and its weights. @throws format */
export function mapGraph(root: Field, weights: TfjsWeights): GraphModel {
  const definition = withLoops(readGraphDef(root));
  if (!isMissing(member(root, "initializerSignature"))) {
    throw new SinterError("format", "tfjs: the model has tables that must be filled first, which are not read.");
  }
  checkOperations([definition, ...definition.functions.values()].flatMap(({ nodes }) => nodes));
  const initializers = new Map<string, GraphTensor>();
  const { inputs, given } = inputsOf(definition);
  const target: Target = {
    source: sourceOf(definition, weights, initializers),
    nodes: [],
    given,
    written: new Map(),
  };
  const outputs = outputsOf(definition).map((entry): ValueInfo => {
    const inputs = [emit(entry.value, target)];
    const end = { name: entry.key, domain, operator: "Identity", outputs: [entry.key], attributes: new Map() };
    target.nodes.push({ ...end, inputs });
    return infoOf(entry);
  });
  return { ...frame, graph: { name: "tfjs", nodes: target.nodes, initializers, inputs, outputs, valueInfos: [] } };
}

/** What the file says of itself, in ONNX's words: nothing. */
const frame: Omit<GraphModel, "graph"> = {
  opsets: new Map([
    ["", 18],
    [domain, 1],
  ]),
  functions: new Map(),
  irVersion: 8,
  producer: "tfjs",
  producerVersion: "",
  domain: "",
  modelVersion: 0,
  documentation: "",
  metadata: new Map(),
};

const special: readonly string[] =
  "Const Placeholder PlaceholderWithDefault NoOp If StatelessIf While StatelessWhile PartitionedCall StatefulPartitionedCall".split(
    " ",
  );

/** Parts of loops and branches of TensorFlow 1: loops stand in a While now, branches are refused where a result needs one. */
const older = "Enter Exit Merge Switch NextIteration LoopCond".split(" ");

/** @throws format for operations that are not computed */
function checkOperations(nodes: readonly GraphDefNode[]): void {
  const unread = new Set(
    nodes
      .map(({ operation }) => operation)
      .filter((operation) => ![...special, ...older].includes(operation) && !isComputed(operation)),
  );
  if (unread.size === 0) return;
  const names = [...unread].map((name) => name.slice(0, 60));
  throw new SinterError(
    "format",
    `tfjs: operations ${names.slice(0, 10).join(", ")} are not computed. Convert the model without them.`,
    {
      operations: names,
    },
  );
}

/** Values of a graph, its functions written out wherever they are called. */
const maxValues = 300_000;

/** Makes names that no other value has. @throws format for functions that call each other without end */
function namesOf(): Source["fresh"] {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return (base) => {
    if (taken.size >= maxValues) throw damaged(`the graph has more than ${maxValues} values`);
    let count = counts.get(base) ?? 0;
    let name = count === 0 ? base : `${base}~${count}`;
    for (; taken.has(name); name = `${base}~${count}`) count += 1;
    counts.set(base, count + 1);
    taken.add(name);
    return name;
  };
}

/** @throws format for what only branches of TensorFlow 1 have */
const branch: Writer = ({ name }) => {
  throw new SinterError(
    "format",
    `tfjs: node "${name.slice(0, 80)}" is of a branch of TensorFlow 1, of which only loops are computed. Convert the model with ` +
      "TensorFlow 2's converter and control_flow_v2.",
    { name },
  );
};

/** Values of the file's weights become constants when a node asks for them. */
function sourceOf(
  { nodes: all, functions }: GraphDef,
  weights: TfjsWeights,
  initializers: Map<string, GraphTensor>,
): Source {
  const fresh = namesOf();
  const constant: Writer = ({ name }) => {
    const label = fresh(`${name}:0`);
    initializers.set(label, constantNamed(name, weights));
    return [label];
  };
  const passed: Writer = (node, into) => {
    const [input] = node.inputs;
    if (input === undefined) throw damaged(`node "${node.name.slice(0, 80)}" has no input`);
    return emitNode({ ...node, operation: "Identity" }, [emit(input, into)], into);
  };
  const missing: Writer = ({ name }) => {
    throw damaged(`the input "${name.slice(0, 80)}" is not in the signature`);
  };
  const special = new Map<string, Writer>([
    ...older.map((operation): [string, Writer] => [operation, branch]),
    ["Const", constant],
    ["PlaceholderWithDefault", passed],
    ["Placeholder", missing],
  ]);
  const inner = (nodes: readonly GraphDefNode[]): Source => ({
    nodes: new Map(nodes.map((node) => [node.name, node])),
    fresh,
    special,
  });
  for (const [operation, write] of functionWriters({ functions, sourceOf: inner, written: [] }))
    special.set(operation, write);
  return inner(all);
}

function constantNamed(name: string, { tensors, texts }: TfjsWeights): GraphTensor {
  const value = tensors.get(name);
  if (value !== undefined) return constantOf(value);
  const words = texts.get(name);
  if (words !== undefined) return textsOf(words);
  throw damaged(`constant "${name.slice(0, 80)}" has no weight`);
}

const types: Readonly<Record<StoredTensor["dtype"], ElementType>> = {
  f32: "f32",
  f16: "f16",
  bf16: "bf16",
  i32: "i32",
  u8: "i32",
  bool: "bool",
};

function constantOf({ dtype, shape, data }: StoredTensor): GraphTensor {
  const type = types[dtype];
  return {
    type,
    shape,
    read: () =>
      data instanceof Float64Array ? Float32Array.from(data) : dtype === "u8" ? Int32Array.from(data) : data,
  };
}

function textsOf({ shape, values }: StoredTexts): GraphTensor {
  const decoder = new TextDecoder();
  return { type: "string", shape, read: () => values.map((bytes) => decoder.decode(bytes)) };
}

/** What users call an end: its key without the number of an output. */
function endName(key: string): string {
  return key.replace(/:\d+$/, "");
}

function inputsOf({ inputs, nodes }: GraphDef): { inputs: ValueInfo[]; given: Map<string, string> } {
  const entries =
    inputs.length > 0 ? inputs : nodes.filter(({ operation }) => operation === "Placeholder").map(placeholderOf);
  const placeholders = new Map(nodes.map((node) => [node.name, node]));
  const given = new Map<string, string>();
  const infos = entries.map((entry) => {
    const node = placeholders.get(entry.value.node);
    if (node === undefined) throw damaged(`the input "${entry.key.slice(0, 80)}" is no node`);
    const { type, shape } = placeholderOf(node);
    const named = { ...entry, key: endName(entry.key), type: entry.type ?? type, shape: entry.shape ?? shape };
    given.set(keyOf({ node: entry.value.node, output: 0 }), named.key);
    return infoOf(named);
  });
  return { inputs: infos, given };
}

function placeholderOf({ name, attributes }: GraphDefNode): SignatureEntry {
  const [type, shape] = [attributes.get("dtype"), attributes.get("shape")];
  return {
    key: name,
    value: { node: name, output: 0 },
    type: type?.kind === "type" ? type.value : undefined,
    shape: shape?.kind === "shape" ? shape.value : undefined,
  };
}

/** Without a signature: nodes whose values no other takes. */
function outputsOf({ outputs, nodes }: GraphDef): SignatureEntry[] {
  if (outputs.length > 0) return outputs.map((entry) => ({ ...entry, key: endName(entry.key) }));
  const taken = new Set(nodes.flatMap(({ inputs }) => inputs.map(({ node }: NodeInput) => node)));
  return nodes
    .filter(({ name, operation }) => !taken.has(name) && !special.includes(operation))
    .map(({ name }) => ({ key: name, value: { node: name, output: 0 }, type: undefined, shape: undefined }));
}

function infoOf({ key, type, shape }: SignatureEntry): ValueInfo {
  const element = type === undefined ? undefined : elementTypeNamed(type);
  return { name: key, type: { kind: "tensor", type: element, shape } };
}
