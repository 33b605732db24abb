// The right side of a product of a few rows, evaluated where it is multiplied: weights that are stored in fewer bits never
// lie in memory in full length. Each of its elements is read once, so that panels would only cost a way there and back.

import { sizeOf } from "#engine/base/shape.ts";
import type { Expression } from "#engine/graph/expression.ts";
import type { Node } from "#engine/graph/graph.ts";
import * as ir from "#engine/graph/kernel.ts";
import type { KernelBuilder, Local, Value } from "#engine/graph/kernel.ts";
import type { Product } from "#engine/compile/contraction.ts";
import { Emitter, type EmitterBuffer } from "#engine/compile/emitter.ts";
import type { PanelSource } from "#engine/compile/emit-panels.ts";
import { priceOf } from "#engine/compile/inline.ts";
import { isContiguousAlong } from "#engine/compile/linear.ts";
import { addProducts, type TileOptions, type TileShape } from "#engine/compile/micro-kernel.ts";
import { quotient } from "#engine/compile/places.ts";

/** What costs more is evaluated once, into panels. */
export const mostPrice = 16;

/** Loops of a tile: what changes in an outer one is evaluated there. */
export const levels = { batch: 1, columns: 2, outer: 3, inner: 4 } as const;

/** Whether vectors along the columns can evaluate the right side, step by step of the depth. */
export function canComputeColumns({ right, columns, depth }: Product, inputs: readonly Node[]): boolean {
  const [column, otherColumns] = columns.numbers;
  if (column === undefined || otherColumns !== undefined || depth.numbers.length !== 1) return false;
  const sizes = inputs.map(({ type }) => [sizeOf(type.shape)]);
  return priceOf(right) <= mostPrice && isContiguousAlong(right, column, sizes);
}

/** A tile of a product: its rows, its first column, and a part of the depth. */
export interface ComputedTile extends Pick<TileOptions, "left" | "leftRowBytes" | "leftStepBytes" | "start"> {
  readonly batchPlace: readonly (readonly [number, Value])[];
  readonly column: Value;
  readonly depthStart: Value;
  readonly depthCount: Value;
}

export class ComputedColumns {
  readonly #k: KernelBuilder;
  readonly #shape: TileShape;
  readonly #source: PanelSource;
  /** One a vector of the tile. */
  readonly #emitters: readonly Emitter[];
  readonly #root: Expression;

  constructor(k: KernelBuilder, buffers: readonly EmitterBuffer[], shape: TileShape, source: PanelSource) {
    const { side, numAxes, depth, across } = source;
    const [vectorAxis = -1] = across.numbers;
    this.#k = k;
    this.#shape = shape;
    this.#source = source;
    const levelOf = (number: number): number => {
      if (number === depth.numbers.at(-1)) return levels.inner;
      if (number === depth.numbers[0]) return levels.outer;
      return number === vectorAxis ? levels.columns : levels.batch;
    };
    const first = new Emitter({
      builder: k,
      lanes: shape.lanes,
      buffers,
      levels: Array.from({ length: numAxes }, (_, number) => levelOf(number)),
      accumulatorLevel: 0,
      vectorAxis,
    });
    this.#root = first.root(side);
    this.#emitters = Array.from({ length: shape.tile.vectors }, (_, part) =>
      part === 0 ? first : first.twin(vectorAxis),
    );
  }

  /** Evaluates what no axis changes; call once, at the top of the kernel. */
  prepare(): void {
    for (const emitter of this.#emitters) emitter.bind(0, []);
  }

  /** The sums of a tile by row and vector; all of it lies inside. */
  multiply(tile: ComputedTile): Local[][] {
    const k = this.#k;
    const { lanes, tile: shape } = this.#shape;
    const along = this.#source.depth.numbers.at(-1) ?? 0;
    const [column = 0] = this.#source.across.numbers;
    this.#emitters.forEach((emitter, part) => {
      emitter.bind(levels.batch, tile.batchPlace);
      emitter.bind(levels.columns, [[column, k.let(ir.add(tile.column, ir.int(part * lanes)))]]);
    });
    const sums = Array.from({ length: shape.rows }, (_, row) =>
      this.#emitters.map((_emitter, part) => k.variable(tile.start(row, part))),
    );
    const left = k.variable(tile.left);
    const step = (number: Value): void => {
      for (const emitter of this.#emitters) emitter.bind(levels.inner, [[along, number]]);
      addProducts(k, this.#shape, sums, {
        left: (row) => k.let(ir.loadSplat(left, row * tile.leftRowBytes)),
        right: (part) => k.let(this.#emitters[part]?.vectorValue(this.#root) ?? ir.splat(ir.float(0))),
      });
      k.set(left, ir.offsetBy(left, ir.int(tile.leftStepBytes)));
    };
    walkDepth(k, tile, { emitters: this.#emitters, depth: this.#source.depth, by: 1, step });
    return sums;
  }
}

interface DepthWalk {
  readonly emitters: readonly Emitter[];
  readonly depth: PanelSource["depth"];
  /** Places of the depth in a step. */
  readonly by: number;
  readonly step: (number: Value) => void;
}

/** Step by step over a tile's depth; what a block shares, such as a scale, is evaluated once for all of its steps. */
export function walkDepth(
  k: KernelBuilder,
  { depthStart, depthCount }: Pick<ComputedTile, "depthStart" | "depthCount">,
  { emitters, depth: { numbers, extents }, by, step }: DepthWalk,
): void {
  const [outer = 0, ...inner] = numbers;
  const block = extents.at(-1) ?? 1;
  const end = ir.add(depthStart, depthCount);
  if (inner.length === 0) {
    k.loop(depthStart, k.let(end), by, step);
    return;
  }
  k.loop(k.let(quotient(depthStart, block)), k.let(quotient(end, block)), 1, (number) => {
    for (const emitter of emitters) emitter.bind(levels.outer, [[outer, number]]);
    k.loop(ir.int(0), ir.int(block), by, step);
  });
}
