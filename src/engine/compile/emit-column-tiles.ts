// Kernels for windows that slide over columns of channels: depthwise convolutions, their gradients towards the image,
// pools. Vectors run along the channels; the sums of several columns stay in registers, so that what their windows share
// is read once. Rows of the window are a loop; those that lie outside for a whole row are told apart once a row.

import { sizeOf } from "#engine/base/shape.ts";
import { accumulator, rewrite, type Expression } from "#engine/graph/expression.ts";
import * as ir from "#engine/graph/kernel.ts";
import { KernelBuilder, type TargetTraits, type Value } from "#engine/graph/kernel.ts";
import { atColumn, inRun, rowCondition, where, type ColumnTiles, type TileRun } from "#engine/compile/column-tiles.ts";
import { identityOf, type Accumulator } from "#engine/compile/combine.ts";
import { Emitter, emitterBuffers, memoryOf } from "#engine/compile/emitter.ts";
import type { Group } from "#engine/compile/group.ts";
import { flopsOfLoops } from "#engine/compile/inline.ts";
import { emitOutputs } from "#engine/compile/outputs.ts";
import { decode, lesser, quotient, remainder } from "#engine/compile/places.ts";
import { bytesOf, nodeBuffer, type Step } from "#engine/compile/step.ts";
import { addTerm, termOf, type Term } from "#engine/compile/window-terms.ts";

/** Operations of a chunk, about. */
const chunkWork = 131072;
/** Enough chunks to occupy many cores. */
const wantedChunks = 32;

/** Levels of the emitter: rows, tiles, channels, accumulators, the window. */
const [rowLevel, tileLevel, channelLevel, accumulatorLevel, windowLevel] = [1, 2, 3, 4, 5];

/** Columns of a tile at most: sums, what their windows share, and one row of weights fit the registers. */
export function widestTile({ reductions }: Group): number {
  return reductions.length === 1 && reductions[0]?.combiner !== "argmax" ? 4 : 2;
}

/** What is added in a run of tiles: by step, then column, then reduction. */
type Terms = readonly (readonly (readonly Term[])[])[];

interface Run {
  readonly run: TileRun;
  readonly terms: Terms;
  /** Where the condition holds; `terms` where it does not. */
  readonly inside: { readonly condition: Expression; readonly terms: Terms } | undefined;
  /** By column. */
  readonly outputs: readonly (readonly Expression[])[];
}

interface Channels {
  readonly from: Value;
  readonly to: Value;
  /** Position of the row's first element. */
  readonly start: Value;
}

export class ColumnTilesKernel {
  readonly #group: Group;
  readonly #tiles: ColumnTiles;
  readonly #lanes: number;
  readonly #k = new KernelBuilder();
  readonly #emitter: Emitter;
  readonly #runs: readonly Run[];

  constructor(group: Group, tiles: ColumnTiles, { lanes }: TargetTraits) {
    this.#group = group;
    this.#tiles = tiles;
    this.#lanes = lanes;
    const { columnAxis, channelAxis } = tiles;
    const rank = group.space.length;
    this.#emitter = new Emitter({
      builder: this.#k,
      lanes,
      buffers: emitterBuffers(this.#k, group.inputs),
      levels: [...group.space, ...group.window].map((_, number) => {
        // The last axis of the window is written out: it has no level of its own.
        if (number >= rank) return Math.min(windowLevel + number - rank, this.#innermost);
        if (number === channelAxis) return group.window.length > 1 ? channelLevel : windowLevel;
        return number === columnAxis ? tileLevel : rowLevel;
      }),
      accumulatorLevel,
      vectorAxis: channelAxis,
      vectorAccumulators: true,
    });
    this.#runs = tiles.runs.map((run) => this.#prepare(run));
  }

  get #innermost(): number {
    return windowLevel + Math.max(0, this.#group.window.length - 2);
  }

