// The first kernel of a sum over columns of pixels whose terms slide over them, as in the gradient towards a depthwise
// filter: the sums of all steps, of some vectors of channels, stay in registers while rows of columns are walked. Rows are
// cut into fixed parts, which a second kernel joins.

import { sizeOf, stridesOf } from "#engine/base/shape.ts";
import { axis, plus, rewrite, type Expression } from "#engine/graph/expression.ts";
import * as ir from "#engine/graph/kernel.ts";
import { KernelBuilder, type TargetTraits, type Value } from "#engine/graph/kernel.ts";
import { atColumn, inRun, rowCondition, where, type ColumnTiles, type TileRun } from "#engine/compile/column-tiles.ts";
import { identityOf, type Accumulator } from "#engine/compile/combine.ts";
import { Emitter, emitterBuffers } from "#engine/compile/emitter.ts";
import type { Group } from "#engine/compile/group.ts";
import { decode, lesser, quotient, remainder } from "#engine/compile/places.ts";
import { bytesOf, nodeBuffer, type Step, type StepBuffer } from "#engine/compile/step.ts";
import { addTerm, termOf, type Term } from "#engine/compile/window-terms.ts";

/** Bytes of one vector of channels, of both operands, that a part of the rows walks: they are read again for every step. */
const partBytes = 98304;
const mostParts = 64;
/** Enough chunks to occupy many cores. */
const wantedChunks = 32;
/** Sums in registers. */
const mostSums = 8;

/** Levels of the emitter: steps of the outer axes, channels, rows, columns. */
const [stepLevel, channelLevel, rowLevel, columnLevel] = [1, 2, 3, 4];

/** How many parts the rows of a sum are cut into. */
export function numParts({ window }: Group, { numSteps }: ColumnTiles): number {
  const rows = sizeOf(window.slice(0, -1));
  const perRow = (window[window.length - 1] ?? 1) * 64 * 2;
  const least = Math.max(1, Math.floor(partBytes / perRow), numSteps);
  return Math.ceil(rows / Math.max(least, Math.ceil(rows / mostParts)));
}

interface Run {
  readonly run: TileRun;
  /** By vector, then step. */
  readonly terms: readonly (readonly Term[])[];
}

export class SummedTilesKernel {
  readonly #group: Group;
  readonly #tiles: ColumnTiles;
  readonly #lanes: number;
  readonly #partial: StepBuffer;
  readonly #parts: number;
  readonly #k = new KernelBuilder();
  readonly #emitter: Emitter;
  /** Vectors of channels whose sums are held together. */
  readonly #numVectors: number;
  readonly #condition: Expression | undefined;
  readonly #runs: readonly Run[];

