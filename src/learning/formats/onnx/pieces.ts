// Stretches of nodes as compiled programs. A piece begins at a node and goes as far as nothing waits for data; it is traced once
// for each combination of shapes, of values that are known, and of numbers that its operators had to look at.

import { sizeOf } from "#engine/base/shape.ts";
import { jit } from "#engine/tensor/transforms.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { namesUsedBy } from "./analyze.ts";
import type { ElementType, GraphNode, HostValues } from "./graph.ts";
import type { Budget } from "./limits.ts";
import { innerScope, lookUp, type Scope } from "./scope.ts";
import { computed, weight, type TensorValue, type Value } from "./value.ts";
import type { Run } from "./run.ts";
import { callOf, canRun, isControlFlow, knownBranch, operatorOf, walkNodes, type WalkContext } from "./walk.ts";

/** Nodes that are computed in order, and the names that somebody asks for afterwards. */
export interface Block {
  readonly nodes: readonly GraphNode[];
  readonly results: readonly string[];
  /** By the place of their first node. */
  readonly pieces: Map<number, Piece[]>;
  /** Names that nodes from a place on use, and results. */
  readonly namesFrom: Map<number, readonly string[]>;
}

/** A compiled stretch. */
interface Piece {
  readonly signature: string;
  /** Numbers that the trace looked at; other numbers need another trace. */
  readonly conditions: ReadonlyMap<string, HostValues>;
  /** Names of the arguments, in order: of those that are the same at every run, and of the others. */
  readonly steadyNames: readonly string[];
  readonly names: readonly string[];
  readonly program: (steady: readonly Tensor[], others: readonly Tensor[]) => readonly Tensor[];
  readonly end: number;
  readonly outputs: readonly Output[];
  /** Steps that its nodes took when they were traced. */
  numSteps: number;
}

/** A value that a piece gives: the next tensor of its program, or one that was known when it was traced. */
type Output =
  | { readonly kind: "tensor"; readonly name: string; readonly type: ElementType }
  | { readonly kind: "known"; readonly name: string; readonly value: Value };

/** Traces of one place; those used longest ago give way. */
const maxPieces = 64;
/** Known values of at most this many elements are part of a program; larger ones are its arguments. */
const maxKnown = 1024;

export function blockOf(nodes: readonly GraphNode[], results: readonly string[]): Block {
  return { nodes, results, pieces: new Map(), namesFrom: new Map() };
}

/** Names that the rest of a block needs. */
function namesFrom(block: Block, from: number): readonly string[] {
  const found = block.namesFrom.get(from);
  if (found !== undefined) return found;
  const names = new Set(block.results);
  for (const node of block.nodes.slice(from)) for (const name of namesUsedBy(node)) names.add(name);
  const list = [...names];
  block.namesFrom.set(from, list);
  return list;
}

/**
 * Runs the piece that begins at a place and puts what it gives into the scope.
 * @param run `moving`: known numbers that come from data, so that they are arguments rather than part of a program;
 *   `steady`: arguments that are the same at every run, so that what follows from them alone is computed once
 * @returns the place behind it; the place itself when its first node has to wait
 */
export function runPiece(
  block: Block,
  from: number,
  scope: Scope,
  { moving, steady, context }: Pick<Run, "moving" | "steady" | "context">,
): number {
  const inputs = namesFrom(block, from).flatMap((name) => {
    const value = lookUp(scope, name);
    return value?.kind === "tensor" ? [{ name, value }] : [];
  });
  const isArgument = ({ value }: { readonly value: TensorValue }): boolean =>
    value.type !== "string" && (value.host === undefined || moving.has(value) || sizeOf(value.shape) > maxKnown);
  const args = inputs.filter(isArgument).map((one) => ({ ...one, isSteady: steady.has(one.value) }));
  const signature = inputs.map((one) => signatureOf(one.name, one.value, isArgument(one))).join(";");
  if (!mayBegin(block.nodes[from], scope, context)) return from;
  const pieces = block.pieces.get(from) ?? [];
  block.pieces.set(from, pieces);
  const fitting = pieces.find((piece) => piece.signature === signature && isFitting(piece, scope));
  const piece = fitting ?? tracePiece(block, { from, scope, args, signature, context });
  if (piece === undefined || fitting?.end === from) return from;
  const valuesOf = (names: readonly string[]): Tensor[] =>
    names.flatMap((name) => {
      const value = lookUp(scope, name);
      return value?.kind === "tensor" ? [value.device()] : [];
    });
  const { budget } = context;
  if (fitting !== undefined) budget.spend(piece.numSteps, block.nodes[from]?.operator ?? "");
  const { steps } = budget;
  const tensors = piece.program(valuesOf(piece.steadyNames), valuesOf(piece.names));
  if (fitting === undefined) {
    piece.numSteps = budget.steps - steps;
    pieces.push(piece);
    if (pieces.length > maxPieces) pieces.shift();
  }
  setOutputs(piece, tensors, scope, budget);
  return piece.end;
}

