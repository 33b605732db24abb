// Packing: copies (and computes) a block of one side of a product into panels that the micro-kernel walks in order.
// A panel holds `width` rows (or columns) for every step of the depth: panel[depth][width].

import type { Expression } from "#engine/graph/expression.ts";
import * as ir from "#engine/graph/kernel.ts";
import type { KernelBuilder, Value } from "#engine/graph/kernel.ts";
import type { Axes } from "#engine/compile/contraction.ts";
import { Emitter, type EmitterBuffer } from "#engine/compile/emitter.ts";
import { decode, greater, lesser, quotient, remainder } from "#engine/compile/places.ts";
import { isContiguousAlong } from "#engine/compile/linear.ts";
import { transpose } from "#engine/compile/transpose.ts";

export interface PackOptions {
  readonly builder: KernelBuilder;
  readonly lanes: number;
  readonly buffers: readonly EmitterBuffer[];
  readonly numAxes: number;
  readonly side: Expression;
  readonly batch: Axes;
  /** The axes that panels run across: rows of the left side, columns of the right. */
  readonly across: Axes;
  readonly depth: Axes;
  readonly width: number;
  readonly panels: Value;
  /** Depth that a panel has room for: `roomyDepth` of what is packed. */
  readonly panelDepth: number;
}

/** What one call packs. */
export interface PackRange {
  /** First row or column, and how many the block holds (a multiple of the width, perhaps beyond the end). */
  readonly start: Value;
  readonly count: Value;
  readonly depthStart: Value;
  /** Steps to pack. */
  readonly depthCount: Value;
}

type BatchPlace = readonly (readonly [number, Value])[];

/** "steps" walks across all panels at each step of the depth, so that a line of memory is read once. */
type Mode = "depth" | "across" | "steps" | "scalar";

/** Room for a depth: whole vectors that are stored to a narrower panel write beyond its last step. */
export function roomyDepth(depth: number, width: number, lanes: number): number {
  return depth + Math.ceil(((Math.ceil(width / lanes) * lanes) % width) / width);
}

export class Packer {
  readonly #options: PackOptions;
  readonly #mode: Mode;
  /** One for each row of a panel, or one for all when vectors run across. */
  readonly #emitters: readonly Emitter[];
  readonly #edge: readonly Emitter[];
  readonly #root: Expression;
  readonly #edgeRoot: Expression;

  constructor(options: PackOptions) {
    this.#options = options;
    this.#mode = modeOf(options);
    const isAcross = this.#mode === "across" || this.#mode === "steps";
    const vectorAxis = this.#mode === "depth" ? last(options.depth) : isAcross ? last(options.across) : -1;
    const count = isAcross ? Math.ceil(options.width / options.lanes) : options.width;
    const first = this.#emitter(vectorAxis, this.#mode === "steps" ? options.across : options.depth);
    this.#root = first.root(options.side);
    this.#emitters = [first, ...Array.from({ length: count - 1 }, () => first.twin(vectorAxis))];
    const edge = this.#emitter(-1, options.depth);
    this.#edgeRoot = edge.root(options.side);
    this.#edge = [edge, ...Array.from({ length: options.width - 1 }, () => edge.twin(-1))];
  }

