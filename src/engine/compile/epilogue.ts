// The end of a contraction's chunk: walks the block of sums in private memory, evaluates pools and outputs, stores them.

import { sizeOf, stridesOf } from "#engine/base/shape.ts";
import { axis, plus, times, type Expression } from "#engine/graph/expression.ts";
import * as ir from "#engine/graph/kernel.ts";
import type { KernelBuilder, Value } from "#engine/graph/kernel.ts";
import { identityOf } from "#engine/compile/combine.ts";
import type { Axes } from "#engine/compile/contraction.ts";
import { Emitter, memoryOf, type EmitterBuffer } from "#engine/compile/emitter.ts";
import type { Group } from "#engine/compile/group.ts";
import { emitOutputs } from "#engine/compile/outputs.ts";
import { decode, quotient, windowPlace } from "#engine/compile/places.ts";

export interface EpilogueOptions {
  readonly builder: KernelBuilder;
  readonly lanes: number;
  readonly buffers: readonly EmitterBuffer[];
  readonly group: Group;
  readonly batch: Axes;
  readonly rows: Axes;
  readonly columns: Axes;
  /** Elements from one row of the sums to the next. */
  readonly blockColumns: number;
  /** Buffers between the group's inputs and its outputs. */
  readonly numExtraBuffers?: number;
  /** Of a split contraction: the sums go to this buffer, one result after the other. */
  readonly partial: { readonly size: number; readonly buffer: number } | undefined;
}

export interface ColumnRange {
  readonly columnStart: Value;
  readonly columnCount: Value;
  /** Which part of a split contraction this is. */
  readonly split?: Value;
}

export interface EpilogueRange extends ColumnRange {
  readonly batchPlace: readonly (readonly [number, Value])[];
  readonly rowStart: Value;
  readonly rowCount: Value;
  /** The sums of the first row. */
  readonly block: Value;
}

export class Epilogue {
  readonly #options: EpilogueOptions;
  readonly #emitter: Emitter;
  readonly #outputs: readonly Expression[];
  readonly #values: readonly Expression[];
  readonly #position: Expression;
  readonly #spaceRows: Axes;
  readonly #windowSize: number;