/** What a program gave, as values of their names. */
function setOutputs({ outputs }: Piece, tensors: readonly Tensor[], scope: Scope, budget: Budget): void {
  let next = 0;
  for (const output of outputs) {
    const tensor = output.kind === "known" ? undefined : tensors[next];
    if (output.kind === "tensor") next += 1;
    const value = output.kind === "known" ? output.value : tensor && computed(output.type, tensor);
    if (value === undefined) continue;
    scope.values.set(output.name, value);
    budget.hold(value);
  }
}

/** Whether a node might be computed in a program; an If only shows when it is tried. */
function mayBegin(node: GraphNode | undefined, scope: Scope, context: WalkContext): boolean {
  if (node === undefined) return false;
  if (context.functions.has(`${node.domain}:${node.operator}`)) return true;
  if (isControlFlow(node)) return node.operator === "If" && knownBranch(node, scope, context) !== undefined;
  return canRun(operatorOf(node, context), callOf(node, scope, context), context);
}

function signatureOf(name: string, { type, shape, host, stored }: TensorValue, isArgument: boolean): string {
  const head = `${name}:${type}[${shape.join()}]`;
  if (isArgument) return stored === undefined ? head : `${head}*`;
  return `${head}=${(host ?? []).join()}`;
}

function isFitting({ conditions }: Piece, scope: Scope): boolean {
  for (const [name, numbers] of conditions) {
    const value = lookUp(scope, name);
    if (value?.kind !== "tensor" || value.host === undefined || value.host.length !== numbers.length) return false;
    const { host } = value;
    for (let index = 0; index < numbers.length; index += 1) if (!Object.is(host[index], numbers[index])) return false;
  }
  return true;
}

interface Beginning {
  readonly from: number;
  readonly scope: Scope;
  readonly args: readonly { readonly name: string; readonly value: TensorValue; readonly isSteady: boolean }[];
  readonly signature: string;
  readonly context: WalkContext;
}

/** A new piece, unless its first node has to wait. Its program is traced again for another device. */
function tracePiece(block: Block, { from, scope, args, signature, context }: Beginning): Piece | undefined {
  const conditions = new Map<string, HostValues>();
  const steady = args.filter(({ isSteady }) => isSteady);
  const others = args.filter(({ isSteady }) => !isSteady);
  const around = knownScope(scope, namesFrom(block, from));
  let end = from;
  let outputs: readonly Output[] = [];
  const body = (...values: readonly (readonly Tensor[])[]): readonly Tensor[] => {
    const inner = innerScope(around);
    const tensors = values.flat();
    [...steady, ...others].forEach(({ name, value }, index) => {
      const tensor = tensors[index];
      if (tensor !== undefined) inner.values.set(name, argumentOf(name, value, tensor, conditions));
    });
    const own = innerScope(inner);
    end = walkNodes(block.nodes, from, own, context);
    const live = new Set(namesFrom(block, end));
    const given = [...own.values].filter(([name]) => live.has(name));
    outputs = given.map(([name, value]) => outputOf(name, value));
    context.budget.requireRoom(given.map(([, value]) => value));
    return given.flatMap(([, value]) => (value.kind === "tensor" && isComputed(value) ? [value.device()] : []));
  };
  // Traced at its first call; whether there is anything to trace must be known before.
  const program = jit(body, { constant: [0] });
  const first = block.nodes[from];
  if (first === undefined) return undefined;
  return {
    signature,
    conditions,
    steadyNames: steady.map(({ name }) => name),
    names: others.map(({ name }) => name),
    program,
    get end() {
      return end;
    },
    get outputs() {
      return outputs;
    },
    numSteps: 0,
  };
}

/** What the program takes in place of a value: its numbers are noted when somebody looks at them. */
function argumentOf(
  name: string,
  value: TensorValue,
  tensor: Tensor,
  conditions: Map<string, HostValues>,
): TensorValue {
  const { type, host, stored } = value;
  if (stored !== undefined) return weight(type, tensor, stored);
  if (host === undefined) return computed(type, tensor);
  return weight(type, tensor, () => {
    conditions.set(name, host);
    return host;
  });
}

/** The values that are not arguments. */
function knownScope(scope: Scope, names: readonly string[]): Scope {
  const inner = innerScope();
  for (const name of names) {
    const value = lookUp(scope, name);
    if (value !== undefined) inner.values.set(name, value);
  }
  return inner;
}

function isComputed({ host }: TensorValue): boolean {
  return host === undefined;
}

function outputOf(name: string, value: Value): Output {
  if (value.kind === "tensor" && isComputed(value)) return { kind: "tensor", name, type: value.type };
  return { kind: "known", name, value };
}