  constructor(group: Group, tiles: ColumnTiles, { lanes }: TargetTraits, partial: StepBuffer) {
    this.#group = group;
    this.#tiles = tiles;
    this.#lanes = lanes;
    this.#partial = partial;
    this.#parts = numParts(group, tiles);
    const { stepAxis, channelAxis, columnAxis, numSteps } = tiles;
    const channels = group.space[channelAxis] ?? 1;
    this.#numVectors = numSteps * 2 <= mostSums && channels >= lanes * 2 ? 2 : 1;
    this.#emitter = new Emitter({
      builder: this.#k,
      lanes,
      buffers: emitterBuffers(this.#k, group.inputs),
      levels: [...group.space, ...group.window].map((_, number) => {
        if (number <= stepAxis) return stepLevel;
        if (number === channelAxis) return channelLevel;
        return number === columnAxis ? columnLevel : rowLevel;
      }),
      accumulatorLevel: 0,
      vectorAxis: channelAxis,
    });
    const values = tiles.runs.map((run) => this.#values(run));
    const condition = rowCondition(values.flat(2), tiles);
    this.#condition = condition === undefined ? undefined : this.#emitter.root(condition);
    this.#runs = tiles.runs.map((run, index) => ({
      run,
      terms: (values[index] ?? []).map((steps) => steps.map((value) => this.#term(value, condition))),
    }));
  }

  /** The summand in a run of columns, by vector, then step. */
  #values(run: TileRun): Expression[][] {
    const { channelAxis, columnAxis, numSteps } = this.#tiles;
    const value = this.#group.reductions[0]?.value;
    if (value === undefined) return [];
    return Array.from({ length: this.#numVectors }, (_, vector) => {
      const channel = plus(axis(channelAxis), vector * this.#lanes);
      const moved = rewrite(value, (part) => (part.kind === "axis" && part.axis === channelAxis ? channel : undefined));
      return Array.from({ length: numSteps }, (_step, step) =>
        inRun(atColumn(moved, { ...this.#tiles, column: 0, step }), run, columnAxis),
      );
    });
  }

  #term(value: Expression, condition: Expression | undefined): Term {
    const [reduction] = this.#group.reductions;
    if (reduction === undefined) return [];
    return termOf(condition === undefined ? value : where(value, condition, true), reduction, this.#emitter);
  }

  emit(): Step {
    const k = this.#k;
    const { space, window } = this.#group;
    const { stepAxis, channelAxis } = this.#tiles;
    const channels = space[channelAxis] ?? 1;
    const rows = sizeOf(window.slice(0, -1));
    const wide = this.#lanes * this.#numVectors;
    const perPart = Math.ceil(wantedChunks / this.#parts);
    const block = Math.ceil(channels / perPart / wide) * wide;
    const blocks = Math.ceil(channels / block);
    const perPartRows = Math.ceil(rows / this.#parts);
    this.#emitter.bind(0, []);
    const part = k.let(quotient(k.chunk, blocks));
    const first = k.let(ir.multiply(part, ir.int(perPartRows)));
    const last = k.let(lesser(ir.add(first, ir.int(perPartRows)), ir.int(rows)));
    const from = k.let(ir.multiply(remainder(k.chunk, blocks), ir.int(block)));
    const to = blocks === 1 ? ir.int(channels) : k.let(lesser(ir.add(from, ir.int(block)), ir.int(channels)));
    const outer = space.slice(0, stepAxis);
    const start = k.let(ir.multiply(part, ir.int(sizeOf(space))));
    k.loop(ir.int(0), ir.int(sizeOf(outer)), 1, (place) => {
      const axes = { numbers: outer.map((_, number) => number), extents: outer };
      this.#emitter.bind(stepLevel, outer.length === 0 ? [] : decode(k, place, axes));
      const position = k.let(ir.add(start, ir.multiply(place, ir.int(sizeOf(space.slice(stepAxis))))));
      this.#channels({ from, to, first, last, position });
    });
    return this.#finish(this.#parts * blocks);
  }

  /** All channels of a block: as many vectors at once as there are, then one vector, then one channel. */
  #channels(range: Range): void {
    const k = this.#k;
    const { from, to } = range;
    const lanes = this.#lanes;
    const channels = this.#group.space[this.#tiles.channelAxis] ?? 1;
    const wide = lanes * this.#numVectors;
    const upTo = (unit: number): Value =>
      channels % unit === 0
        ? to
        : k.let(ir.subtract(to, ir.binaryValue("and", ir.subtract(to, from), ir.int(unit - 1))));
    const whole = upTo(wide);
    const single = upTo(lanes);
    k.loop(from, whole, wide, (channel) =>
      this.#sums(channel, range, { numVectors: this.#numVectors, isVector: true }),
    );
    if (channels % wide >= lanes) {
      k.loop(whole, single, lanes, (channel) => this.#sums(channel, range, { numVectors: 1, isVector: true }));
    }
    if (channels % lanes === 0) return;
    k.loop(single, to, 1, (channel) => {
      this.#emitter.narrow(() => this.#sums(channel, range, { numVectors: 1, isVector: false }));
    });
  }

  /** The sums of all steps for some channels, stored. */
  #sums(channel: Value, { first, last, position }: Range, width: Width): void {
    const k = this.#k;
    const { window, space } = this.#group;
    const { channelAxis, numSteps } = this.#tiles;
    const emitter = this.#emitter;
    const attended = this.#runs.flatMap(({ terms }) => terms.slice(0, width.numVectors).flat(2));
    emitter.attend(this.#condition === undefined ? attended : [this.#condition, ...attended]);
    emitter.bind(channelLevel, [[channelAxis, channel]]);
    const sums = Array.from({ length: width.numVectors }, () =>
      Array.from({ length: numSteps }, () => identityOf(k, "sum", "f32", width.isVector)),
    );
    const outer = window.slice(0, -1);
    k.loop(first, last, 1, (row) => {
      const axes = { numbers: outer.map((_, number) => space.length + number), extents: outer };
      emitter.bind(rowLevel, outer.length === 0 ? [] : decode(k, row, axes));
      const walk = (): void => this.#runs.forEach((run) => this.#columns(run, sums, width));
      if (this.#condition === undefined) walk();
      else k.when(emitter.scalarValue(this.#condition), walk);
    });
    emitter.attend(undefined);
    const strides = stridesOf(space);
    const target = k.let(ir.add(position, channel));
    sums.forEach((steps, vector) => {
      steps.forEach((sum, step) => {
        const place = ir.add(target, ir.int(step * (strides[this.#tiles.stepAxis] ?? 1) + vector * this.#lanes));
        k.store("f32", ir.elementAt(k.buffer(this.#group.inputs.length), "f32", place), sum.result);
      });
    });
  }

  #columns({ run, terms }: Run, sums: readonly (readonly Accumulator[])[], { isVector }: Width): void {
    const k = this.#k;
    const column = (number: Value): void => {
      this.#emitter.bind(columnLevel, [[this.#tiles.columnAxis, number]]);
      sums.forEach((steps, vector) => {
        steps.forEach((sum, step) => {
          const term = terms[vector]?.[step] ?? [];
          addTerm(k, this.#emitter, term, sum, { place: number, isVector });
        });
      });
    };
    if (run.to - run.from === 1) column(ir.int(run.from));
    else k.loop(ir.int(run.from), ir.int(run.to), 1, column);
  }

  #finish(numChunks: number): Step {
    const { name, inputs, space, window } = this.#group;
    const reads = inputs.map(nodeBuffer);
    const buffers = [...reads, this.#partial];
    const flops = 2 * sizeOf(space) * sizeOf(window);
    const kernel = this.#k.finish({ name, numBuffers: buffers.length, numChunks, flops, bytes: bytesOf(buffers) });
    return { kernel, buffers, numInputs: reads.length };
  }
}

interface Range {
  /** Channels. */
  readonly from: Value;
  readonly to: Value;
  /** Rows. */
  readonly first: Value;
  readonly last: Value;
  /** Where the sums of the first step and channel go. */
  readonly position: Value;
}

interface Width {
  readonly numVectors: number;
  readonly isVector: boolean;
}
