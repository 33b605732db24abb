// Computes nodes one after the other as far as it goes without waiting: until an operator needs numbers that nobody knows yet.
// Inside jit this is how a graph is traced; outside it runs what lies between compiled pieces.

import { SinterError } from "#engine/base/error.ts";
import { withAttributes } from "./analyze.ts";
import type { Graph, GraphFunction, GraphNode } from "./graph.ts";
import { asLimit, type Budget } from "./limits.ts";
import { graphAttribute, labelOf, nameOfOperator, type Call, type Operator, type Operators } from "./operator.ts";
import { innerScope, lookUp, type Scope } from "./scope.ts";
import { known, numbersOf, type TensorValue, type Value } from "./value.ts";

/** What all nodes of a model share. */
export interface WalkContext {
  readonly operators: Operators;
  readonly functions: ReadonlyMap<string, GraphFunction>;
  readonly opsets: ReadonlyMap<string, number>;
  /** Whether operators that wait for nothing but have no place in a program may run: those of lists of tensors. */
  readonly isEager: boolean;
  /** How deep functions lie in functions. */
  readonly depth: number;
  readonly budget: Budget;
}

const maxDepth = 32;

/** Computes nodes from a place on. @returns the place of the first that cannot be computed yet, or their number */
export function walkNodes(nodes: readonly GraphNode[], from: number, scope: Scope, context: WalkContext): number {
  for (let at = from; at < nodes.length; at += 1) {
    const node = nodes[at];
    if (node !== undefined && !walkNode(node, scope, context)) return at;
  }
  return nodes.length;
}

/** Computes a node, unless it needs numbers that are not known. */
export function walkNode(node: GraphNode, scope: Scope, context: WalkContext): boolean {
  const called = context.functions.get(`${node.domain}:${node.operator}`);
  if (called !== undefined) return walkFunction(node, called, scope, context);
  if (node.domain === "" && node.operator === "If") return walkIf(node, scope, context);
  if (isControlFlow(node)) return false;
  const operator = operatorOf(node, context);
  const call = callOf(node, scope, context);
  if (!canRun(operator, call, context)) return false;
  const results = resultsOf(operator, call);
  context.budget.take(node, results);
  setOutputs(node, results, scope);
  return true;
}

/** What an operator gives. @throws limit where an array that it needs is larger than arrays can be */
function resultsOf(operator: Operator, call: Call): readonly Value[] {
  try {
    return operator.run(call);
  } catch (error) {
    throw asLimit(error, labelOf(call.node));
  }
}

/** Whether a node runs graphs of its own, whose number of runs depends on data. */
export function isControlFlow({ domain, operator }: GraphNode): boolean {
  return (
    domain === "" && (operator === "If" || operator === "Loop" || operator === "Scan" || operator === "SequenceMap")
  );
}

/** @throws format for one that is not known */
export function operatorOf(node: GraphNode, { operators }: WalkContext): Operator {
  const name = nameOfOperator(node);
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (operator !== undefined) return operator;
  throw new SinterError(
    "format",
    `onnx: operator ${name} is not computed. docs/onnx.md lists those that are; export the model without it.`,
    { operator: name, node: node.name },
  );
}

export function opsetOf({ domain }: GraphNode, { opsets }: WalkContext): number {
  return opsets.get(domain) ?? opsets.get("") ?? 1;
}

/** @throws format for a name that no node before it gives */
export function inputsOf(node: GraphNode, scope: Scope): (Value | undefined)[] {
  return node.inputs.map((name) => {
    if (name === "") return undefined;
    const value = lookUp(scope, name);
    if (value !== undefined) return value;
    throw new SinterError(
      "format",
      `onnx: ${labelOf(node)} takes "${name}", which nothing before it gives. Check the file with onnx.checker.`,
      { name },
    );
  });
}

/** A node with its values. */
export function callOf(node: GraphNode, scope: Scope, context: WalkContext): Call {
  return { node, inputs: inputsOf(node, scope), opset: opsetOf(node, context) };
}

/** Whether nothing has to be waited for. */
export function canRun(operator: Operator, call: Call, { isEager }: WalkContext): boolean {
  const isPlain = call.inputs.every((value) => value?.kind !== "sequence");
  if ((operator.isEager === true || !isPlain) && !isEager) return false;
  return unknownInputs(operator, call, isEager).length === 0;
}

