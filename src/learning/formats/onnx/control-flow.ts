// If, Loop, Scan and SequenceMap on the host: how often their graphs run depends on data. Each graph's nodes are compiled once.

import { SinterError } from "#engine/base/error.ts";
import { normalizeAxis } from "#engine/base/shape.ts";

import type { Graph, GraphNode } from "./graph.ts";
import { concat, reshape, slice } from "./movement.ts";
import {
  graphAttribute,
  input,
  labelOf,
  numberOf,
  numbersAttribute,
  optionalInput,
  type Call,
  wrongNode,
} from "./operator.ts";
import { blockOfGraph, readValue, type Run } from "./run.ts";
import type { Scope } from "./scope.ts";
import { knownNumbers, numbersOf, type TensorValue, type Value } from "./value.ts";
import { graphScope, inputsOf, namedValues, opsetOf, setOutputs } from "./walk.ts";

export async function runControlFlow(node: GraphNode, scope: Scope, run: Run): Promise<void> {
  const call: Call = { node, inputs: inputsOf(node, scope), opset: opsetOf(node, run.context) };
  const { budget } = run.context;
  const { held } = budget;
  setOutputs(node, await results(call, scope, run), scope);
  budget.release(held);
}

function results(call: Call, scope: Scope, run: Run): Promise<Value[]> {
  switch (call.node.operator) {
    case "If":
      return runIf(call, scope, run);
    case "Loop":
      return runLoop(call, scope, run);
    case "Scan":
      return call.opset < 9 ? runOldScan(call, scope, run) : runScan(call, scope, run);
    default:
      return runSequenceMap(call, scope, run);
  }
}

/** Runs a graph with values for its inputs. */
async function runGraph(
  graph: Graph,
  inputs: readonly Value[],
  call: Call,
  { scope, run }: { readonly scope: Scope; readonly run: Run },
): Promise<Value[]> {
  const inner = graphScope(graph, scope);
  graph.inputs.forEach(({ name }, index) => {
    const value = inputs[index];
    if (value !== undefined) inner.values.set(name, value);
  });
  const { budget } = run.context;
  const { held } = budget;
  await run.runBlock(blockOfGraph(graph), inner, run);
  budget.release(held);
  return namedValues(
    graph.outputs.map(({ name }) => name),
    inner,
    call.node,
  );
}

/** Runs a graph for a round of a loop: it takes a step even if the graph is empty. */
function runRound(
  graph: Graph,
  inputs: readonly Value[],
  call: Call,
  around: { readonly scope: Scope; readonly run: Run },
): Promise<Value[]> {
  const { budget } = around.run.context;
  return budget.round(async () => {
    budget.spend(1, labelOf(call.node));
    await budget.pause();
    return runGraph(graph, inputs, call, around);
  });
}

/** The first number of a value, read if need be. */
async function numberIn(value: TensorValue): Promise<number> {
  const [number = 0] = numbersOf(await readValue(value));
  return number;
}

async function runIf(call: Call, scope: Scope, run: Run): Promise<Value[]> {
  const isTrue = (await numberIn(input(call, 0))) !== 0;
  return runGraph(graphAttribute(call, isTrue ? "then_branch" : "else_branch"), [], call, { scope, run });
}

async function runLoop(call: Call, scope: Scope, run: Run): Promise<Value[]> {
  const body = graphAttribute(call, "body");
  const limit = optionalInput(call, 0);
  const count = limit === undefined ? Number.POSITIVE_INFINITY : await numberIn(limit);
  const condition = optionalInput(call, 1);
  let goesOn = condition === undefined || (await numberIn(condition)) !== 0;
  let carried: Value[] = call.inputs.slice(2).flatMap((value) => (value === undefined ? [] : [value]));
  const scanned: TensorValue[][] = Array.from({ length: call.node.outputs.length - carried.length }, () => []);
  for (let round = 0; round < count && goesOn; round += 1) {
    const counter = knownNumbers("i64", [], [round]);
    run.moving.add(counter);
    const given = await runRound(body, [counter, knownNumbers("bool", [], [1]), ...carried], call, { scope, run });
    const [next, ...values] = given;
    if (next?.kind !== "tensor") throw damagedBody(call);
    goesOn = (await numberIn(next)) !== 0;
    scanned.forEach((rows, index) => rows.push(keptRow(values[carried.length + index], call, run)));
    carried = values.slice(0, carried.length);
  }
  const rows = scanned.map((list, index) => stacked(list, 0, call, body.outputs[1 + carried.length + index]));
  return [...carried, ...rows];
}

/** A tensor that is kept until the loop ends. */
function keptRow(value: Value | undefined, call: Call, { context }: Run): TensorValue {
  const tensor = tensorOf(value, call);
  context.budget.hold(tensor);
  return tensor;
}

function tensorOf(value: Value | undefined, call: Call): TensorValue {
  if (value?.kind !== "tensor") throw damagedBody(call);
  return value;
}

/** Values of all rounds along a new axis. */
function stacked(
  rows: readonly TensorValue[],
  axis: number,
  call: Call,
  declared?: Graph["outputs"][number],
): TensorValue {
  const [first] = rows;
  if (first === undefined) return emptyRows(declared);
  const place = axis < 0 ? axis + first.shape.length + 1 : axis;
  normalizeAxis(axis, first.shape.length + 1, call.node.operator);
  const shape = [...first.shape.slice(0, place), 1, ...first.shape.slice(place)];
  return concat(
    rows.map((row) => reshape(row, shape)),
    place,
  );
}

