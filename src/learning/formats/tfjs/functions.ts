// Operations of TensorFlow that run functions of the graph's library: branches and loops become ONNX's, calls their nodes.

import type { Attribute, Graph, GraphNode, ValueInfo } from "../onnx/graph.ts";
import { damaged, emit, emitOnnx, keyOf, type Source, type Target, type Writer } from "./emit-graph.ts";
import type { GraphDefFunction, GraphDefNode } from "./graph-def.ts";

/** What functions need of the graph around them. */
export interface Library {
  readonly functions: ReadonlyMap<string, GraphDefFunction>;
  /** A source of a function's nodes, whose names are none of the graph's. */
  readonly sourceOf: (nodes: readonly GraphDefNode[]) => Source;
  /** Functions that were written so far: one that two others call stands in both. */
  readonly written: GraphDefFunction[];
}

const maxDepth = 16;
const maxFunctions = 4096;

/** Writers of these operations. */
export function functionWriters(library: Library): [operation: string, write: Writer][] {
  const branch: Writer = (node, into) => writeIf(node, into, library);
  const loop: Writer = (node, into) => writeWhile(node, into, library);
  const call: Writer = (node, into) => {
    const called = functionOf(node, "f", library);
    return writeFunction(called, inputsOf(node, into), into, library);
  };
  return [
    ["If", branch],
    ["StatelessIf", branch],
    ["While", loop],
    ["StatelessWhile", loop],
    ["PartitionedCall", call],
    ["StatefulPartitionedCall", call],
  ];
}

function inputsOf({ inputs }: GraphDefNode, into: Target): string[] {
  return inputs.map((input) => emit(input, into));
}

function functionOf(node: GraphDefNode, name: string, { functions }: Library): GraphDefFunction {
  const attribute = node.attributes.get(name);
  const found = attribute?.kind === "function" ? functions.get(attribute.value) : undefined;
  if (found !== undefined) return found;
  throw damaged(`node "${node.name.slice(0, 80)}" names no function by ${name}`);
}

/** The nodes of a function in a graph. @returns names of its results */
function writeFunction(
  called: GraphDefFunction,
  values: readonly string[],
  into: Pick<Target, "nodes" | "depth">,
  library: Library,
): string[] {
  const { arguments: names, results, nodes, name } = called;
  const { depth = 0 } = into;
  if (library.written.push(called) > maxFunctions) throw damaged(`its functions call more than ${maxFunctions} others`);
  if (depth >= maxDepth) throw damaged(`function "${name.slice(0, 80)}" lies in ${maxDepth} others, or in itself`);
  const given = new Map<string, string>();
  for (const [place, argument] of names.entries()) {
    const value = values[place];
    if (value === undefined) throw damaged(`function "${name.slice(0, 80)}" takes ${names.length} values`);
    given.set(keyOf({ node: argument, output: 0 }), value);
  }
  const target: Target = {
    source: library.sourceOf(nodes),
    nodes: into.nodes,
    given,
    written: new Map(),
    depth: depth + 1,
  };
  return results.map((result) => emit(result, target));
}

function writeIf(node: GraphDefNode, into: Target, library: Library): readonly string[] {
  const [condition = "", ...values] = inputsOf(node, into);
  const branch = (name: string): Graph => {
    const nodes: GraphNode[] = [];
    const results = writeFunction(functionOf(node, name, library), values, { nodes, depth: into.depth }, library);
    return graphOf(nodes, [], results);
  };
  const [then, otherwise] = [branch("then_branch"), branch("else_branch")];
  if (then.outputs.length !== otherwise.outputs.length) throw damaged("branches with different results");
  const attributes: Record<string, Attribute> = {
    then_branch: { kind: "graph", value: then },
    else_branch: { kind: "graph", value: otherwise },
  };
  return emitOnnx("If", { inputs: [condition], attributes, count: then.outputs.length }, into);
}

/** The condition is computed before the first round, then in each for the next. */
function writeWhile(node: GraphDefNode, into: Target, library: Library): readonly string[] {
  const values = inputsOf(node, into);
  const [condition, body] = [functionOf(node, "cond", library), functionOf(node, "body", library)];
  const [first = ""] = writeFunction(condition, values, into, library);
  const inner: Pick<Target, "depth"> & { nodes: GraphNode[] } = { nodes: [], depth: into.depth };
  const carried = values.map((_, place) => into.source.fresh(`${node.name}/carried:${place}`));
  const results = writeFunction(body, carried, inner, library);
  if (results.length !== values.length) throw damaged(`loop "${node.name.slice(0, 80)}" changes its values' number`);
  const [next = ""] = writeFunction(condition, results, inner, library);
  const round = ["round", "goes"].map((name) => into.source.fresh(`${node.name}/${name}:0`));
  const value = graphOf(inner.nodes, [...round, ...carried], [next, ...results]);
  const attributes: Record<string, Attribute> = { body: { kind: "graph", value } };
  return emitOnnx("Loop", { inputs: ["", first, ...values], attributes, count: values.length }, into);
}

function graphOf(nodes: readonly GraphNode[], inputs: readonly string[], outputs: readonly string[]): Graph {
  const infos = (names: readonly string[]): ValueInfo[] =>
    names.map((name) => ({ name, type: { kind: "tensor", type: undefined, shape: undefined } }));
  const [given, results] = [infos(inputs), infos(outputs)];
  return { name: "", nodes, initializers: new Map(), inputs: given, outputs: results, valueInfos: [] };
}