  #emitter(vectorAxis: number, innermost: Axes): Emitter {
    const { builder, lanes, buffers, numAxes } = this.#options;
    const levels = Array.from({ length: numAxes }, (_, number) => (innermost.numbers.includes(number) ? 2 : 1));
    return new Emitter({ builder, lanes, buffers, levels, accumulatorLevel: 0, vectorAxis });
  }

  /** Evaluates what no axis changes; call once, at the top of the kernel. */
  prepare(): void {
    for (const emitter of [...this.#emitters, ...this.#edge]) emitter.bind(0, []);
  }

  /** Appends the loops that pack a block. */
  pack(range: PackRange, batchPlace: BatchPlace): void {
    const { builder: k, width, panelDepth, panels } = this.#options;
    const from = this.#mode === "steps" ? this.#wholePanels(range, batchPlace) : ir.int(0);
    const pointer = k.variable(ir.elementAt(panels, "f32", ir.multiply(from, ir.int(panelDepth))));
    k.loop(from, range.count, width, (offset) => {
      const first = k.let(ir.add(range.start, offset));
      const edge = (): void => this.#panelByPlaces(first, pointer, range, batchPlace);
      if (this.#mode === "scalar" || this.#mode === "steps") edge();
      else k.when(this.#isWhole(first), () => this.#panel(first, pointer, range, batchPlace), edge);
      k.set(pointer, ir.offsetBy(pointer, ir.int(panelDepth * width * 4)));
    });
  }

  /** All panels that whole vectors fill, step by step; gives how many rows or columns they hold. */
  #wholePanels({ start, count, depthStart, depthCount }: PackRange, batch: BatchPlace): Value {
    const { builder: k, lanes, width, panelDepth, panels, across, depth } = this.#options;
    const vectors = this.#emitters.length * lanes;
    const room = k.let(ir.subtract(ir.int(across.size - vectors + width), start));
    const inside = ir.multiply(quotient(greater(room, ir.int(0)), width), ir.int(width));
    const whole = k.let(lesser(count, inside));
    k.loop(ir.int(0), depthCount, 1, (step) => {
      const places = decode(k, ir.add(depthStart, step), depth);
      for (const emitter of this.#emitters) emitter.bind(1, [...batch, ...places]);
      const target = k.variable(ir.elementAt(panels, "f32", ir.multiply(step, ir.int(width))));
      k.loop(ir.int(0), whole, width, (offset) => {
        const first = k.let(ir.add(start, offset));
        this.#emitters.forEach((emitter, part) => {
          emitter.bind(2, [[last(across), part === 0 ? first : k.let(ir.add(first, ir.int(part * lanes)))]]);
          k.store("f32", target, emitter.vectorValue(this.#root), part * lanes * 4);
        });
        k.set(target, ir.offsetBy(target, ir.int(panelDepth * width * 4)));
      });
    });
    return whole;
  }

  /** Whether every vector that begins in the panel lies inside: one that is wider than the panel reads beyond it. */
  #isWhole(first: Value): Value {
    const { lanes, width, across } = this.#options;
    const vectors = this.#mode === "across" ? Math.ceil(width / lanes) * lanes : width;
    const isInside = ir.binaryValue("lessEqual", ir.add(first, ir.int(vectors)), ir.int(across.size));
    if (vectors === width || across.numbers.length === 1) return isInside;
    const extent = lastExtent(across);
    const isInAxis = ir.binaryValue("lessEqual", remainder(first, extent), ir.int(extent - vectors));
    return ir.binaryValue("and", isInside, isInAxis);
  }

  #panel(first: Value, pointer: Value, range: PackRange, batch: BatchPlace): void {
    if (this.#mode === "across") this.#panelAcross(first, pointer, range, batch);
    else this.#panelAlongDepth(first, pointer, range, batch);
  }

  /** Vectors run across the panel: each step of the depth is a few loads and stores. */
  #panelAcross(first: Value, pointer: Value, range: PackRange, batch: BatchPlace): void {
    const { builder: k, lanes, width, across, depth } = this.#options;
    this.#emitters.forEach((emitter, part) => {
      emitter.bind(1, [...batch, ...decode(k, ir.add(first, ir.int(part * lanes)), across)]);
    });
    const target = k.variable(pointer);
    k.loop(ir.int(0), range.depthCount, 1, (step) => {
      const places = decode(k, ir.add(range.depthStart, step), depth);
      this.#emitters.forEach((emitter, part) => {
        emitter.bind(2, places);
        k.store("f32", target, emitter.vectorValue(this.#root), part * lanes * 4);
      });
      k.set(target, ir.offsetBy(target, ir.int(width * 4)));
    });
  }

  /** Vectors run along the depth: `lanes` rows of `lanes` steps are transposed in registers. */
  #panelAlongDepth(first: Value, pointer: Value, range: PackRange, batch: BatchPlace): void {
    const { builder: k, lanes, width, across, depth } = this.#options;
    this.#emitters.forEach((emitter, row) => {
      emitter.bind(1, [...batch, ...decode(k, ir.add(first, ir.int(row)), across)]);
    });
    const target = k.variable(pointer);
    const whole = k.let(ir.binaryValue("and", range.depthCount, ir.int(-lanes)));
    k.loop(ir.int(0), whole, lanes, (step) => {
      const places = decode(k, ir.add(range.depthStart, step), depth);
      // The last part first: what it leaves behind the panel's row, the first part of the next row overwrites.
      for (let part = (Math.ceil(width / lanes) - 1) * lanes; part >= 0; part -= lanes) {
        const own = this.#emitters.slice(part, part + lanes).map((emitter) => {
          emitter.bind(2, places);
          return k.let(emitter.vectorValue(this.#root));
        });
        // Rows that a narrow panel lacks repeat one.
        const rows = Array.from({ length: lanes }, (_, row) => own[row] ?? own[0] ?? ir.splat(ir.float(0)));
        transpose(k, rows).forEach((column, index) => k.store("f32", target, column, (index * width + part) * 4));
      }
      k.set(target, ir.offsetBy(target, ir.int(width * lanes * 4)));
    });
    k.loop(whole, range.depthCount, 1, (step) => {
      const places = decode(k, ir.add(range.depthStart, step), depth);
      this.#emitters.forEach((emitter, row) => {
        emitter.bind(2, places);
        k.store("f32", target, emitter.scalarValue(this.#root), row * 4);
      });
      k.set(target, ir.offsetBy(target, ir.int(width * 4)));
    });
  }

  /** One element at a time; rows beyond the end repeat the last one, whose results nobody reads. */
  #panelByPlaces(first: Value, pointer: Value, range: PackRange, batch: BatchPlace): void {
    const { builder: k, width, across, depth } = this.#options;
    this.#edge.forEach((emitter, row) => {
      const place = k.let(lesser(ir.add(first, ir.int(row)), ir.int(across.size - 1)));
      emitter.bind(1, [...batch, ...decode(k, place, across)]);
    });
    const target = k.variable(pointer);
    k.loop(ir.int(0), range.depthCount, 1, (step) => {
      const places = decode(k, ir.add(range.depthStart, step), depth);
      this.#edge.forEach((emitter, row) => {
        emitter.bind(2, places);
        k.store("f32", target, emitter.scalarValue(this.#edgeRoot), row * 4);
      });
      k.set(target, ir.offsetBy(target, ir.int(width * 4)));
    });
  }
}

function last(axes: Axes): number {
  return axes.numbers[axes.numbers.length - 1] ?? -1;
}

function lastExtent(axes: Axes): number {
  return axes.extents[axes.extents.length - 1] ?? 1;
}

/** Vectors along whichever direction memory runs, where whole vectors stay inside one axis. */
function modeOf(options: PackOptions): Mode {
  const { lanes, width, across, depth, side, buffers } = options;
  const strides = buffers.map((buffer) => buffer.shape);
  const fits = (axes: Axes): boolean => axes.numbers.length === 1 || lastExtent(axes) % lanes === 0;
  const isLong = (axes: Axes): boolean => lastExtent(axes) >= lanes;
  // Panels that are no multiple of the vectors cross the axis's borders: worth it where most do not.
  const canCross = width % lanes === 0 || across.numbers.length === 1 || lastExtent(across) >= 2 * lanes;
  if (isLong(across) && fits(across) && canCross && isContiguousAlong(side, last(across), strides)) {
    return across.numbers.length === 1 ? "steps" : "across";
  }
  if (isLong(depth) && fits(depth) && isContiguousAlong(side, last(depth), strides)) return "depth";
  return "scalar";
}
