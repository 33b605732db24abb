// Scatter kernels: the base is copied, then updates are added in list order. Every element of the result is owned by one
// chunk, so that no two threads write it and the order of additions is that of the list.

import { sizeOf } from "#engine/base/shape.ts";
import type { Expression } from "#engine/graph/expression.ts";
import * as ir from "#engine/graph/kernel.ts";
import { KernelBuilder, type TargetTraits } from "#engine/graph/kernel.ts";
import { Emitter, emitterBuffers } from "#engine/compile/emitter.ts";
import { emitLoops } from "#engine/compile/emit-loops.ts";
import { emitScatterRows } from "#engine/compile/emit-scatter-rows.ts";
import type { Group, ScatterGroup } from "#engine/compile/group.ts";
import { flattenReads } from "#engine/compile/normalize.ts";
import { lesser } from "#engine/compile/places.ts";
import { enterInner, isWide, numOuterAxes, within, type Range, type Walk } from "#engine/compile/scatter-walk.ts";
import { nodeBuffer, type Step } from "#engine/compile/step.ts";

/** Chunks that share the rows of the result; each looks at every update. */
const maxRowChunks = 64;
/** Chunks that share its columns, and vectors of columns in each at least; each adds a part of every update. */
const maxColumnChunks = 8;
const columnVectors = 2;

export function emitScatter(group: ScatterGroup, traits: TargetTraits): Step[] {
  if (group.outputs.some(({ node }) => node !== group.node)) return emitScatterRows(group, traits);
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

function addUpdates(group: ScatterGroup, traits: TargetTraits): Step {
  const k = new KernelBuilder();
  const { node, inputs, extents, at } = group;
  const numOuter = numOuterAxes(group);
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
  const target = k.buffer(inputs.length);
  const walk: Walk = { k, group, emitter, places: at.map(root), value: root(group.value), numOuter, target, lanes };
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
