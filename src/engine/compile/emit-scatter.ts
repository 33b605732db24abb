// Scatter kernels: the base is copied, then updates are added in list order. Every element of the result is owned by one
// chunk, so that no two threads write it and the order of additions is that of the list.

import { sizeOf } from "#engine/base/shape.ts";
import type { Expression } from "#engine/graph/expression.ts";
import * as ir from "#engine/graph/kernel.ts";
import { KernelBuilder, type TargetTraits, type Value } from "#engine/graph/kernel.ts";
import { Emitter, emitterBuffers, memoryOf } from "#engine/compile/emitter.ts";
import { emitLoops } from "#engine/compile/emit-loops.ts";
import type { Group, ScatterGroup } from "#engine/compile/group.ts";
import { axesOf, isContiguousAlong } from "#engine/compile/linear.ts";
import { flattenReads } from "#engine/compile/normalize.ts";
import { lesser } from "#engine/compile/places.ts";
import { nodeBuffer, type Step } from "#engine/compile/step.ts";

/** Chunks that share the rows of the result; each looks at every update. */
const maxRowChunks = 64;
/** Chunks that share its columns, and vectors of columns in each at least; each adds a part of every update. */
const maxColumnChunks = 8;
const columnVectors = 2;

export function emitScatter(group: ScatterGroup, traits: TargetTraits): Step[] {
  const copy: Group = {
    name: `${group.name} (base)`,
    space: group.node.type.shape,
    contraction: undefined,
    window: [],
    reductions: [],
    wideOutputs: [],
    outputs: [{ node: group.node, value: group.base }],
    inputs: group.inputs,
  };
  const copied = copiedOperand(group);
  const base = emitLoops(copy, traits).map((step) => (copied < 0 ? step : { ...step, copyOf: copied }));
  return [...base, addUpdates(group, traits)];
}

/** The input that the base is, place by place; -1 when it is something else. */
function copiedOperand({ base, node, inputs }: ScatterGroup): number {
  if (base.kind !== "read" || inputs[base.operand]?.type.dtype !== node.type.dtype) return -1;
  return base.at.every((place, number) => place.kind === "axis" && place.axis === number) ? base.operand : -1;
}

/** What the loops over the updates share. */
interface Walk {
  readonly k: KernelBuilder;
  readonly group: ScatterGroup;
  readonly emitter: Emitter;
  readonly places: readonly Expression[];
  readonly value: Expression;
  /** Leading axes, which say the row; the others walk inside of it. */
  readonly numOuter: number;
  /** Lanes along the last axis; 1 where elements are added one by one. */
  readonly lanes: number;
}

function addUpdates(group: ScatterGroup, traits: TargetTraits): Step {
  const k = new KernelBuilder();
  const { node, inputs, extents, at } = group;
  const numOuter = at[0] === undefined ? 0 : Math.max(-1, ...axesOf(at[0])) + 1;
  const lanes = isWide(group, numOuter, traits.lanes) ? traits.lanes : 1;
  const emitter = new Emitter({
    builder: k,
    lanes: traits.lanes,
    buffers: emitterBuffers(k, inputs),
    levels: extents.map((_, number) => number + 1),
    accumulatorLevel: extents.length + 1,
    vectorAxis: lanes > 1 ? extents.length - 1 : -1,
  });
  const root = (expression: Expression): Expression => emitter.root(flattenReads(expression, inputs));
  const walk: Walk = { k, group, emitter, places: at.map(root), value: root(group.value), numOuter, lanes };
  const numRows = node.type.shape[0] ?? 1;
  const numColumns = extents[extents.length - 1] ?? 1;
  emitter.bind(0, []);
  const numChunks = lanes > 1 ? columnChunks(numColumns, lanes) : Math.max(1, Math.min(numRows, maxRowChunks));
  const own = lanes > 1 ? rangeOf(k, numColumns, { numChunks, lanes }) : rangeOf(k, numRows, { numChunks, lanes });
  const rows: Range = lanes > 1 ? [ir.int(0), ir.int(numRows)] : own;
  const columns: Range = lanes > 1 ? own : [ir.int(0), ir.int(numColumns)];
  // What an update needs is computed once it is known to be the chunk's.
  emitter.attend(walk.places.slice(0, 1));
  enterOuter(walk, 0, { rows, columns });
  const buffers = [...inputs, node].map(nodeBuffer);
  const flops = sizeOf(extents);
  const kernel = k.finish({ name: group.name, numBuffers: buffers.length, numChunks, flops, bytes: flops * 8 });
  return { kernel, buffers, numInputs: inputs.length };
}

type Range = readonly [from: Value, to: Value];