  constructor(options: EpilogueOptions) {
    this.#options = options;
    const { group, columns, rows, lanes, builder, buffers } = options;
    const rank = group.space.length;
    const isVector = canVectorize(columns, lanes);
    const levels = [...group.space, ...group.window].map((_, number) =>
      number >= rank ? 3 : columns.numbers.includes(number) ? 2 : 1,
    );
    const vectorAxis = isVector ? (columns.numbers[columns.numbers.length - 1] ?? -1) : -1;
    this.#emitter = new Emitter({
      builder,
      lanes,
      buffers,
      levels,
      accumulatorLevel: 3,
      vectorAxis,
      vectorAccumulators: true,
    });
    const strides = stridesOf(group.space);
    const position = group.space.reduce(
      (sum: Expression, _, number) => plus(sum, times(axis(number), strides[number] ?? 1)),
      { kind: "constant", type: "i32", value: 0 },
    );
    this.#position = this.#emitter.root(position);
    this.#values = group.reductions.map((reduction) => this.#emitter.root(reduction.value));
    this.#outputs =
      options.partial === undefined ? group.outputs.map((output) => this.#emitter.root(output.value)) : [];
    this.#spaceRows = spaceAxes(rows, rank);
    this.#windowSize = sizeOf(group.window);
  }

  /** Evaluates what no axis changes; call once, at the top of the kernel. */
  prepare(): void {
    this.#emitter.bind(0, []);
  }

  emit(range: EpilogueRange): void {
    const { builder: k, blockColumns } = this.#options;
    const window = this.#windowSize;
    const first = k.let(quotient(range.rowStart, window));
    k.loop(ir.int(0), k.let(quotient(range.rowCount, window)), 1, (row) => {
      const places = decode(k, ir.add(first, row), this.#spaceRows);
      const sums = k.let(ir.elementAt(range.block, "f32", ir.multiply(row, ir.int(blockColumns * window))));
      this.row([...range.batchPlace, ...places], sums, range);
    });
  }

  /** One place of the space's rows, all columns of the range; `sums` points at the first place of its window. */
  row(places: readonly (readonly [number, Value])[], sums: Value, range: ColumnRange): void {
    this.#emitter.bind(1, places);
    this.#columns(range, sums);
  }

  #columns(range: ColumnRange, sums: Value): void {
    const { builder: k, lanes, columns } = this.#options;
    const { columnCount } = range;
    if (!canVectorize(columns, lanes)) {
      k.loop(ir.int(0), columnCount, 1, (column) => this.#place(range, sums, column, false));
      return;
    }
    const whole = k.let(ir.binaryValue("and", columnCount, ir.int(-lanes)));
    k.loop(ir.int(0), whole, lanes, (column) => this.#place(range, sums, column, true));
    if (columns.size % lanes === 0) return;
    k.loop(whole, columnCount, 1, (column) => {
      this.#emitter.narrow(() => this.#place(range, sums, column, false));
    });
  }

  #place(range: ColumnRange, sums: Value, column: Value, isVector: boolean): void {
    const { builder: k, columns, partial } = this.#options;
    this.#emitter.bind(2, decode(k, ir.add(range.columnStart, column), columns));
    const source = k.let(ir.elementAt(sums, "f32", column));
    const position = k.let(this.#emitter.scalarValue(this.#position));
    if (partial !== undefined) {
      const place = ir.add(ir.multiply(range.split ?? ir.int(0), ir.int(partial.size)), position);
      k.store("f32", ir.elementAt(k.buffer(partial.buffer), "f32", place), sum(source, 0, isVector));
      return;
    }
    this.#accumulate(source, isVector);
    const { group } = this.#options;
    const values = emitOutputs(k, this.#emitter, this.#outputs, group.outputs, isVector);
    values.forEach((value, number) => {
      const memory = memoryOf(group.outputs[number]?.node.type.dtype ?? "f32");
      k.store(
        memory,
        ir.elementAt(k.buffer(group.inputs.length + (this.#options.numExtraBuffers ?? 0) + number), memory, position),
        value,
      );
    });
  }

  /** Sets the accumulators: the sum itself, then what a window of sums reduces to. */
  #accumulate(source: Value, isVector: boolean): void {
    const { builder: k, group, blockColumns } = this.#options;
    if (group.window.length === 0) {
      this.#emitter.setAccumulator(0, k.let(sum(source, 0, isVector)));
      return;
    }
    const results = group.reductions.map((one) =>
      identityOf(k, one.combiner, one.combiner === "argmax" ? "i32" : one.type, isVector),
    );
    for (let place = 0; place < this.#windowSize; place += 1) {
      const places = windowPlace(place, group.window).map((at, index): [number, Value] => [
        group.space.length + index,
        at,
      ]);
      this.#emitter.bind(3, places);
      this.#emitter.setAccumulator(0, k.let(sum(source, place * blockColumns * 4, isVector)));
      this.#values.forEach((root, number) => {
        const value = isVector ? this.#emitter.vectorValue(root) : this.#emitter.scalarValue(root);
        results[number]?.update(k.let(value), ir.int(place));
      });
    }
    results.forEach((one, number) => this.#emitter.setAccumulator(1 + number, one.result));
  }
}

function sum(source: Value, offset: number, isVector: boolean): Value {
  return ir.load(isVector ? "vf32" : "f32", "f32", source, offset);
}

/** Whether whole vectors of columns stay inside one axis. */
function canVectorize(columns: Axes, lanes: number): boolean {
  return columns.numbers.length === 1 || (columns.extents[columns.extents.length - 1] ?? 1) % lanes === 0;
}

/** The axes of a list that belong to the space. */
function spaceAxes(axes: Axes, rank: number): Axes {
  const kept = axes.numbers.flatMap((number, index) => (number < rank ? [index] : []));
  const extents = kept.map((index) => axes.extents[index] ?? 1);
  return { numbers: kept.map((index) => axes.numbers[index] ?? 0), extents, size: sizeOf(extents) };
}
