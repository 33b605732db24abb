// Kernels for maps and reductions: plain loops, vectors along the axis that most reads walk by one.
// Chunks and splits follow from shapes alone, so that any number of threads gives the same bits.

import { sizeOf } from "#engine/base/shape.ts";
import { axis, plus, read, times, walk, type Expression } from "#engine/graph/expression.ts";
import type { Node } from "#engine/graph/graph.ts";
import * as ir from "#engine/graph/kernel.ts";
import { KernelBuilder, type TargetTraits, type Value } from "#engine/graph/kernel.ts";
import type { Group, GroupOutput } from "#engine/compile/group.ts";
import { columnTilesOf, summedTilesOf, type ColumnTiles } from "#engine/compile/column-tiles.ts";
import { ColumnTilesKernel, widestTile } from "#engine/compile/emit-column-tiles.ts";
import { numParts, SummedTilesKernel } from "#engine/compile/emit-summed-tiles.ts";
import { Emitter, memoryOf } from "#engine/compile/emitter.ts";
import {
  accumulatorLevel,
  isKnownEarly,
  stagesOf,
  windowLevel,
  WindowWalker,
  type Visitor,
} from "#engine/compile/emit-window.ts";
import { interiorOf } from "#engine/compile/interior.ts";
import { flopsOfLoops, priceOf } from "#engine/compile/inline.ts";
import { linearize, strideAlong } from "#engine/compile/linear.ts";
import { numSplits } from "#engine/compile/rows.ts";
import { normalizeLoops, rootsOf } from "#engine/compile/normalize.ts";
import { emitOutputs } from "#engine/compile/outputs.ts";
import { decode, greater, lesser, quotient, remainder } from "#engine/compile/places.ts";
import { bytesOf, nodeBuffer, temporary, type Step, type StepBuffer } from "#engine/compile/step.ts";

/** Elements that one chunk visits, about. */
const chunkWork = 16384;
/** What it may visit where there are chunks enough. */
const mostWork = 131072;
const wantedChunks = 64;
/**
 * The kernels of a group without contraction.
 * @param extra temporary memory that the group reads as operands after its inputs
 */
export function emitLoops(original: Group, traits: TargetTraits, extra: readonly StepBuffer[] = []): Step[] {
  const group = normalizeLoops(original);
  const tiles = extra.length > 0 ? undefined : columnTilesOf(group, traits.lanes, widestTile(group));
  if (tiles !== undefined) return [new ColumnTilesKernel(group, tiles, traits).emit()];
  const summed = extra.length > 0 ? undefined : summedTilesOf(group, traits.lanes);
  if (summed !== undefined) return emitSummedTiles(group, summed, traits);
  const splits = extra.length > 0 ? 1 : partsOf(group);
  if (splits === 1) return [new LoopKernel(group, traits, undefined, extra).emit()];
  const partials = group.reductions.map((reduction) =>
    temporary(sizeOf(group.space) * splits, reduction.type === "f32" ? "f32" : "i32"),
  );
  const first = new LoopKernel(group, traits, { splits, partials }).emit();
  return [first, new LoopKernel(joinPartials(group, splits), traits, undefined, partials).emit()];
}

function emitSummedTiles(group: Group, tiles: ColumnTiles, traits: TargetTraits): Step[] {
  const parts = numParts(group, tiles);
  const partial = temporary(sizeOf(group.space) * parts, "f32");
  const first = new SummedTilesKernel(group, tiles, traits, partial).emit();
  return [first, new LoopKernel(joinPartials(group, parts), traits, undefined, [partial]).emit()];
}

function partsOf(group: Group): number {
  const { space, window, reductions, wideOutputs } = group;
  if (window.length === 0 || wideOutputs.length > 0 || stagesOf(reductions).length > 1) return 1;
  return reductions.some(({ combiner }) => combiner === "argmax") ? 1 : numSplits(space, window);
}

