// Loops that are ONNX's own recurrent operators: LSTM, GRU and RNN. A body is known by comparing it with what the cell's step
// would be; another body, or weights that are not known, make a Scan.

import type { Node } from "#engine/graph/graph.ts";
import { loopOf, type Loop, type LoopResults } from "#engine/graph/loop.ts";
import { printGraph } from "#engine/graph/print.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { traceGraph } from "#engine/tensor/trace-graph.ts";
import type { LoopContext, LoopRun } from "./write-loop.ts";
import { labelOf, nth, type Facts, type Rule } from "./write-rule.ts";
import { int, type Scope } from "./write-scope.ts";
import { made, nameOf, straight, type Known, type Value } from "./write-value.ts";

interface Cell {
  readonly operator: "LSTM" | "GRU" | "RNN";
  /** The number of sinter's gate in each place of ONNX's. */
  readonly gates: readonly number[];
  readonly numConstants: number;
  readonly numStates: number;
  /** Whether the last constant is the bias of the recurrent product. */
  readonly hasRecurrentBias: boolean;
  readonly linearBeforeReset?: boolean;
  /** From constants, states and a row of products to the next states. */
  readonly step: (args: readonly Tensor[]) => readonly Tensor[];
}

/** One of equal parts along the last axis. */
function part(x: Tensor, place: number, count: number): Tensor {
  const [rows = 0, width = 0] = x.shape;
  const size = width / count;
  return x.slice([0, place * size], [rows, size]);
}

function lstmStep(args: readonly Tensor[]): Tensor[] {
  const [kernel, h, c, x] = [nth(args, 0), nth(args, 1), nth(args, 2), nth(args, 3)];
  const sums = x.add(h.matMul(kernel));
  const kept = part(sums, 1, 4).sigmoid().mul(c);
  const cell = kept.add(
    part(sums, 0, 4)
      .sigmoid()
      .mul(part(sums, 2, 4).tanh()),
  );
  return [part(sums, 3, 4).sigmoid().mul(cell.tanh()), cell];
}

/** @param product of the state with the kernel @param candidate from the reset gate, the sum that enters without the state */
function gruStep(
  h: Tensor,
  x: Tensor,
  gate: (place: number) => Tensor,
  candidate: (reset: Tensor, x: Tensor) => Tensor,
): Tensor[] {
  const update = part(x, 0, 3).add(gate(0)).sigmoid();
  const reset = part(x, 1, 3).add(gate(1)).sigmoid();
  const changed = candidate(reset, part(x, 2, 3)).tanh();
  return [update.mul(h).add(update.neg().add(1).mul(changed))];
}

function resetAfter(h: Tensor, x: Tensor, product: Tensor): Tensor[] {
  const gate = (place: number): Tensor => part(product, place, 3);
  return gruStep(h, x, gate, (reset, sum) => sum.add(reset.mul(gate(2))));
}

const gru = { operator: "GRU", gates: [0, 1, 2], numStates: 1 } as const;

const cells: readonly Cell[] = [
  { operator: "LSTM", gates: [0, 3, 1, 2], numConstants: 1, numStates: 2, hasRecurrentBias: false, step: lstmStep },
  {
    ...gru,
    numConstants: 2,
    hasRecurrentBias: true,
    linearBeforeReset: true,
    step: (args) => resetAfter(nth(args, 2), nth(args, 3), nth(args, 2).matMul(nth(args, 0)).add(nth(args, 1))),
  },
  {
    ...gru,
    numConstants: 1,
    hasRecurrentBias: false,
    linearBeforeReset: true,
    step: (args) => resetAfter(nth(args, 1), nth(args, 2), nth(args, 1).matMul(nth(args, 0))),
  },
  {
    ...gru,
    numConstants: 2,
    hasRecurrentBias: false,
    step: (args) => {
      const [gates, kernel, h, x] = [nth(args, 0), nth(args, 1), nth(args, 2), nth(args, 3)];
      const product = h.matMul(gates);
      return gruStep(
        h,
        x,
        (place) => part(product, place, 2),
        (reset, sum) => sum.add(reset.mul(h).matMul(kernel)),
      );
    },
  },
  {
    operator: "RNN",
    gates: [0],
    numConstants: 1,
    numStates: 1,
    hasRecurrentBias: false,
    step: (args) => [
      nth(args, 2)
        .add(nth(args, 1).matMul(nth(args, 0)))
        .tanh(),
    ],
  },
];

