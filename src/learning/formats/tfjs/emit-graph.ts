// Writes the nodes of a GraphDef as nodes of a graph: those that results need, each after what it takes. Loops and branches
// become graphs inside nodes.

import { SinterError } from "#engine/base/error.ts";
import type { Attribute, GraphNode } from "../onnx/graph.ts";
import type { GraphDefNode, NodeAttribute, NodeInput } from "./graph-def.ts";
import { domain } from "./operators/index.ts";

/** Writes a node in a way of its own. @returns names of its outputs */
export type Writer = (node: GraphDefNode, into: Target) => readonly string[];

/** Nodes of the file, and what they become. */
export interface Source {
  readonly nodes: ReadonlyMap<string, GraphDefNode>;
  /** Makes names that no other value has. */
  readonly fresh: (base: string) => string;
  /** Nodes that are written in other ways, by operation. */
  readonly special: ReadonlyMap<string, Writer>;
}

/** Where nodes are written to: a graph, or one inside a node of another. */
export interface Target {
  readonly source: Source;
  readonly nodes: GraphNode[];
  /** Names of values that are there, by node and output: what a loop carries, arguments of a function. */
  readonly given: ReadonlyMap<string, string>;
  /** Outputs of nodes that were written. */
  readonly written: Map<string, readonly string[]>;
  /** How many functions it lies in. */
  readonly depth?: number | undefined;
}

/** How the given values of a target are found. */
export function keyOf({ node, output }: NodeInput): string {
  return `${node}:${output}`;
}

/** Outputs with names of their own, in order; other operations have one list of outputs. */
const outputNames: Readonly<Record<string, readonly string[]>> = {
  TopKV2: ["values", "indices"],
  FusedBatchNormV3: ["y", "batch_mean", "batch_variance", "reserve_space_1", "reserve_space_2", "reserve_space_3"],
  NonMaxSuppressionV4: ["selected_indices", "valid_outputs"],
  NonMaxSuppressionV5: ["selected_indices", "selected_scores", "valid_outputs"],
  Unique: ["y", "idx"],
  TensorArrayV3: ["handle", "flow"],
};

/**
 * The name of a value; the nodes that make it are written first.
 * @throws format for a node that is not there, or that takes its own result
 */
export function emit(wanted: NodeInput, into: Target): string {
  const work: { node: GraphDefNode; isOpen: boolean }[] = [];
  const open = new Set<string>();
  push(wanted, into, work);
  for (let entry = work.pop(); entry !== undefined; entry = work.pop()) {
    const { node, isOpen } = entry;
    if (into.written.has(node.name)) continue;
    if (isOpen) {
      open.delete(node.name);
      into.written.set(node.name, write(node, into));
      continue;
    }
    if (open.has(node.name)) throw damaged(`node "${node.name.slice(0, 80)}" takes its own result`);
    open.add(node.name);
    work.push({ node, isOpen: true });
    for (const input of node.inputs) push(input, into, work);
  }
  return nameOf(wanted, into);
}

function push(input: NodeInput, into: Target, work: { node: GraphDefNode; isOpen: boolean }[]): void {
  if (into.given.has(keyOf(input)) || into.written.has(input.node)) return;
  work.push({ node: nodeOf(input, into), isOpen: false });
}

function nodeOf({ node: name }: NodeInput, { source }: Target): GraphDefNode {
  const node = source.nodes.get(name);
  if (node !== undefined) return node;
  throw damaged(`a node takes the value of "${name.slice(0, 80)}", which is not there`);
}

/** The name of a value that is there. */
function nameOf(input: NodeInput, into: Target): string {
  const given = into.given.get(keyOf(input));
  if (given !== undefined) return given;
  const outputs = into.written.get(input.node) ?? [];
  const { operation } = nodeOf(input, into);
  const parts = Object.hasOwn(outputNames, operation) ? (outputNames[operation] ?? []) : [];
  const start = input.part === undefined ? 0 : Math.max(parts.indexOf(input.part), 0);
  const name = outputs[start + input.output];
  if (name !== undefined) return name;
  throw damaged(`node "${input.node.slice(0, 80)}" has no output ${input.output}`);
}