  /** The expressions of a run, registered. */
  #prepare(run: TileRun): Run {
    const { reductions, outputs, window } = this.#group;
    const { columnAxis, numSteps } = this.#tiles;
    const columns = Array.from({ length: run.columns }, (_, column) => column);
    const values = Array.from({ length: numSteps }, (_, step) =>
      columns.map((column) =>
        reductions.map(({ value }) => inRun(atColumn(value, { ...this.#tiles, column, step }), run, columnAxis)),
      ),
    );
    const condition = window.length > 1 ? rowCondition(values.flat(2), this.#tiles) : undefined;
    const termsWhere = (isTrue: boolean): Terms =>
      this.#terms(
        condition === undefined
          ? values
          : values.map((step) => step.map((column) => column.map((value) => where(value, condition, isTrue)))),
      );
    return {
      run,
      inside:
        condition === undefined ? undefined : { condition: this.#emitter.root(condition), terms: termsWhere(true) },
      terms: termsWhere(false),
      outputs: columns.map((column) =>
        outputs.map(({ value }) => {
          const placed = atColumn(value, { ...this.#tiles, column });
          return this.#emitter.root(this.#ofColumn(placed, column));
        }),
      ),
    };
  }

  #terms(values: readonly (readonly (readonly Expression[])[])[]): Terms {
    const { reductions } = this.#group;
    return values.map((step) =>
      step.map((column) => reductions.map((one, index) => termOf(column[index] ?? one.value, one, this.#emitter))),
    );
  }

  /** Accumulators are numbered column by column. */
  #ofColumn(value: Expression, column: number): Expression {
    const { length } = this.#group.reductions;
    return rewrite(value, (part) =>
      part.kind === "accumulator" ? accumulator(column * length + part.index, part.type) : undefined,
    );
  }

  emit(): Step {
    const k = this.#k;
    const { space } = this.#group;
    const { columnAxis, channelAxis } = this.#tiles;
    const outer = space.slice(0, columnAxis);
    const rows = sizeOf(outer);
    const channels = space[channelAxis] ?? 1;
    const { rowsPerChunk, block } = this.#grid(rows, channels);
    const blocks = Math.ceil(channels / block);
    this.#emitter.bind(0, []);
    const first = k.let(ir.multiply(quotient(k.chunk, blocks), ir.int(rowsPerChunk)));
    const last = k.let(lesser(ir.add(first, ir.int(rowsPerChunk)), ir.int(rows)));
    const from = k.let(ir.multiply(remainder(k.chunk, blocks), ir.int(block)));
    const to = blocks === 1 ? ir.int(channels) : k.let(lesser(ir.add(from, ir.int(block)), ir.int(channels)));
    k.loop(first, last, 1, (row) => {
      const axes = { numbers: outer.map((_, number) => number), extents: outer };
      this.#emitter.bind(rowLevel, outer.length === 0 ? [] : decode(k, row, axes));
      const start = k.let(ir.multiply(row, ir.int(sizeOf(space.slice(columnAxis)))));
      for (const run of this.#runs) this.#run(run, { from, to, start });
    });
    return this.#finish(Math.ceil(rows / rowsPerChunk) * blocks);
  }

  #grid(rows: number, channels: number): { rowsPerChunk: number; block: number } {
    const { space, window } = this.#group;
    const perRow = (space[this.#tiles.columnAxis] ?? 1) * channels * sizeOf(window);
    const numBlocks = Math.max(1, Math.min(Math.ceil(wantedChunks / rows), Math.floor((perRow * rows) / 16384)));
    const block = Math.ceil(channels / numBlocks / this.#lanes) * this.#lanes;
    const fitting = Math.floor(chunkWork / perRow);
    return { rowsPerChunk: Math.max(1, Math.min(fitting, Math.ceil(rows / wantedChunks))), block };
  }

  #run(run: Run, { from, to, start }: Channels): void {
    const k = this.#k;
    const { space } = this.#group;
    const { columnAxis, channelAxis, width } = this.#tiles;
    const lanes = this.#lanes;
    const channels = space[channelAxis] ?? 1;
    const values = this.#valuesOf(run);
    const tile = (number: Value): void => {
      // What the outputs need of the tile is known before its first loop, which need not run: the second one uses it too.
      this.#emitter.attend([...values, ...run.outputs.flat()]);
      this.#emitter.bind(tileLevel, [[columnAxis, number]]);
      this.#emitter.attend(values);
      const position = k.let(ir.add(start, ir.multiply(number, ir.int(width * channels))));
      const whole =
        channels % lanes === 0
          ? to
          : k.let(ir.subtract(to, ir.binaryValue("and", ir.subtract(to, from), ir.int(lanes - 1))));
      k.loop(from, whole, lanes, (channel) => this.#places(run, channel, { position, isVector: true }));
      if (channels % lanes === 0) return;
      k.loop(whole, to, 1, (channel) => {
        this.#emitter.narrow(() => this.#places(run, channel, { position, isVector: false }));
      });
    };
    if (run.run.to - run.run.from === 1) tile(ir.int(run.run.from));
    else k.loop(ir.int(run.run.from), ir.int(run.run.to), 1, tile);
    this.#emitter.attend(undefined);
  }

  #valuesOf({ inside, terms }: Run): Expression[] {
    const all = [...terms.flat(3), ...(inside === undefined ? [] : [inside.condition, ...inside.terms.flat(3)])];
    return [...new Set(all)];
  }

  /** One vector of channels, or one channel, of all columns of a tile. */
  #places(run: Run, channel: Value, { position, isVector }: { position: Value; isVector: boolean }): void {
    const { reductions, outputs, space } = this.#group;
    const { channelAxis } = this.#tiles;
    const k = this.#k;
    const emitter = this.#emitter;
    emitter.bind(channelLevel, [[channelAxis, channel]]);
    const sums = run.outputs.map(() => reductions.map((one) => identityOf(k, one.combiner, one.type, isVector)));
    this.#walk(run, ir.int(0), { depth: 0, sums, isVector });
    sums.flat().forEach((sum, number) => emitter.setAccumulator(number, sum.result));
    const place = k.let(ir.add(position, channel));
    run.outputs.forEach((roots, column) => {
      const values = emitOutputs(k, emitter, roots, outputs, isVector);
      values.forEach((value, number) => {
        const memory = memoryOf(outputs[number]?.node.type.dtype ?? "f32");
        const target = ir.add(place, ir.int(column * (space[channelAxis] ?? 1)));
        k.store(memory, ir.elementAt(k.buffer(this.#group.inputs.length + number), memory, target), value);
      });
    });
  }

  /** The loops over the axes of the window but the last; `place` is the position in those outside. */
  #walk(run: Run, place: Value, walking: Walking): void {
    const k = this.#k;
    const { window, space } = this.#group;
    const { depth } = walking;
    if (depth < window.length - 1) {
      k.loop(ir.int(0), ir.int(window[depth] ?? 1), 1, (index) => {
        this.#emitter.bind(windowLevel + depth, [[space.length + depth, index]]);
        const next = depth === 0 ? index : k.let(ir.add(ir.multiply(place, ir.int(window[depth] ?? 1)), index));
        this.#walk(run, next, { ...walking, depth: depth + 1 });
      });
      return;
    }
    const first = k.let(ir.multiply(place, ir.int(window[depth] ?? 1)));
    const { inside } = run;
    if (inside === undefined) {
      this.#steps(run.terms, first, walking);
      return;
    }
    const condition = this.#emitter.scalarValue(inside.condition);
    k.when(
      condition,
      () => this.#steps(inside.terms, first, walking),
      () => this.#steps(run.terms, first, walking),
    );
  }

  /** All steps of the window's last axis. */
  #steps(terms: Terms, first: Value, { sums, isVector }: Walking): void {
    // What one branch evaluated, the other does not know.
    this.#emitter.bind(this.#innermost, []);
    terms.forEach((columns, step) => {
      columns.forEach((values, column) => {
        values.forEach((term, number) => {
          const sum = sums[column]?.[number];
          if (sum === undefined) return;
          addTerm(this.#k, this.#emitter, term, sum, { place: ir.add(first, ir.int(step)), isVector });
        });
      });
    });
  }

  #finish(numChunks: number): Step {
    const { name, inputs, outputs } = this.#group;
    const reads = inputs.map(nodeBuffer);
    const buffers = [...reads, ...outputs.map(({ node }) => nodeBuffer(node))];
    const flops = flopsOfLoops(this.#group, false);
    const kernel = this.#k.finish({ name, numBuffers: buffers.length, numChunks, flops, bytes: bytesOf(buffers) });
    return { kernel, buffers, numInputs: reads.length };
  }
}

interface Walking {
  readonly depth: number;
  /** By column, then reduction. */
  readonly sums: readonly (readonly Accumulator[])[];
  readonly isVector: boolean;
}