/** What the operator takes: the sequence, the kernel of the products that the loop was given, and their bias. */
interface Projection {
  readonly x: Node;
  readonly kernel: Node;
  readonly bias: Node | undefined;
}

interface Found extends Projection {
  readonly cell: Cell;
  readonly loop: Loop;
  readonly constants: readonly Node[];
  readonly states: readonly Node[];
}

/** The rule of a loop that is one of ONNX's operators. */
export function recurrentRule(node: Node, results: LoopResults, { facts, runs }: LoopContext): Rule | undefined {
  const found = findCell(node, facts);
  if (found === undefined) return undefined;
  const run = runs.get(results) ?? { needed: [], written: new Map<Node, Value>() };
  runs.set(results, run);
  run.needed.push(node);
  const { x, kernel, bias, constants, states } = found;
  return {
    inputs: [x, kernel, ...(bias === undefined ? [] : [bias]), ...constants, ...states],
    write: (values, scope) => {
      if (run.written.size === 0) writeCell(run, found, values, { facts, scope });
      return nth(
        [run.written.get(node)].flatMap((value) => value ?? []),
        0,
      );
    },
  };
}

function findCell(node: Node, facts: Facts): Found | undefined {
  const loop = loopOf(node);
  const rows = node.inputs.at(-1);
  if (loop === undefined || rows === undefined) return undefined;
  const { numConstants, numCarries, body, result } = loop;
  const isOutput = result < numCarries || body.outputs[result] === body.outputs[0];
  if (!isOutput || node.inputs.length !== numConstants + numCarries + 1) return undefined;
  const cell = cells.find(
    (one) => one.numConstants === numConstants && one.numStates === numCarries && isStep(one, loop),
  );
  const projection = projectionOf(rows, facts);
  const constants = node.inputs.slice(0, numConstants);
  if (cell === undefined || projection === undefined) return undefined;
  const { kernel, bias } = projection;
  const fixed = [kernel, ...(bias === undefined ? [] : [bias]), ...constants];
  if (!fixed.every((one) => facts.isKnown(one))) return undefined;
  return { ...projection, cell, loop, constants, states: node.inputs.slice(numConstants, -1) };
}

/** Whether the loop's body does what the cell's step does. */
function isStep({ step, numStates }: Cell, { body }: Loop): boolean {
  const { parameters, outputs } = body;
  if (parameters.some(({ type }) => type.shape.length !== 2)) return false;
  try {
    const template = traceGraph(
      step,
      parameters.map(({ type }) => type),
    );
    const text = (graph: { parameters: readonly Node[]; outputs: readonly Node[] }): string =>
      printGraph({ ...graph, donations: [] });
    return text(template) === text({ parameters, outputs: outputs.slice(0, numStates) });
  } catch {
    return false; // The cell's step does not fit these shapes.
  }
}

/** What rows of products are made of: x · kernel + bias over [time, batch, inputs]. */
function projectionOf(rows: Node, facts: Facts): Projection | undefined {
  const vector = rows.primitive.name === "add" ? rows.inputs[1]?.inputs[0] : undefined;
  const product = vector === undefined ? rows : rows.inputs[0];
  if (vector !== undefined && vector.type.shape.length !== 1) return undefined;
  const [x, kernel] = product?.inputs ?? [];
  if (product?.primitive.name !== "dot" || x === undefined || kernel === undefined) return undefined;
  const axes = ["leftContract", "rightContract", "leftBatch"].map((name) => facts.fixedNumbers(product, name).join());
  if (x.type.shape.length !== 3 || kernel.type.shape.length !== 2 || axes.join(";") !== "2;0;") return undefined;
  return { x, kernel, bias: vector };
}

