// The transforms of Winograd's F(4x4, 3x3) and F(3x3, 4x4) on values of the kernel language.
// Lavin and Gray, Fast algorithms for convolutional neural networks (2015), section 4.1; points 0, ±1, ±2, ∞.

import * as ir from "#engine/graph/kernel.ts";
import type { KernelBuilder, Value } from "#engine/graph/kernel.ts";

/** An element of a square. */
export type SquareElement = (row: number, column: number) => Value;

/** A 6 x 6 patch of the image to its 36 products' left factors, given to `write` row by row. */
export function transformImage(
  k: KernelBuilder,
  at: SquareElement,
  write: (product: number, value: Value) => void,
): void {
  transform(k, { size: 6, line: imageLine }, at, (row, column, value) => write(row * 6 + column, value));
}

/** A 3 x 3 filter to the 36 right factors. */
export function transformFilter(
  k: KernelBuilder,
  at: SquareElement,
  write: (product: number, value: Value) => void,
): void {
  transform(k, { size: 3, line: filterLine }, at, (row, column, value) => write(row * 6 + column, value));
}

/** 36 sums of products to a 4 x 4 tile of the result. */
export function transformResult(
  k: KernelBuilder,
  at: (product: number) => Value,
  write: (row: number, column: number, value: Value) => void,
): void {
  transform(k, { size: 6, line: resultLine }, (row, column) => at(row * 6 + column), write);
}

/** A 4 x 4 tile of the output's gradient to the 36 right factors, without the scales of their points. */
export function transformGradient(
  k: KernelBuilder,
  at: SquareElement,
  write: (product: number, value: Value) => void,
): void {
  transform(k, { size: 4, line: gradientLine }, at, (row, column, value) => write(row * 6 + column, value));
}

/** 36 sums of products to a 3 x 3 gradient of the filter; applies the scales that `transformGradient` leaves out. */
export function transformFilterGradient(
  k: KernelBuilder,
  at: (product: number) => Value,
  write: (row: number, column: number, value: Value) => void,
): void {
  transform(k, { size: 6, line: filterGradientLine }, (row, column) => at(row * 6 + column), write);
}

/** One dimension of a transform. */
type Line = (k: KernelBuilder, at: (index: number) => Value) => readonly Value[];

/** The line's transform of all columns, then of all rows. */
function transform(
  k: KernelBuilder,
  { size, line }: { readonly size: number; readonly line: Line },
  at: SquareElement,
  write: (row: number, column: number, value: Value) => void,
): void {
  const columns = Array.from({ length: size }, (_, column) =>
    line(k, (row) => k.let(at(row, column))).map((value) => k.let(value)),
  );
  for (let row = 0; row < (columns[0]?.length ?? 0); row += 1) {
    line(k, (column) => columns[column]?.[row] ?? ir.float(0)).forEach((value, column) => write(row, column, value));
  }
}

const scale = (x: Value, by: number): Value => ir.multiply(x, { kind: "constant", type: x.type, value: by });

type Six = readonly [Value, Value, Value, Value, Value, Value];

function six(at: (index: number) => Value): Six {
  return [at(0), at(1), at(2), at(3), at(4), at(5)];
}

function imageLine(k: KernelBuilder, at: (index: number) => Value): readonly Value[] {
  const [d0, d1, d2, d3, d4, d5] = six(at);
  const a = k.let(ir.subtract(d4, scale(d2, 4)));
  const b = k.let(ir.subtract(d3, scale(d1, 4)));
  const e = k.let(ir.subtract(d4, d2));
  const f = k.let(scale(ir.subtract(d3, d1), 2));
  return [
    ir.add(ir.subtract(scale(d0, 4), scale(d2, 5)), d4),
    ir.add(a, b),
    ir.subtract(a, b),
    ir.add(e, f),
    ir.subtract(e, f),
    ir.add(ir.subtract(scale(d1, 4), scale(d3, 5)), d5),
  ];
}

/** 3 to 6. */
function filterLine(k: KernelBuilder, at: (index: number) => Value): readonly Value[] {
  const [a, b, c] = [at(0), at(1), at(2)];
  const outer = k.let(scale(ir.add(a, c), -1 / 6));
  const inner = k.let(scale(b, -1 / 6));
  const far = k.let(ir.add(scale(a, 1 / 24), scale(c, 1 / 6)));
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
  return [ir.add(ir.add(m0, a), e), ir.add(b, scale(f, 2)), ir.add(a, scale(e, 4)), ir.add(ir.add(b, scale(f, 8)), m5)];
}

/** 4 to 6: the polynomial of the four values at each point. */
function gradientLine(k: KernelBuilder, at: (index: number) => Value): readonly Value[] {
  const [d0, d1, d2, d3] = [at(0), at(1), at(2), at(3)];
  const outer = k.let(ir.add(d0, d2));
  const inner = k.let(ir.add(d1, d3));
  const far = k.let(ir.add(d0, scale(d2, 4)));
  const near = k.let(ir.add(scale(d1, 2), scale(d3, 8)));
  return [d0, ir.add(outer, inner), ir.subtract(outer, inner), ir.add(far, near), ir.subtract(far, near), d3];
}

/** 6 to 3. */
function filterGradientLine(k: KernelBuilder, at: (index: number) => Value): readonly Value[] {
  const [m0, m1, m2, m3, m4, m5] = six(at);
  const a = k.let(scale(ir.add(m1, m2), -1 / 6));
  const b = scale(ir.subtract(m1, m2), -1 / 6);
  const e = k.let(scale(ir.add(m3, m4), 1 / 24));
  const f = scale(ir.subtract(m3, m4), 1 / 12);
  return [ir.add(ir.add(scale(m0, 1 / 4), a), e), ir.add(b, f), ir.add(ir.add(a, scale(e, 4)), m5)];
}