/** Inputs whose numbers an operator needs and nobody knows. */
export function unknownInputs({ known: needs = [] }: Operator, call: Call, isEager: boolean): TensorValue[] {
  const { inputs } = call;
  const needed = typeof needs === "function" ? needs(call) : needs;
  const places = needed === "all" ? inputs.map((_, place) => place) : needed;
  return places.flatMap((place) => {
    const value = inputs[place];
    if (value?.kind !== "tensor" || value.host !== undefined) return [];
    // What depends on all the data is done once between programs, not for each data in a program of its own.
    const mayLook = value.stored !== undefined && (needed !== "all" || isEager);
    return mayLook ? [] : [value];
  });
}

export function setOutputs(node: GraphNode, results: readonly Value[], scope: Scope): void {
  node.outputs.forEach((name, index) => {
    const value = results[index];
    if (name === "") return;
    if (value === undefined) {
      throw new SinterError("format", `onnx: ${labelOf(node)} has no result ${index}. Export the model without it.`);
    }
    scope.values.set(name, value);
  });
}

/** A function's nodes in place of the node that calls it. */
function walkFunction(node: GraphNode, called: GraphFunction, scope: Scope, context: WalkContext): boolean {
  const inner = functionScope(node, called, scope, context);
  const nodes = functionNodes(node, called);
  if (walkNodes(nodes, 0, inner, functionContext(called, context)) < nodes.length) return false;
  setOutputs(node, namedValues(called.outputs, inner, node), scope);
  return true;
}

export function functionScope(node: GraphNode, called: GraphFunction, scope: Scope, context: WalkContext): Scope {
  if (context.depth > maxDepth) throw new SinterError("format", `onnx: ${labelOf(node)}: functions call themselves.`);
  const inner = innerScope();
  inputsOf(node, scope).forEach((value, index) => {
    const name = called.inputs[index];
    if (name !== undefined) inner.values.set(name, value ?? { kind: "absent" });
  });
  for (const name of called.inputs.slice(node.inputs.length)) inner.values.set(name, { kind: "absent" });
  return inner;
}

export function functionContext(called: GraphFunction, context: WalkContext): WalkContext {
  return { ...context, opsets: called.opsets, depth: context.depth + 1 };
}

const functionBodies = new WeakMap<GraphNode, readonly GraphNode[]>();

/** The function's nodes with the caller's attributes. */
export function functionNodes(node: GraphNode, called: GraphFunction): readonly GraphNode[] {
  const found = functionBodies.get(node);
  if (found !== undefined) return found;
  const given = new Map([...called.defaults, ...node.attributes]);
  const nodes = called.nodes.map((one) => withAttributes(one, given));
  functionBodies.set(node, nodes);
  return nodes;
}

/** The branch of an If whose condition is known. */
function walkIf(node: GraphNode, scope: Scope, context: WalkContext): boolean {
  const branch = knownBranch(node, scope, context);
  if (branch === undefined) return false;
  const inner = graphScope(branch, scope);
  if (walkNodes(branch.nodes, 0, inner, context) < branch.nodes.length) return false;
  setOutputs(
    node,
    namedValues(
      branch.outputs.map(({ name }) => name),
      inner,
      node,
    ),
    scope,
  );
  return true;
}

/** The branch that the condition names, once it is known. */
export function knownBranch(node: GraphNode, scope: Scope, context: WalkContext): Graph | undefined {
  const inputs = inputsOf(node, scope);
  const [condition] = inputs;
  if (condition?.kind !== "tensor" || (condition.host === undefined && condition.stored === undefined))
    return undefined;
  const call: Call = { node, inputs, opset: opsetOf(node, context) };
  return graphAttribute(call, numbersOf(condition)[0] === 0 ? "else_branch" : "then_branch");
}

/** The scope of a graph inside a node, with its constants. */
export function graphScope(graph: Graph, outer: Scope): Scope {
  const scope = innerScope(outer);
  for (const [name, value] of constantsOf(graph)) scope.values.set(name, value);
  return scope;
}

const constantsOfGraphs = new WeakMap<Graph, ReadonlyMap<string, TensorValue>>();

/** A graph's constants, decoded once. */
export function constantsOf(graph: Graph): ReadonlyMap<string, TensorValue> {
  const found = constantsOfGraphs.get(graph);
  if (found !== undefined) return found;
  const constants = new Map<string, TensorValue>();
  for (const [name, { type, shape, read }] of graph.initializers)
    constants.set(name, known(type, shape, read(), `"${name}"`));
  constantsOfGraphs.set(graph, constants);
  return constants;
}

/** Values by their names, as results of a node. @throws format for a name that has none */
export function namedValues(names: readonly string[], scope: Scope, node: GraphNode): Value[] {
  return names.map((name) => {
    const value = lookUp(scope, name);
    if (value !== undefined) return value;
    throw new SinterError("format", `onnx: ${labelOf(node)}: nothing gives its result "${name}".`, { name });
  });
}
