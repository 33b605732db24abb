// A scatter that others follow element by element, such as an optimizer's update: updates are sorted by chunks of rows,
// then a chunk adds its own into private memory and evaluates the rest there. The sums are never written out, and each
// row's updates are added in the order of the list.

import { sizeOf } from "#engine/base/shape.ts";
import { binary, rewrite, type Expression } from "#engine/graph/expression.ts";
import * as ir from "#engine/graph/kernel.ts";
import { KernelBuilder, type TargetTraits, type Value } from "#engine/graph/kernel.ts";
import { axesFrom } from "#engine/compile/contraction.ts";
import { Emitter, emitterBuffers } from "#engine/compile/emitter.ts";
import { Epilogue } from "#engine/compile/epilogue.ts";
import type { Group, GroupOutput, ScatterGroup } from "#engine/compile/group.ts";
import { flattenReads } from "#engine/compile/normalize.ts";
import { decode, lesser } from "#engine/compile/places.ts";
import { enterInner, isWide, numOuterAxes, within, type Walk } from "#engine/compile/scatter-walk.ts";
import { bytesOf, nodeBuffer, temporary, type Step, type StepBuffer } from "#engine/compile/step.ts";

/** Elements of a chunk's rows: they stay in a first-level cache, beside what is read with them. */
const blockElements = 4096;
const leastChunks = 64;

/** How the rows of the result are shared out. */
interface Cut {
  /** Rows of a chunk, a power of two. */
  readonly shift: number;
  readonly numChunks: number;
  readonly numRows: number;
  readonly rowSize: number;
  /** Updates of whole rows. */
  readonly numUpdates: number;
}

export function emitScatterRows(group: ScatterGroup, traits: TargetTraits): Step[] {
  const cut = cutOf(group);
  const order = temporary(cut.numUpdates, "i32");
  const ends = temporary(cut.numChunks, "i32");
  return [sortUpdates(group, cut, [order, ends], traits), addByChunks(group, cut, [order, ends], traits)];
}

function cutOf(group: ScatterGroup): Cut {
  const [numRows = 1, ...row] = group.node.type.shape;
  const rowSize = sizeOf(row);
  const most = Math.max(1, Math.min(blockElements / rowSize, numRows / leastChunks));
  const shift = Math.floor(Math.log2(most));
  const numUpdates = sizeOf(group.extents.slice(0, numOuterAxes(group)));
  return { shift, numChunks: Math.ceil(numRows / 2 ** shift), numRows, rowSize, numUpdates };
}

/** Lists the updates of each chunk in the order in which they came, and where each chunk's list ends. */
function sortUpdates(group: ScatterGroup, cut: Cut, temporaries: readonly StepBuffer[], traits: TargetTraits): Step {
  const k = new KernelBuilder();
  const { inputs } = group;
  const [order, ends] = [k.buffer(inputs.length), k.buffer(inputs.length + 1)];
  const endOf = (chunk: Value): Value => k.let(ir.elementAt(ends, "i32", chunk));
  const load = (address: Value): Value => ir.load("i32", "i32", address);
  const forEachInside = updatesInside(k, group, cut, traits);
  const forEachChunk = (act: (address: Value) => void): void =>
    k.loop(ir.int(0), ir.int(cut.numChunks), 1, (chunk) => act(endOf(chunk)));
  forEachChunk((address) => k.store("i32", address, ir.int(0)));
  forEachInside((chunk) => {
    const address = endOf(chunk);
    k.store("i32", address, ir.add(load(address), ir.int(1)));
  });
  // From numbers of updates to where each list begins; listing moves that to where it ends.
  const begin = k.variable(ir.int(0));
  forEachChunk((address) => {
    const count = k.let(load(address));
    k.store("i32", address, begin);
    k.set(begin, ir.add(begin, count));
  });
  forEachInside((chunk, update) => {
    const address = endOf(chunk);
    const next = k.let(load(address));
    k.store("i32", ir.elementAt(order, "i32", next), update);
    k.store("i32", address, ir.add(next, ir.int(1)));
  });
  const buffers = [...inputs.map(nodeBuffer), ...temporaries];
  const bytes = (2 * cut.numUpdates + cut.numChunks) * 8;
  const name = `${group.node.primitive.name} (sort) ${cut.numUpdates}`;
  const kernel = k.finish({ name, numBuffers: buffers.length, numChunks: 1, flops: 0, bytes });
  return { kernel, buffers, numInputs: inputs.length };
}

/** A loop over the updates whose row lies inside, with the chunk that owns it. */
function updatesInside(
  k: KernelBuilder,
  group: ScatterGroup,
  cut: Cut,
  traits: TargetTraits,
): (act: (chunk: Value, update: Value) => void) => void {
  const { inputs, extents, at } = group;
  const emitter = new Emitter({
    builder: k,
    lanes: traits.lanes,
    buffers: emitterBuffers(k, inputs),
    levels: extents.map(() => 1),
    accumulatorLevel: 2,
    vectorAxis: -1,
  });
  const row = at[0] === undefined ? undefined : emitter.root(flattenReads(at[0], inputs));
  emitter.bind(0, []);
  return (act) =>
    k.loop(ir.int(0), ir.int(cut.numUpdates), 1, (update) => {
      emitter.bind(1, decode(k, update, outerAxes(group)));
      const place = k.let(row === undefined ? ir.int(0) : emitter.scalarValue(row));
      k.when(within(place, [ir.int(0), ir.int(cut.numRows)]), () =>
        act(ir.binaryValue("shiftRightLogical", place, ir.int(cut.shift)), update),
      );
    });
}

