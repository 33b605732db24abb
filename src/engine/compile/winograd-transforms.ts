// The transforms of Winograd's F(4x4, 3x3) and F(3x3, 4x4) on values of the kernel language.
// Lavin and Gray, Fast algorithms for convolutional neural networks (2015), section 4.1; points 0, ±1, ±2, ∞.

import * as ir from "#engine/graph/kernel.ts";
import type { KernelBuilder, Value } from "#engine/graph/kernel.ts";

/** A square of vectors in memory. */
export interface Square {
  /** Its first vector. */
  readonly pointer: Value;
  readonly rowBytes: number;
  readonly columnBytes: number;
}

/** For one row of what a transform gives: how to store each column's value. */
export type WriteRow = (row: Value) => (column: number, value: Value) => void;

/** The transforms of one kernel. They are loops over lines, since compiling 36 values written out takes longer than it saves. */
export class Transforms {
  readonly #k: KernelBuilder;
  readonly #bytes: number;
  /** What the lines of the first dimension give. */
  readonly #middle: Value;

  constructor(builder: KernelBuilder, lanes: number) {
    this.#k = builder;
    this.#bytes = lanes * 4;
    this.#middle = builder.scratch(36 * this.#bytes);
  }

  /** A 6 x 6 patch of the image to its 36 products' left factors. */
  image(source: Square, write: WriteRow): void {
    this.#transform(6, imageLine, source, write);
  }

  /** A 3 x 3 filter to the 36 right factors. */
  filter(source: Square, write: WriteRow): void {
    this.#transform(3, filterLine, source, write);
  }

  /** 36 sums of products to a 4 x 4 tile of the result. */
  result(source: Square, write: WriteRow): void {
    this.#transform(6, resultLine, source, write);
  }

  /** A 4 x 4 tile of the output's gradient to the 36 right factors, without the scales of their points. */
  gradient(source: Square, write: WriteRow): void {
    this.#transform(4, gradientLine, source, write);
  }

  /** 36 sums of products to a 3 x 3 gradient of the filter; applies the scales that `gradient` leaves out. */
  filterGradient(source: Square, write: WriteRow): void {
    this.#transform(6, filterGradientLine, source, write);
  }

  /** Transforms all columns, then all rows. */
  #transform(size: number, line: Line, source: Square, write: WriteRow): void {
    const k = this.#k;
    const bytes = this.#bytes;
    const rowBytes = size * bytes;
    let numRows = 0;
    k.loop(ir.int(0), ir.int(size), 1, (column) => {
      const from = k.let(ir.offsetBy(source.pointer, ir.multiply(column, ir.int(source.columnBytes))));
      const to = k.let(ir.offsetBy(this.#middle, ir.multiply(column, ir.int(bytes))));
      const values = line(k, (row) => k.let(ir.load("vf32", "f32", from, row * source.rowBytes)));
      values.forEach((value, row) => k.store("f32", to, value, row * rowBytes));
      numRows = values.length;
    });
    k.loop(ir.int(0), ir.int(numRows), 1, (row) => {
      const from = k.let(ir.offsetBy(this.#middle, ir.multiply(row, ir.int(rowBytes))));
      const writeColumn = write(row);
      line(k, (column) => k.let(ir.load("vf32", "f32", from, column * bytes))).forEach((value, column) =>
        writeColumn(column, value),
      );
    });
  }
}

/** Stores the values of products row by row: `productBytes` from one product to the next. */
export function toProducts(k: KernelBuilder, pointer: Value, productBytes: number): WriteRow {
  return (row) => {
    const target = k.let(ir.offsetBy(pointer, ir.multiply(row, ir.int(6 * productBytes))));
    return (column, value) => k.store("f32", target, value, column * productBytes);
  };
}

/** The square of 36 products. */
export function productSquare(pointer: Value, productBytes: number): Square {
  return { pointer, rowBytes: 6 * productBytes, columnBytes: productBytes };
}

/** One dimension of a transform. */
type Line = (k: KernelBuilder, at: (index: number) => Value) => readonly Value[];

const scale = (x: Value, by: number): Value => ir.multiply(x, constantLike(x, by));
/** x * by + to. */
const addScaled = (to: Value, x: Value, by: number): Value => ir.fma(x, constantLike(x, by), to);
const constantLike = (x: Value, value: number): Value => ({ kind: "constant", type: x.type, value });

type Six = readonly [Value, Value, Value, Value, Value, Value];

function six(at: (index: number) => Value): Six {
  return [at(0), at(1), at(2), at(3), at(4), at(5)];
}

function imageLine(k: KernelBuilder, at: (index: number) => Value): readonly Value[] {
  const [d0, d1, d2, d3, d4, d5] = six(at);
  const a = k.let(addScaled(d4, d2, -4));
  const b = k.let(addScaled(d3, d1, -4));
  const e = k.let(ir.subtract(d4, d2));
  const f = k.let(scale(ir.subtract(d3, d1), 2));
  return [
    addScaled(addScaled(d4, d2, -5), d0, 4),
    ir.add(a, b),
    ir.subtract(a, b),
    ir.add(e, f),
    ir.subtract(e, f),
    addScaled(addScaled(d5, d3, -5), d1, 4),
  ];
}

/** 3 to 6. */
function filterLine(k: KernelBuilder, at: (index: number) => Value): readonly Value[] {
  const [a, b, c] = [at(0), at(1), at(2)];
  const outer = k.let(scale(ir.add(a, c), -1 / 6));
  const inner = k.let(scale(b, -1 / 6));
  const far = k.let(addScaled(scale(a, 1 / 24), c, 1 / 6));
  const near = k.let(scale(b, 1 / 12));
  return [
    scale(a, 1 / 4),
    ir.add(outer, inner),
    ir.subtract(outer, inner),
    ir.add(far, near),
    ir.subtract(far, near),
    c,
  ];
}

/** 6 to 4. */
function resultLine(k: KernelBuilder, at: (index: number) => Value): readonly Value[] {
  const [m0, m1, m2, m3, m4, m5] = six(at);
  const a = k.let(ir.add(m1, m2));
  const b = k.let(ir.subtract(m1, m2));
  const e = k.let(ir.add(m3, m4));
  const f = k.let(ir.subtract(m3, m4));
  return [ir.add(ir.add(m0, a), e), addScaled(b, f, 2), addScaled(a, e, 4), addScaled(ir.add(b, m5), f, 8)];
}

/** 4 to 6: the polynomial of the four values at each point. */
function gradientLine(k: KernelBuilder, at: (index: number) => Value): readonly Value[] {
  const [d0, d1, d2, d3] = [at(0), at(1), at(2), at(3)];
  const outer = k.let(ir.add(d0, d2));
  const inner = k.let(ir.add(d1, d3));
  const far = k.let(addScaled(d0, d2, 4));
  const near = k.let(addScaled(scale(d1, 2), d3, 8));
  return [d0, ir.add(outer, inner), ir.subtract(outer, inner), ir.add(far, near), ir.subtract(far, near), d3];
}

/** 6 to 3. */
function filterGradientLine(k: KernelBuilder, at: (index: number) => Value): readonly Value[] {
  const [m0, m1, m2, m3, m4, m5] = six(at);
  const a = k.let(scale(ir.add(m1, m2), -1 / 6));
  const b = k.let(scale(ir.subtract(m1, m2), -1 / 6));
  const e = k.let(scale(ir.add(m3, m4), 1 / 24));
  return [
    ir.add(addScaled(a, m0, 1 / 4), e),
    addScaled(b, ir.subtract(m3, m4), 1 / 12),
    ir.add(addScaled(a, e, 4), m5),
  ];
}
