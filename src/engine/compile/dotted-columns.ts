// One row times a right side whose memory runs along the depth, as a table of vectors that is also a head has it: each
// column is a dot product with the row, as many side by side as vectors have lanes.

import { sizeOf } from "#engine/base/shape.ts";
import type { Expression } from "#engine/graph/expression.ts";
import type { Node } from "#engine/graph/graph.ts";
import * as ir from "#engine/graph/kernel.ts";
import type { KernelBuilder, Local, Value } from "#engine/graph/kernel.ts";
import { levels, mostPrice, walkDepth, type ComputedTile } from "#engine/compile/computed-columns.ts";
import type { Product } from "#engine/compile/contraction.ts";
import { Emitter, type EmitterBuffer } from "#engine/compile/emitter.ts";
import type { PanelSource } from "#engine/compile/emit-panels.ts";
import { priceOf } from "#engine/compile/inline.ts";
import { isContiguousAlong } from "#engine/compile/linear.ts";
import { transpose } from "#engine/compile/transpose.ts";

/** Whether whole vectors along the depth can evaluate the right side, which is written over that depth. */
export function canDotColumns(
  { rows, columns }: Product,
  { depth, side, lanes }: Pick<PanelSource, "depth" | "side" | "lanes">,
  inputs: readonly Node[],
): boolean {
  const along = depth.numbers.at(-1);
  if (rows.size !== 1 || columns.numbers.length !== 1 || columns.size < lanes || along === undefined) return false;
  if (depth.numbers.length > 2 || (depth.extents.at(-1) ?? 0) % lanes !== 0) return false;
  const sizes = inputs.map(({ type }) => [sizeOf(type.shape)]);
  return priceOf(side) <= mostPrice && isContiguousAlong(side, along, sizes);
}

export class DottedColumns {
  readonly #k: KernelBuilder;
  readonly #source: PanelSource;
  /** One a column of the tile. */
  readonly #emitters: readonly Emitter[];
  readonly #root: Expression;

  constructor(k: KernelBuilder, buffers: readonly EmitterBuffer[], source: PanelSource) {
    const { side, numAxes, depth, across, lanes } = source;
    const vectorAxis = depth.numbers.at(-1) ?? -1;
    this.#k = k;
    this.#source = source;
    const levelOf = (number: number): number => {
      if (number === vectorAxis) return levels.inner;
      if (number === depth.numbers[0]) return levels.outer;
      return number === across.numbers[0] ? levels.columns : levels.batch;
    };
    const first = new Emitter({
      builder: k,
      lanes,
      buffers,
      levels: Array.from({ length: numAxes }, (_, number) => levelOf(number)),
      accumulatorLevel: 0,
      vectorAxis,
    });
    this.#root = first.root(side);
    this.#emitters = Array.from({ length: lanes }, (_, column) => (column === 0 ? first : first.twin(vectorAxis)));
  }

  /** Evaluates what no axis changes; call once, at the top of the kernel. */
  prepare(): void {
    for (const emitter of this.#emitters) emitter.bind(0, []);
  }

  /** The sums of a tile of as many columns as lanes: one row, one vector. */
  multiply(tile: ComputedTile): Value[][] {
    const { left: row, column, batchPlace } = tile;
    const k = this.#k;
    const { lanes, across, depth } = this.#source;
    const along = depth.numbers.at(-1) ?? 0;
    this.#emitters.forEach((emitter, place) => {
      emitter.bind(levels.batch, batchPlace);
      emitter.bind(levels.columns, [[across.numbers[0] ?? 0, k.let(ir.add(column, ir.int(place)))]]);
    });
    const sums = this.#emitters.map(() => k.variable({ kind: "constant", type: "vf32", value: 0 }));
    const left = k.variable(row);
    const step = (number: Value): void => this.#step(number, along, left, sums);
    walkDepth(k, tile, { emitters: this.#emitters, depth, by: lanes, step });
    return [[this.#joined(sums)]];
  }

  #step(number: Value, along: number, left: Local, sums: readonly Local[]): void {
    const k = this.#k;
    const x = k.let(ir.load("vf32", "f32", left));
    this.#emitters.forEach((emitter, place) => {
      emitter.bind(levels.inner, [[along, number]]);
      const sum = sums[place];
      if (sum !== undefined) k.set(sum, ir.fma(x, emitter.vectorValue(this.#root), sum));
    });
    k.set(left, ir.offsetBy(left, ir.int(this.#source.lanes * 4)));
  }

  /** Of each vector the sum of its lanes, side by side: pairs, then pairs of pairs. */
  #joined(sums: readonly Value[]): Value {
    let parts: Value[] = transpose(this.#k, [...sums]);
    while (parts.length > 1) {
      const half = parts.length / 2;
      parts = parts.slice(0, half).map((part, at) => this.#k.let(ir.add(part, parts[half + at] ?? part)));
    }
    return parts[0] ?? ir.splat(ir.float(0));
  }
}