function writeCell(
  { needed, written }: LoopRun,
  found: Found,
  values: readonly Value[],
  { facts, scope }: { readonly facts: Facts; readonly scope: Scope },
): void {
  const { cell, loop, bias, constants, states } = found;
  const numFixed = 2 + (bias === undefined ? 0 : 1);
  const fixed = values
    .slice(1, numFixed + constants.length)
    .flatMap((value) => (value.kind === "known" ? [value] : []));
  const tensors = weightsOf(cell, fixed, bias !== undefined, scope);
  const x = nameOf(nth(values, 0), { order: straight(3), extents: facts.extents(found.x) }, scope);
  const initial = states.map((node, index) =>
    stateOf(node, nth(values, numFixed + constants.length + index), facts, scope),
  );
  const inputs = [x, ...tensors, "", ...initial];
  while (inputs.at(-1) === "") inputs.pop();
  const name = scope.sheet.unique(`${labelOf(fixed) ?? "cell"}/${cell.operator}`);
  const outputs = ["", "", ""].slice(0, 1 + states.length).map(() => scope.sheet.unique(name));
  const units = nth(states, 0).type.shape.at(-1) ?? 0;
  scope.nodes.push({
    name,
    operator: cell.operator,
    inputs,
    outputs,
    attributes: {
      hidden_size: int(units),
      ...(loop.isReversed ? { direction: { kind: "string", value: "reverse" } as const } : {}),
      ...(cell.linearBeforeReset === true ? { linear_before_reset: int(1) } : {}),
    },
  });
  for (const node of needed) {
    const { result = 0, numCarries = 0 } = loopOf(node) ?? {};
    const isState = result < numCarries;
    const axis = scope.sheet.integers([isState ? 0 : 1]);
    const squeezed = scope.emit("Squeeze", [nth(outputs, isState ? 1 + result : 0), axis]);
    written.set(node, made(squeezed, node.type.dtype, facts.extents(node), scope));
  }
}

/** ONNX's begins with zeros where none is named. */
function stateOf(node: Node, value: Value, facts: Facts, scope: Scope): string {
  if (node.primitive.name === "constant" && node.attributes["value"] === 0) return "";
  const name = nameOf(value, { order: straight(2), extents: facts.extents(node) }, scope);
  return scope.emit("Unsqueeze", [name, scope.sheet.integers([0])]);
}

/** Names of the kernels, one direction of rows for each gate, and of the two biases side by side. */
function weightsOf(cell: Cell, fixed: readonly Known[], hasBias: boolean, scope: Scope): string[] {
  const kernel = nth(fixed, 0);
  const bias = hasBias ? nth(fixed, 1) : undefined;
  const rest = fixed.slice(hasBias ? 2 : 1);
  const recurrentBias = cell.hasRecurrentBias ? rest.at(-1) : undefined;
  const kernels = cell.hasRecurrentBias ? rest.slice(0, -1) : rest;
  const names = [matrix([kernel], cell.gates, scope), matrix(kernels, cell.gates, scope)];
  if (bias === undefined && recurrentBias === undefined) return [...names, ""];
  const size = kernel.shape[1] ?? 0;
  const both = [bias, recurrentBias].flatMap((one) => [...gatesOf(one?.data ?? new Float32Array(size), cell.gates)]);
  const label = (bias ?? recurrentBias ?? kernel).label;
  return [...names, scope.sheet.tensor(label, "f32", [1, both.length], Float32Array.from(both))];
}

/** Matrices [inputs, gates · units], side by side, as [1, gates · units, inputs]. */
function matrix(sources: readonly Known[], gates: readonly number[], scope: Scope): string {
  const [first] = sources;
  const numInputs = first?.shape[0] ?? 0;
  const widths = sources.map(({ shape }) => shape[1] ?? 0);
  const width = widths.reduce((sum, one) => sum + one, 0);
  const data = new Float32Array(width * numInputs);
  const columns = gatesOf(straight(width), gates);
  columns.forEach((column, row) => {
    const [source, at] = columnOf(sources, column);
    const stride = source.shape[1] ?? 0;
    for (let input = 0; input < numInputs; input += 1)
      data[row * numInputs + input] = source.data[input * stride + at] ?? 0;
  });
  return scope.sheet.tensor(first?.label ?? "kernel", "f32", [1, width, numInputs], data);
}

/** The matrix that a column of all of them lies in, and where. */
function columnOf(sources: readonly Known[], column: number): readonly [Known, number] {
  let rest = column;
  for (const source of sources) {
    const width = source.shape[1] ?? 0;
    if (rest < width) return [source, rest];
    rest -= width;
  }
  return [nth(sources, 0), 0];
}

/** Elements with their gates in ONNX's order. */
function gatesOf(elements: ArrayLike<number>, gates: readonly number[]): number[] {
  const units = elements.length / gates.length;
  return gates.flatMap((gate) => straight(units).map((unit) => elements[gate * units + unit] ?? 0));
}
