// Reads the tiles that Winograd's algorithm transforms: squares of an image that may reach beyond its border.

import { axis, constant, guarded, isInside, type Expression } from "#engine/graph/expression.ts";
import type { Node } from "#engine/graph/graph.ts";
import * as ir from "#engine/graph/kernel.ts";
import type { KernelBuilder, Value } from "#engine/graph/kernel.ts";
import { Emitter, emitterBuffers } from "#engine/compile/emitter.ts";
import { linearize, strideAlong } from "#engine/compile/linear.ts";
import { flattenReads } from "#engine/compile/normalize.ts";
import type { Square } from "#engine/compile/winograd-transforms.ts";

/** Rows and columns of a tile, and of the patch of the image that it needs. */
export const tile = 4;
export const patch = 6;
export const numProducts: number = patch * patch;
/** Elements between two products' parts of scratch memory: places a power of two apart drive each other out of the cache. */
export const gap = 16;

export interface SquareReaderOptions {
  readonly builder: KernelBuilder;
  readonly lanes: number;
  readonly inputs: readonly Node[];
  /** At axes (batch, row, column, channel). */
  readonly image: Expression;
  readonly imageShape: readonly number[];
  /** Rows and columns of a square. */
  readonly size: number;
}

export interface SquarePlace {
  readonly batch: Value;
  readonly row: Value;
  readonly column: Value;
}

export interface ChannelRange {
  readonly start: Value;
  readonly count: Value;
}

interface ImageReader {
  readonly emitter: Emitter;
  readonly root: Expression;
}

export class SquareReader {
  readonly #options: SquareReaderOptions;
  /** The image as it is, and with zeros around it; apart, so that neither shares values with the other. */
  readonly #whole: ImageReader;
  readonly #edge: ImageReader;
  readonly #sample: Value;

  constructor(options: SquareReaderOptions) {
    const { builder, lanes, inputs, image, imageShape, size } = options;
    this.#options = options;
    const flat = flattenReads(image, inputs);
    const [, height = 1, width = 1] = imageShape;
    const reader = (expression: Expression): ImageReader => {
      const emitter = new Emitter({
        builder,
        lanes,
        buffers: emitterBuffers(builder, inputs),
        levels: [1, 3, 4, 2],
        accumulatorLevel: 0,
        vectorAxis: 3,
      });
      return { emitter, root: emitter.root(expression) };
    };
    this.#whole = reader(flat);
    this.#edge = reader(guarded(isInside([axis(1), axis(2)], [height, width]), flat));
    this.#sample = builder.scratch(size * size * lanes * 4);
  }

  /** Evaluates what no axis changes; call once, at the top of the kernel. */
  prepare(): void {
    this.#whole.emitter.bind(0, []);
    this.#edge.emitter.bind(0, []);
  }

  /** Appends loops over channels, vector by vector, in which `use` may read the square. */
  read(place: SquarePlace, channels: ChannelRange, use: (offset: Value, square: Square) => void): void {
    const { builder: k, imageShape, lanes, size } = this.#options;
    const [, height = 1, width = 1] = imageShape;
    const row = k.let(place.row);
    const column = k.let(place.column);
    const isWhole = ir.binaryValue("and", fits(row, height, size), fits(column, width, size));
    const walk = ({ emitter, root }: ImageReader, squareOf: (at: SquareElement) => Square): void => {
      emitter.bind(1, [[0, place.batch]]);
      k.loop(ir.int(0), channels.count, lanes, (offset) => {
        emitter.bind(2, [[3, ir.add(channels.start, offset)]]);
        const square = squareOf((dy, dx) => {
          emitter.bind(3, [[1, k.let(ir.add(row, dy))]]);
          emitter.bind(4, [[2, k.let(ir.add(column, dx))]]);
          return emitter.vectorValue(root);
        });
        use(offset, square);
      });
    };
    const sampled = (at: SquareElement): Square =>
      sampleSquare(k, { size, bytes: lanes * 4, memory: this.#sample }, at);
    k.when(
      isWhole,
      () => walk(this.#whole, (at) => steadySquare(k, at, this.#whole.root, [1, 2]) ?? sampled(at)),
      () => walk(this.#edge, sampled),
    );
  }
}

/** An element of a square, as a vector. */
export type SquareElement = (row: Value, column: Value) => Value;

/** The square at the place where an emitter stands, if it is read from memory as it lies. */
export function steadySquare(
  k: KernelBuilder,
  at: SquareElement,
  root: Expression,
  [rowAxis, columnAxis]: readonly [number, number],
): Square | undefined {
  if (root.kind !== "read") return undefined;
  const origin = at(ir.int(0), ir.int(0));
  if (origin.kind !== "load" || origin.memory !== "f32" || origin.splat) return undefined;
  const position = linearize(root.at[0] ?? constant(0));
  const row = strideAlong(position, rowAxis);
  const column = strideAlong(position, columnAxis);
  if (row === undefined || column === undefined) return undefined;
  const pointer = k.let(ir.offsetBy(origin.pointer, ir.int(origin.offset)));
  return { pointer, rowBytes: row * 4, columnBytes: column * 4 };
}

/** A square that is computed, element by element, into private memory. */
export function sampleSquare(
  k: KernelBuilder,
  { size, bytes, memory }: { readonly size: number; readonly bytes: number; readonly memory: Value },
  at: SquareElement,
): Square {
  k.loop(ir.int(0), ir.int(size), 1, (row) => {
    const line = k.let(ir.offsetBy(memory, ir.multiply(row, ir.int(size * bytes))));
    k.loop(ir.int(0), ir.int(size), 1, (column) => {
      k.store("f32", ir.offsetBy(line, ir.multiply(column, ir.int(bytes))), at(row, column));
    });
  });
  return { pointer: memory, rowBytes: size * bytes, columnBytes: bytes };
}

/** Whether a square that begins here lies inside. */
function fits(start: Value, extent: number, size: number): Value {
  return ir.binaryValue(
    "and",
    ir.binaryValue("lessEqual", ir.int(0), start),
    ir.binaryValue("lessEqual", start, ir.int(extent - size)),
  );
}
