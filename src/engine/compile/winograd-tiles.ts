// Reads the tiles that Winograd's algorithm transforms: squares of an image that may reach beyond its border.

import { axis, constant, guarded, isInside, type Expression } from "#engine/graph/expression.ts";
import type { Node } from "#engine/graph/graph.ts";
import * as ir from "#engine/graph/kernel.ts";
import type { KernelBuilder, Value } from "#engine/graph/kernel.ts";
import { Emitter, emitterBuffers } from "#engine/compile/emitter.ts";
import { linearize, strideAlong } from "#engine/compile/linear.ts";
import { flattenReads } from "#engine/compile/normalize.ts";
import type { SquareElement } from "#engine/compile/winograd-transforms.ts";

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

  /** Appends loops over channels, vector by vector, in which `use` may read the square's elements. */
  read(place: SquarePlace, channels: ChannelRange, use: (offset: Value, at: SquareElement) => void): void {
    const { builder: k, imageShape, lanes, size } = this.#options;
    const [, height = 1, width = 1] = imageShape;
    const row = k.let(place.row);
    const column = k.let(place.column);
    const isWhole = ir.binaryValue("and", fits(row, height, size), fits(column, width, size));
    const walk = ({ emitter, root }: ImageReader, arrange: (at: SquareElement) => SquareElement): void => {
      emitter.bind(1, [[0, place.batch]]);
      k.loop(ir.int(0), channels.count, lanes, (offset) => {
        emitter.bind(2, [[3, ir.add(channels.start, offset)]]);
        const at: SquareElement = (dy, dx) => {
          emitter.bind(3, [[1, k.let(ir.add(row, ir.int(dy)))]]);
          emitter.bind(4, [[2, k.let(ir.add(column, ir.int(dx)))]]);
          return emitter.vectorValue(root);
        };
        use(offset, arrange(at));
      });
    };
    k.when(
      isWhole,
      () => walk(this.#whole, (at) => this.#steady(at)),
      () => walk(this.#edge, (at) => this.#sampled(at)),
    );
  }

  /** A square that is read from memory as it lies: one address, constant offsets. */
  #steady(at: SquareElement): SquareElement {
    const { root } = this.#whole;
    const origin = at(0, 0);
    if (root.kind !== "read" || origin.kind !== "load" || origin.memory !== "f32" || origin.splat) return at;
    const position = linearize(root.at[0] ?? constant(0));
    const rowStride = strideAlong(position, 1);
    const columnStride = strideAlong(position, 2);
    if (rowStride === undefined || columnStride === undefined) return at;
    const pointer = this.#options.builder.let(origin.pointer);
    return (dy, dx) => ir.load("vf32", "f32", pointer, origin.offset + (dy * rowStride + dx * columnStride) * 4);
  }

  /** A square at the border: element by element into private memory, so that the code of a guard stands once a row. */
  #sampled(at: SquareElement): SquareElement {
    const { builder: k, lanes, size } = this.#options;
    const bytes = lanes * 4;
    for (let place = 0; place < size * size; place += 1) {
      k.store("f32", this.#sample, at(Math.floor(place / size), place % size), place * bytes);
    }
    return (dy, dx) => ir.load("vf32", "f32", this.#sample, (dy * size + dx) * bytes);
  }
}

/** Whether a square that begins here lies inside. */
function fits(start: Value, extent: number, size: number): Value {
  return ir.binaryValue(
    "and",
    ir.binaryValue("lessEqual", ir.int(0), start),
    ir.binaryValue("lessEqual", start, ir.int(extent - size)),
  );
}