/** The second half of a split reduction: the same outputs from the partial results. */
function joinPartials(group: Group, splits: number): Group {
  const size = sizeOf(group.space);
  let place: Expression = axis(0);
  if (group.space.length === 0) place = times(axis(0), 0);
  group.space.forEach((extent, number) => {
    place = number === 0 ? axis(0) : plus(times(place, extent), axis(number));
  });
  const split = axis(group.space.length);
  return {
    ...group,
    name: `${group.name} (join)`,
    window: [splits],
    reductions: group.reductions.map((reduction, index) => ({
      ...reduction,
      value: read(group.inputs.length + index, [plus(place, times(split, size))], reduction.type),
    })),
  };
}

interface Split {
  readonly splits: number;
  readonly partials: readonly StepBuffer[];
}

class LoopKernel {
  readonly #group: Group;
  readonly #lanes: number;
  readonly #split: Split | undefined;
  readonly #extra: readonly StepBuffer[];
  readonly #k = new KernelBuilder();
  /** The axis of vectors: the last of the space, the last of the window, or none. */
  readonly #vectorAxis: number;
  readonly #body: Body;
  /** What is emitted for rows of places whose windows lie inside, and how they are known. */
  readonly #interior: { readonly body: Body; readonly emitter: Emitter; readonly condition: Expression } | undefined;
  /** Of one element, in vector instructions. */
  readonly #price: number;

  constructor(group: Group, traits: TargetTraits, split?: Split, extra: readonly StepBuffer[] = []) {
    this.#group = group;
    this.#lanes = traits.lanes;
    this.#split = split;
    this.#extra = extra;
    this.#vectorAxis = chooseVectorAxis(group, traits.lanes);
    this.#price = rootsOf(group).reduce((sum, root) => sum + priceOf(root), 0);
    this.#body = this.#bodyOf(group);
    const interior = split === undefined ? interiorOf(group) : undefined;
    if (interior === undefined) return;
    const emitter = this.#newEmitter();
    const condition = emitter.root(interior.condition);
    this.#interior = { body: this.#bodyOf(interior.group), emitter, condition };
  }

