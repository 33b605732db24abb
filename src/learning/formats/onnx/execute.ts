// Runs a graph: compiled pieces where shapes are known, and between them, on the host, what waits for data: control flow and
// operators whose shapes depend on values.

import { SinterError } from "#engine/base/error.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { runControlFlow } from "./control-flow.ts";
import type { GraphNode } from "./graph.ts";
import { onHost } from "./limits.ts";
import { runPiece, type Block } from "./pieces.ts";
import { blockOfNodes, readValue, type Run } from "./run.ts";
import { lookUp, type Scope } from "./scope.ts";
import type { Value } from "./value.ts";
import {
  callOf,
  functionContext,
  functionNodes,
  functionScope,
  inputsOf,
  isControlFlow,
  namedValues,
  operatorOf,
  setOutputs,
  unknownInputs,
  walkNode,
} from "./walk.ts";

/** Known values of at most this many elements are computed on the host between programs. */
const maxOnHost = 1024;

/** Computes all nodes of a block; their values are in the scope afterwards. */
export async function runBlock(block: Block, scope: Scope, run: Run): Promise<void> {
  let at = 0;
  while (at < block.nodes.length) {
    const node = block.nodes[at];
    if (node === undefined) return;
    await run.context.budget.pause();
    if (isOnHost(node, scope, run)) {
      runEagerly(node, scope, run);
      holdOutputs(node, scope, run);
      at += 1;
      continue;
    }
    const end = runPiece(block, at, scope, run);
    if (end === at) {
      await runWaiting(node, scope, run);
      holdOutputs(node, scope, run);
      at += 1;
    } else at = end;
  }
}

function holdOutputs(node: GraphNode, scope: Scope, { context }: Run): void {
  for (const name of node.outputs) {
    const value = scope.values.get(name);
    if (value !== undefined) context.budget.hold(value);
  }
}

/** Whether a node only computes with few numbers that came from data. */
function isOnHost(node: GraphNode, scope: Scope, { moving, context }: Run): boolean {
  if (isControlFlow(node) || context.functions.has(`${node.domain}:${node.operator}`)) return false;
  const values = inputsOf(node, scope).filter((value) => value !== undefined);
  const isSmall = (value: Value): boolean =>
    value.kind === "tensor" && value.host !== undefined && sizeOf(value.shape) <= maxOnHost;
  return values.some((value) => moving.has(value)) && values.every(isSmall);
}

/** Runs a node between programs. What comes of data is data. */
function runEagerly(node: GraphNode, scope: Scope, { moving, context }: Run): void {
  if (!walkNode(node, scope, { ...context, isEager: true })) {
    throw new SinterError("format", `onnx: ${node.operator} needs numbers that are not there.`, { node: node.name });
  }
  markMoving(node, scope, moving);
}

function markMoving(node: GraphNode, scope: Scope, moving: Set<Value>): void {
  for (const name of node.outputs) {
    const value = scope.values.get(name);
    if (value?.kind === "tensor" && value.host !== undefined) moving.add(value);
  }
}

/** Runs a node that has to wait for numbers, or that runs graphs. */
async function runWaiting(node: GraphNode, scope: Scope, run: Run): Promise<void> {
  const called = run.context.functions.get(`${node.domain}:${node.operator}`);
  if (called !== undefined) {
    const inner = functionScope(node, called, scope, run.context);
    const block = blockOfNodes(functionNodes(node, called), called.outputs);
    const { budget } = run.context;
    const { held } = budget;
    await runBlock(block, inner, { ...run, context: functionContext(called, run.context) });
    budget.release(held);
    setOutputs(node, namedValues(called.outputs, inner, node), scope);
    return;
  }
  if (isControlFlow(node)) {
    await runControlFlow(node, scope, run);
    return;
  }
  const call = callOf(node, scope, run.context);
  const missing = new Set(unknownInputs(operatorOf(node, run.context), call, true));
  for (const name of node.inputs) {
    const value = name === "" ? undefined : lookUp(scope, name);
    if (value?.kind !== "tensor" || !missing.has(value)) continue;
    onHost(sizeOf(value.shape), node.operator);
    const read = await readValue(value);
    run.moving.add(read);
    replace(scope, name, read);
  }
  runEagerly(node, scope, run);
}

/** Puts a value that is now known where the name has its value. */
function replace(scope: Scope, name: string, value: Value): void {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    if (!at.values.has(name)) continue;
    at.values.set(name, value);
    return;
  }
}