/** A chunk's rows: cleared, added up, evaluated. */
function addByChunks(group: ScatterGroup, cut: Cut, temporaries: readonly StepBuffer[], traits: TargetTraits): Step {
  const k = new KernelBuilder();
  const { lanes } = traits;
  const numRows = 2 ** cut.shift;
  const block = k.scratch(numRows * cut.rowSize * 4 + lanes * 4);
  const walk = walkOf(k, group, block, lanes);
  const { shape } = group.node.type;
  const epilogue = new Epilogue({
    builder: k,
    lanes,
    buffers: emitterBuffers(k, group.inputs),
    group: followersOf(group),
    batch: axesFrom([], []),
    rows: axesFrom([0], shape),
    columns: axesFrom(shape.map((_, number) => number).slice(1), shape),
    blockColumns: cut.rowSize,
    numExtraBuffers: temporaries.length,
    partial: undefined,
  });
  walk.emitter.bind(0, []);
  epilogue.prepare();
  const rowStart = k.let(ir.binaryValue("shiftLeft", k.chunk, ir.int(cut.shift)));
  const rowCount = k.let(lesser(ir.subtract(ir.int(cut.numRows), rowStart), ir.int(numRows)));
  k.loop(ir.int(0), ir.multiply(rowCount, ir.int(cut.rowSize)), lanes, (index) => {
    k.store("f32", ir.elementAt(block, "f32", index), { kind: "constant", type: "vf32", value: 0 });
  });
  addOwnUpdates(walk, group.inputs.length, rowStart);
  const [columnStart, columnCount] = [ir.int(0), ir.int(cut.rowSize)];
  epilogue.emit({ batchPlace: [], rowStart, rowCount, columnStart, columnCount, block });
  return finish(k, group, cut, temporaries);
}

function walkOf(k: KernelBuilder, group: ScatterGroup, target: Value, lanes: number): Walk {
  const { inputs, extents } = group;
  const numOuter = numOuterAxes(group);
  const width = isWide(group, numOuter, lanes) ? lanes : 1;
  const emitter = new Emitter({
    builder: k,
    lanes,
    buffers: emitterBuffers(k, inputs),
    levels: extents.map((_, number) => number + 1),
    accumulatorLevel: extents.length + 1,
    vectorAxis: width > 1 ? extents.length - 1 : -1,
  });
  const root = (expression: Expression): Expression => emitter.root(flattenReads(expression, inputs));
  return { k, group, emitter, places: group.at.map(root), value: root(group.value), numOuter, target, lanes: width };
}

/** The updates that the chunk's list names. */
function addOwnUpdates(walk: Walk, firstExtra: number, rowStart: Value): void {
  const { k, group, emitter, places, numOuter } = walk;
  const outer = outerAxes(group);
  const end = (chunk: Value): Value => ir.load("i32", "i32", ir.elementAt(k.buffer(firstExtra + 1), "i32", chunk));
  const from = k.variable(ir.int(0));
  k.when(ir.less(ir.int(0), k.chunk), () => k.set(from, end(ir.subtract(k.chunk, ir.int(1)))));
  k.loop(from, end(k.chunk), 1, (index) => {
    const update = k.let(ir.load("i32", "i32", ir.elementAt(k.buffer(firstExtra), "i32", index)));
    const place = new Map(decode(k, update, outer));
    for (let axis = 0; axis < numOuter; axis += 1) emitter.bind(axis + 1, [[axis, place.get(axis) ?? ir.int(0)]]);
    const [first] = places;
    const row = k.let(ir.subtract(first === undefined ? ir.int(0) : emitter.scalarValue(first), rowStart));
    const last = group.extents[group.extents.length - 1] ?? 1;
    enterInner(walk, numOuter, { row, columns: [ir.int(0), ir.int(last)] });
  });
}

function finish(k: KernelBuilder, group: ScatterGroup, cut: Cut, temporaries: readonly StepBuffer[]): Step {
  const reads = [...group.inputs.map(nodeBuffer), ...temporaries];
  const buffers = [...reads, ...group.outputs.map(({ node }) => nodeBuffer(node))];
  const flops = sizeOf(group.extents);
  const { numChunks } = cut;
  const kernel = k.finish({
    name: group.name,
    numBuffers: buffers.length,
    numChunks,
    flops,
    bytes: bytesOf(buffers),
  });
  return { kernel, buffers, numInputs: reads.length };
}

/** The axes of the updates that say the row. */
function outerAxes(group: ScatterGroup): ReturnType<typeof axesFrom> {
  const numbers = group.extents.map((_, number) => number).slice(0, numOuterAxes(group));
  return axesFrom(numbers, group.extents);
}

/** What is evaluated over the sums: they are accumulator 0, without what the base holds. */
function followersOf({ name, node, base, inputs, outputs }: ScatterGroup): Group {
  const isZero = base.kind === "constant" && base.value === 0;
  const whole = (value: Expression): Expression =>
    rewrite(value, (part) => (part.kind === "accumulator" && !isZero ? binary("add", base, part) : undefined));
  const flat = ({ node: one, value }: GroupOutput): GroupOutput => {
    return { node: one, value: flattenReads(whole(value), inputs) };
  };
  return {
    name,
    space: node.type.shape,
    contraction: undefined,
    window: [],
    reductions: [],
    wideOutputs: [],
    outputs: outputs.map(flat),
    inputs,
  };
}