  #newEmitter(): Emitter {
    const { space, window } = this.#group;
    const rank = space.length;
    return new Emitter({
      builder: this.#k,
      lanes: this.#lanes,
      buffers: this.#inputBuffers(),
      levels: [...space, ...window].map((_, number) =>
        number < rank ? Math.max(1, number - rank + 4) : windowLevel + number - rank,
      ),
      accumulatorLevel,
      vectorAxis: this.#vectorAxis,
      vectorAccumulators: this.#isSpaceVector,
    });
  }

  /** What evaluates a group of these axes: this kernel's, or a simpler one for some of its places. */
  #bodyOf(group: Group): Body {
    const emitter = this.#newEmitter();
    const window = new WindowWalker({
      builder: this.#k,
      emitter,
      group,
      lanes: this.#lanes,
      isWindowVector: this.#vectorAxis >= group.space.length,
      numSplits: this.#split?.splits ?? 1,
    });
    const outputs = this.#split === undefined ? group.outputs.map((output) => emitter.root(output.value)) : [];
    const wide = group.wideOutputs.map(({ value, position }, number) => ({
      number,
      isEarly: isKnownEarly(value, group.reductions),
      value: emitter.root(value),
      position: emitter.root(position),
      stride: strideAlong(linearize(position), this.#vectorAxis) ?? 0,
    }));
    return { emitter, window, outputs, wide };
  }

  get #isSpaceVector(): boolean {
    return this.#vectorAxis >= 0 && this.#vectorAxis < this.#group.space.length;
  }

  #inputBuffers(): { pointer: Value; dtype: Node["type"]["dtype"]; shape: readonly number[] }[] {
    const nodes = this.#group.inputs.map((node) => ({ dtype: node.type.dtype, size: sizeOf(node.type.shape) }));
    const extra = this.#extra.map((buffer) => ({ dtype: buffer.dtype, size: buffer.size }));
    return [...nodes, ...extra].map(({ dtype, size }, index) => ({
      pointer: this.#k.buffer(index),
      dtype,
      shape: [size],
    }));
  }

  emit(): Step {
    const k = this.#k;
    const { space } = this.#group;
    const grid = this.#grid();
    const { inner, rows, blocks, block, rowsPerChunk, perSplit, splits } = grid;
    for (const emitter of this.#emitters()) emitter.bind(0, []);
    const part = splits === 1 ? ir.int(0) : k.let(quotient(k.chunk, perSplit));
    const place = splits === 1 ? k.chunk : k.let(remainder(k.chunk, perSplit));
    const row0 = k.let(ir.multiply(quotient(place, blocks), ir.int(rowsPerChunk)));
    const from = k.let(ir.multiply(remainder(place, blocks), ir.int(block)));
    const to = k.let(blocks === 1 ? ir.int(inner) : lesser(ir.add(from, ir.int(block)), ir.int(inner)));
    const lastRow = rows <= 1 ? ir.int(1) : lesser(ir.add(row0, ir.int(rowsPerChunk)), ir.int(rows));
    if (sizeOf(space) > 0) this.#rows(row0, k.let(lastRow), { from, to, part, inner });
    return this.#finish(sizeOf(space) === 0 ? 0 : perSplit * splits);
  }

  /** How the places of the space, and the parts of a split reduction, are cut into chunks. */
  #grid(): Grid {
    const { space, window } = this.#group;
    const inner = space[space.length - 1] ?? 1;
    const rows = sizeOf(space) / Math.max(inner, 1);
    const splits = this.#split?.splits ?? 1;
    // Expensive elements make chunks smaller.
    const work = Math.max(1, Math.ceil(sizeOf(window) / splits)) * Math.max(1, this.#price / 8);
    const block = blockOf(inner, work, this.#lanes);
    const blocks = Math.max(1, Math.ceil(inner / block));
    const perChunk = Math.min(Math.max((rows * inner * work) / wantedChunks, chunkWork), mostWork);
    const rowsPerChunk = blocks > 1 ? 1 : Math.max(1, Math.floor(perChunk / (work * Math.max(inner, 1))));
    return { inner, rows, splits, block, blocks, rowsPerChunk, perSplit: Math.ceil(rows / rowsPerChunk) * blocks };
  }

  #finish(numChunks: number): Step {
    const { outputs, wideOutputs, inputs, name } = this.#group;
    const written = this.#split?.partials ?? [...outputs, ...wideOutputs].map((output) => nodeBuffer(output.node));
    const reads = [...inputs.map(nodeBuffer), ...this.#extra];
    const buffers = [...reads, ...written];
    const kernel = this.#k.finish({
      name,
      numBuffers: buffers.length,
      numChunks,
      flops: flopsOfLoops(this.#group, this.#split !== undefined),
      bytes: bytesOf(buffers),
    });
    return { kernel, buffers, numInputs: reads.length };
  }

  /** Some rows, numbered over all axes but the last: those of one place of the outer axes are walked together. */
  #rows(first: Value, last: Value, range: Range): void {
    const k = this.#k;
    const { space } = this.#group;
    const outer = space.slice(0, -2);
    const length = space[space.length - 2] ?? 1;
    const bind = (places: readonly (readonly [number, Value])[]): void => {
      for (const emitter of this.#emitters()) emitter.bind(1, places);
    };
    if (sizeOf(outer) === 1) {
      bind(outer.map((_, number) => [number, ir.int(0)]));
      if (length === 1) this.#row(first, first, range);
      else k.loop(first, last, 1, (row) => this.#row(row, row, range));
      return;
    }
    const end = k.let(ir.add(quotient(ir.subtract(last, ir.int(1)), length), ir.int(1)));
    k.loop(k.let(quotient(first, length)), end, 1, (place) => {
      bind(decode(k, place, { numbers: outer.map((_, number) => number), extents: outer }));
      const before = k.let(ir.multiply(place, ir.int(length)));
      const from = k.let(greater(ir.subtract(first, before), ir.int(0)));
      const to = k.let(lesser(ir.subtract(last, before), ir.int(length)));
      k.loop(from, to, 1, (index) => this.#row(index, k.let(ir.add(before, index)), range));
    });
  }

  #emitters(): Emitter[] {
    const interior = this.#interior;
    return [this.#body.emitter, ...(interior === undefined ? [] : [interior.body.emitter, interior.emitter])];
  }

  /** One row: `index` along the last axis but one, `number` of all. */
  #row(index: Value, number: Value, range: Range): void {
    const k = this.#k;
    const rank = this.#group.space.length;
    const start = k.let(ir.multiply(number, ir.int(range.inner)));
    const places: readonly (readonly [number, Value])[] = rank < 2 ? [] : [[rank - 2, index]];
    const walk = (body: Body): void => {
      body.emitter.bind(2, places);
      if (rank === 0) this.#place(body, undefined, { start, range, isVector: false });
      else if (this.#isSpaceVector) this.#vectorPlaces(body, start, range);
      else k.loop(range.from, range.to, 1, (place) => this.#place(body, place, { start, range, isVector: false }));
    };
    const interior = this.#interior;
    if (interior === undefined) {
      walk(this.#body);
      return;
    }
    interior.emitter.bind(2, places);
    k.when(
      interior.emitter.scalarValue(interior.condition),
      () => walk(interior.body),
      () => walk(this.#body),
    );
  }

  #vectorPlaces(body: Body, start: Value, range: Range): void {
    const { from, to } = range;
    const lanes = this.#lanes;
    const isStatic = from.kind === "constant" && to.kind === "constant";
    const count = isStatic ? to.value - from.value : undefined;
    const whole = ir.subtract(to, ir.binaryValue("and", ir.subtract(to, from), ir.int(lanes - 1)));
    const middle =
      count === undefined ? this.#k.let(whole) : ir.int((to.kind === "constant" ? to.value : 0) - (count % lanes));
    if (count === undefined || count >= lanes) {
      this.#k.loop(from, middle, lanes, (index) => this.#place(body, index, { start, range, isVector: true }));
    }
    if (count === undefined || count % lanes !== 0) {
      this.#k.loop(middle, to, 1, (index) =>
        body.emitter.narrow(() => this.#place(body, index, { start, range, isVector: false })),
      );
    }
  }

  /** Computes one place of the space, or `lanes` places. */
  #place(body: Body, index: Value | undefined, { start, range, isVector }: PlaceOptions): void {
    const rank = this.#group.space.length;
    body.emitter.bind(3, index === undefined ? [] : [[rank - 1, index]]);
    const position = index === undefined ? start : this.#k.let(ir.add(start, index));
    const results = body.window.reduce(range.part, isVector, this.#writer(body, true));
    if (this.#split !== undefined) {
      const offset = ir.multiply(range.part, ir.int(sizeOf(this.#group.space)));
      results.forEach((value, number) =>
        this.#store(number, this.#split?.partials[number]?.dtype ?? "f32", ir.add(position, offset), value),
      );
      return;
    }
    const values = emitOutputs(this.#k, body.emitter, body.outputs, this.#group.outputs, isVector);
    values.forEach((value, number) => {
      this.#store(number, this.#group.outputs[number]?.node.type.dtype ?? "f32", position, value);
    });
    const late = this.#writer(body, false);
    if (late !== undefined) body.window.visit(late, isVector);
  }

  /** Writes what has an element for each place of the window: in the last reduction's walk, or in one more. */
  #writer(body: Body, isEarly: boolean): Visitor | undefined {
    const { outputs, wideOutputs } = this.#group;
    const wide = body.wide.filter((one) => one.isEarly === isEarly);
    if (wide.length === 0) return undefined;
    const roots = wide.map(({ value }) => value);
    const own = wide.flatMap(({ number }) => wideOutputs[number] ?? []);
    const visit = (_place: Value, isWide: boolean): void => {
      const values = emitOutputs(this.#k, body.emitter, roots, own, isWide);
      wide.forEach(({ number, position: at, stride: lane }, index) => {
        const value = values[index];
        if (value === undefined) return;
        const position = this.#k.let(body.emitter.scalarValue(at));
        const stride = isWide ? lane : 1;
        this.#storeLanes(outputs.length + number, wideOutputs[number], { position, stride, value });
      });
    };
    return { roots, visit };
  }

  /** Lanes side by side in memory are one store, others one each. */
  #storeLanes(number: number, output: GroupOutput | undefined, { position, stride, value }: PlacedValue): void {
    const dtype = output?.node.type.dtype ?? "f32";
    if (stride === 1) {
      this.#store(number, dtype, position, value);
      return;
    }
    for (let index = 0; index < this.#lanes; index += 1) {
      this.#store(number, dtype, ir.add(position, ir.int(index * stride)), ir.lane(value, index));
    }
  }

  #store(number: number, dtype: Node["type"]["dtype"], position: Value, value: Value): void {
    const memory = memoryOf(dtype);
    const buffer = this.#k.buffer(this.#group.inputs.length + this.#extra.length + number);
    this.#k.store(memory, ir.elementAt(buffer, memory, position), value);
  }
}

/** What evaluates a group's places. */
interface Body {
  readonly emitter: Emitter;
  readonly window: WindowWalker;
  readonly outputs: readonly Expression[];
  readonly wide: readonly WideValue[];
}

/** One of the group's wide outputs. */
interface WideValue {
  readonly number: number;
  /** Whether it is known in the walk of the last reductions. */
  readonly isEarly: boolean;
  readonly value: Expression;
  readonly position: Expression;
  readonly stride: number;
}

interface PlaceOptions {
  /** Position of the row's first element. */
  readonly start: Value;
  readonly range: Range;
  readonly isVector: boolean;
}

interface Grid {
  readonly inner: number;
  readonly rows: number;
  readonly splits: number;
  readonly block: number;
  readonly blocks: number;
  readonly rowsPerChunk: number;
  readonly perSplit: number;
}

/** A value, perhaps of several lanes `stride` elements apart, and where the first goes. */
interface PlacedValue {
  readonly position: Value;
  readonly stride: number;
  readonly value: Value;
}

interface Range {
  readonly from: Value;
  readonly to: Value;
  readonly part: Value;
  readonly inner: number;
}

/** Elements of the last axis that one chunk takes. */
function blockOf(inner: number, work: number, lanes: number): number {
  if (inner * work <= chunkWork * 2) return Math.max(inner, 1);
  return Math.max(lanes * 8, Math.ceil(chunkWork / work / lanes) * lanes);
}

function chooseVectorAxis(group: Group, lanes: number): number {
  const { space, window, reductions } = group;
  const candidates = [space.length - 1, space.length + window.length - 1].filter((axisNumber, index) => {
    if (index === 1 && (window.length === 0 || reductions.some((reduction) => reduction.combiner === "argmax")))
      return false;
    return axisNumber >= 0 && ([...space, ...window][axisNumber] ?? 1) >= lanes;
  });
  const roots =
    reductions.length === 0 ? group.outputs.map((output) => output.value) : reductions.map((one) => one.value);
  let best = -1;
  let bestScore = -1;
  for (const candidate of candidates) {
    const score = scoreAlong(roots, candidate);
    if (score > bestScore) [best, bestScore] = [candidate, score];
  }
  return best;
}

/** Reads that walk the axis by one, less those that jump. */
function scoreAlong(roots: readonly Expression[], candidate: number): number {
  let score = 0;
  for (const root of roots) {
    walk(root, (part) => {
      if (part.kind === "random") score -= 8;
      if (part.kind !== "read") return;
      const stride = strideAlong(linearize(part.at[0] ?? axis(0)), candidate);
      score += stride === 1 ? 2 : stride === 0 ? 0 : -1;
    });
  }
  return Math.max(score, -0.5);
}