function write(node: GraphDefNode, into: Target): readonly string[] {
  const special = into.source.special.get(node.operation);
  if (special !== undefined) return special(node, into);
  const inputs = node.inputs.map((input) => nameOf(input, into));
  return emitNode(node, axisFirst(node, inputs), into);
}

/** The axis of a join stands behind its parts, whose number differs: it is moved to the front. */
function axisFirst({ operation }: GraphDefNode, inputs: string[]): string[] {
  return operation === "ConcatV2" ? [...inputs.slice(-1), ...inputs.slice(0, -1)] : inputs;
}

const maxOutputs = 4096;

/** A node of the domain of TensorFlow. @returns names of its outputs */
export function emitNode(node: GraphDefNode, inputs: readonly string[], into: Target): readonly string[] {
  const count = numOutputs(node);
  if (!(count >= 1 && count <= maxOutputs)) throw damaged(`node "${node.name.slice(0, 80)}" has ${count} outputs`);
  const outputs = Array.from({ length: count }, (_, index) => into.source.fresh(`${node.name}:${index}`));
  into.nodes.push({
    name: node.name,
    domain,
    operator: node.operation,
    inputs,
    outputs,
    attributes: attributesOf(node),
  });
  return outputs;
}

/** A node of ONNX's own operators. @returns names of its outputs */
export function emitOnnx(
  operator: string,
  { inputs, attributes = {}, count = 1 }: OnnxNode,
  into: Target,
): readonly string[] {
  const outputs = Array.from({ length: count }, (_, index) => into.source.fresh(`${operator}:${index}`));
  const listed = new Map(Object.entries(attributes));
  into.nodes.push({ name: "", domain: "", operator, inputs, outputs, attributes: listed });
  return outputs;
}

export interface OnnxNode {
  readonly inputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly count?: number;
}

/** How many values a node gives. */
function numOutputs(node: GraphDefNode): number {
  const number = (name: string): number => {
    const attribute = node.attributes.get(name);
    return attribute?.kind === "number" ? attribute.value : 1;
  };
  switch (node.operation) {
    case "Unpack":
      return number("num");
    case "Split":
    case "SplitV":
      return number("num_split");
    case "IdentityN":
    case "ShapeN":
      return node.inputs.length;
    default:
      return Object.hasOwn(outputNames, node.operation) ? (outputNames[node.operation]?.length ?? 1) : 1;
  }
}

/** Attributes in the form that operators read. */
export function attributesOf({ attributes }: GraphDefNode): Map<string, Attribute> {
  const result = new Map<string, Attribute>();
  for (const [name, attribute] of attributes) {
    const given = attributeOf(attribute);
    if (given !== undefined) result.set(name, given);
  }
  return result;
}

function attributeOf(attribute: NodeAttribute): Attribute | undefined {
  switch (attribute.kind) {
    case "number":
      return { kind: "number", value: attribute.value };
    case "flag":
      return { kind: "number", value: Number(attribute.value) };
    case "text":
    case "type":
      return { kind: "text", value: attribute.value };
    case "shape":
      return { kind: "numbers", value: (attribute.value ?? []).map((extent) => extent ?? -1) };
    case "list":
      return listOf(attribute.value);
    case "function":
    case "other":
      return undefined;
    default:
      throw damaged(`an attribute ${JSON.stringify(attribute)}`);
  }
}

function listOf(items: readonly NodeAttribute[]): Attribute {
  const texts = items.flatMap((item) => (item.kind === "text" || item.kind === "type" ? [item.value] : []));
  if (texts.length > 0) return { kind: "texts", value: texts };
  const numbers = items.flatMap((item) => (item.kind === "number" ? [item.value] : []));
  return { kind: "numbers", value: numbers };
}

/** A graph that is not as TensorFlow has it. */
export function damaged(what: string): SinterError {
  return new SinterError("format", `tfjs: ${what}. The file is damaged or something else; fetch or convert it again.`);
}