/** No rounds give no rows, of the declared type. */
function emptyRows(declared: Graph["outputs"][number] | undefined): TensorValue {
  const type = declared?.type;
  const shape = type?.kind === "tensor" ? (type.shape ?? []) : [];
  const element = type?.kind === "tensor" ? (type.type ?? "f32") : "f32";
  return knownNumbers(element, [0, ...shape.map((extent) => (typeof extent === "number" ? extent : 0))], []);
}

interface ScanOptions {
  readonly body: Graph;
  readonly axes: readonly number[];
  readonly outputAxes: readonly number[];
  readonly isBackwards: readonly boolean[];
  readonly isOutputBackwards: readonly boolean[];
}

function scanOptions(call: Call, body: Graph, numStates: number, numRows: number): ScanOptions {
  const isSound =
    Number.isInteger(numRows) && numRows >= 1 && numStates >= 0 && numStates + numRows <= call.inputs.length;
  if (!isSound || numStates > body.outputs.length) throw wrongNode(call, `num_scan_inputs ${numRows}`);
  const list = (name: string, length: number): number[] => {
    const values = numbersAttribute(call, name) ?? [];
    return Array.from({ length }, (_, index) => values[index] ?? 0);
  };
  const numOutputs = body.outputs.length - numStates;
  return {
    body,
    axes: list("scan_input_axes", numRows),
    outputAxes: list("scan_output_axes", numOutputs),
    isBackwards: list("scan_input_directions", numRows).map((value) => value === 1),
    isOutputBackwards: list("scan_output_directions", numOutputs).map((value) => value === 1),
  };
}

async function runScan(call: Call, scope: Scope, run: Run): Promise<Value[]> {
  const body = graphAttribute(call, "body");
  const numRows = numberOf(call, "num_scan_inputs");
  const all = call.inputs.map((_, index) => input(call, index));
  const states = all.slice(0, all.length - numRows);
  const options = scanOptions(call, body, states.length, numRows);
  return scanRows(call, { states, rows: all.slice(all.length - numRows), options }, { scope, run });
}

async function scanRows(
  call: Call,
  { states, rows, options }: { states: readonly TensorValue[]; rows: readonly TensorValue[]; options: ScanOptions },
  around: { readonly scope: Scope; readonly run: Run },
): Promise<TensorValue[]> {
  const { body, axes, outputAxes, isBackwards, isOutputBackwards } = options;
  const places = rows.map((row, index) => normalizeAxis(axes[index] ?? 0, row.shape.length, "Scan"));
  const length = rows[0]?.shape[places[0] ?? 0] ?? 0;
  let carried: readonly TensorValue[] = states;
  const outputs: TensorValue[][] = outputAxes.map(() => []);
  for (let round = 0; round < length; round += 1) {
    const parts = rows.map((row, index) =>
      partOf(row, places[index] ?? 0, isBackwards[index] === true ? length - 1 - round : round),
    );
    const given = (await runRound(body, [...carried, ...parts], call, around)).map((value) => tensorOf(value, call));
    carried = given.slice(0, states.length);
    outputs.forEach((list, index) => list.push(keptRow(given[states.length + index], call, around.run)));
  }
  return [
    ...carried,
    ...outputs.map((list, index) =>
      stacked(
        isOutputBackwards[index] === true ? list.toReversed() : list,
        outputAxes[index] ?? 0,
        call,
        body.outputs[states.length + index],
      ),
    ),
  ];
}

/** One place of an axis, which disappears. */
export function partOf(x: TensorValue, axis: number, at: number): TensorValue {
  const part = slice(
    x,
    x.shape.map((extent, place) =>
      place === axis ? { start: at, count: 1, step: 1 } : { start: 0, count: extent, step: 1 },
    ),
  );
  return reshape(
    part,
    x.shape.filter((_, place) => place !== axis),
  );
}

/** Before opset 9 there is a batch axis before all, and lengths as the first input. */
async function runOldScan(call: Call, scope: Scope, run: Run): Promise<Value[]> {
  const body = graphAttribute(call, "body");
  const numRows = numberOf(call, "num_scan_inputs");
  const all = call.inputs.slice(1).map((_, index) => input(call, index + 1));
  const numStates = all.length - numRows;
  const options = scanOptions(call, body, numStates, numRows);
  const batch = all[0]?.shape[0] ?? 0;
  const members: TensorValue[][] = [];
  for (let member = 0; member < batch; member += 1) {
    const own = all.map((value) => partOf(value, 0, member));
    const parts = { states: own.slice(0, numStates), rows: own.slice(numStates), options };
    members.push(await scanRows(call, parts, { scope, run }));
  }
  return call.node.outputs.map((_, index) =>
    stacked(
      members.map((member) => tensorOf(member[index], call)),
      0,
      call,
    ),
  );
}

/** The body for every member of a sequence; tensors beside it go in as they are. */
async function runSequenceMap(call: Call, scope: Scope, run: Run): Promise<Value[]> {
  const body = graphAttribute(call, "body");
  const [first] = call.inputs;
  if (first?.kind !== "sequence") throw damagedBody(call);
  const outputs: TensorValue[][] = body.outputs.map(() => []);
  for (let index = 0; index < first.items.length; index += 1) {
    const inputs = call.inputs.flatMap((value): Value[] => {
      if (value?.kind === "sequence") return value.items.slice(index, index + 1);
      return value === undefined ? [] : [value];
    });
    const given = await runRound(body, inputs, call, { scope, run });
    outputs.forEach((list, place) => list.push(keptRow(given[place], call, run)));
  }
  return outputs.map((items) => ({ kind: "sequence", items }));
}

function damagedBody({ node }: Call): SinterError {
  return new SinterError("format", `onnx: ${labelOf(node)}: its graph does not give what it must.`, {
    node: node.name,
  });
}