/** Whether rows are added by vectors: long, and side by side in memory both where they are read and where they go. */
function isWide({ extents, at, value, inputs, node }: ScatterGroup, numOuter: number, lanes: number): boolean {
  const last = extents.length - 1;
  if (last < numOuter || (extents[last] ?? 0) < 2 * lanes || node.type.shape.length !== at.length) return false;
  const isOwnPlace = (place: Expression, number: number): boolean =>
    number === 0 || (place.kind === "axis" && extents[place.axis] === node.type.shape[number]);
  const end = at[at.length - 1];
  if (!at.every(isOwnPlace) || end?.kind !== "axis" || end.axis !== last) return false;
  if (at.slice(0, -1).some((place) => axesOf(place).has(last))) return false;
  const shapes = inputs.map((input) => input.type.shape);
  return !axesOf(value).has(last) || isContiguousAlong(value, last, shapes);
}

function columnChunks(columns: number, lanes: number): number {
  const wanted = Math.min(maxColumnChunks, Math.max(1, Math.floor(columns / (columnVectors * lanes))));
  return Math.ceil(columns / partOf(columns, wanted, lanes));
}

/** What each of some chunks takes: a multiple of the lanes. */
function partOf(size: number, numChunks: number, lanes: number): number {
  return Math.ceil(size / numChunks / lanes) * lanes;
}

/** The chunk's part of a number of rows or columns. */
function rangeOf(k: KernelBuilder, size: number, cut: { numChunks: number; lanes: number }): Range {
  const part = partOf(size, cut.numChunks, cut.lanes);
  const from = k.let(ir.multiply(k.chunk, ir.int(part)));
  return [from, k.let(lesser(ir.add(from, ir.int(part)), ir.int(size)))];
}

interface Ranges {
  readonly rows: Range;
  readonly columns: Range;
}

/** The loops over the updates; behind them, those inside of a row that is the chunk's. */
function enterOuter(walk: Walk, depth: number, ranges: Ranges): void {
  const { k, group, emitter, places, numOuter } = walk;
  if (depth < numOuter) {
    k.loop(ir.int(0), ir.int(group.extents[depth] ?? 0), 1, (index) => {
      emitter.bind(depth + 1, [[depth, index]]);
      enterOuter(walk, depth + 1, ranges);
    });
    return;
  }
  const [place] = places;
  const row = k.let(place === undefined ? ir.int(0) : emitter.scalarValue(place));
  k.when(within(row, ranges.rows), () => {
    emitter.attend(undefined);
    for (let level = 1; level <= numOuter; level += 1) emitter.bind(level, []);
    enterInner(walk, numOuter, { row, columns: ranges.columns });
  });
}

/** The loops inside of a row. */
function enterInner(walk: Walk, depth: number, inside: { readonly row: Value; readonly columns: Range }): void {
  const { k, group, emitter, lanes } = walk;
  const { extents } = group;
  if (depth === extents.length) {
    addTo(walk, inside.row, false);
    return;
  }
  const isLast = depth === extents.length - 1;
  const [from, to] = isLast ? inside.columns : [ir.int(0), ir.int(extents[depth] ?? 0)];
  const step = (index: Value, isVector: boolean): void => {
    emitter.bind(depth + 1, [[depth, index]]);
    if (isLast) addTo(walk, inside.row, isVector);
    else enterInner(walk, depth + 1, inside);
  };
  if (!isLast || lanes === 1) {
    k.loop(from, to, 1, (index) => step(index, false));
    return;
  }
  const middle = k.let(ir.subtract(to, ir.binaryValue("and", ir.subtract(to, from), ir.int(lanes - 1))));
  k.loop(from, middle, lanes, (index) => step(index, true));
  k.loop(middle, to, 1, (index) => emitter.narrow(() => step(index, false)));
}

/** result[row, …] += value, where it lies inside */
function addTo({ k, group, emitter, places, value }: Walk, row: Value, isVector: boolean): void {
  const { node, inputs, extents } = group;
  const at = [row, ...places.slice(1).map((place) => k.let(emitter.scalarValue(place)))];
  const memory = memoryOf(node.type.dtype);
  let position: Value = ir.int(0);
  at.forEach((place, number) => {
    position = ir.add(ir.multiply(position, ir.int(node.type.shape[number] ?? 1)), place);
  });
  const add = (): void => {
    const added = isVector ? emitter.vectorValue(value) : emitter.scalarValue(value);
    const address = k.let(ir.elementAt(k.buffer(inputs.length), memory, position));
    k.store(memory, address, ir.add(ir.load(added.type, memory, address), added));
  };
  const isSure = (number: number): boolean => {
    const place = group.at[number];
    return place?.kind === "axis" && extents[place.axis] === node.type.shape[number];
  };
  const doubtful = at.flatMap((place, number) =>
    number === 0 || isSure(number) ? [] : [within(place, [ir.int(0), ir.int(node.type.shape[number] ?? 1)])],
  );
  const [first, ...others] = doubtful;
  if (first === undefined) add();
  else
    k.when(
      others.reduce((left, right) => ir.binaryValue("and", left, right), first),
      add,
    );
}

function within(place: Value, [from, to]: Range): Value {
  return ir.binaryValue("and", ir.binaryValue("lessEqual", from, place), ir.less(place, to));
}
