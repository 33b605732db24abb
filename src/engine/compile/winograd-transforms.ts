// The transforms of Winograd's F(4x4, 3x3) on values of the kernel language.
// Lavin and Gray, Fast algorithms for convolutional neural networks (2015), section 4.1; points 0, ±1, ±2, ∞.

import * as ir from "#engine/graph/kernel.ts";
import type { KernelBuilder, Value } from "#engine/graph/kernel.ts";

type Six = readonly [Value, Value, Value, Value, Value, Value];

const scale = (x: Value, by: number): Value => ir.multiply(x, { kind: "constant", type: x.type, value: by });

/** One dimension of the image's transform. */
function transformImageLine(k: KernelBuilder, [d0, d1, d2, d3, d4, d5]: Six): Six {
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

/** One dimension of the filter's transform, 3 to 6. */
function transformFilterLine(k: KernelBuilder, [a, b, c]: readonly [Value, Value, Value]): Six {
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

/** One dimension of the result's transform, 6 to 4. */
function transformResultLine(k: KernelBuilder, [m0, m1, m2, m3, m4, m5]: Six): readonly Value[] {
  const a = k.let(ir.add(m1, m2));
  const b = k.let(ir.subtract(m1, m2));
  const e = k.let(ir.add(m3, m4));
  const f = k.let(ir.subtract(m3, m4));
  return [ir.add(ir.add(m0, a), e), ir.add(b, scale(f, 2)), ir.add(a, scale(e, 4)), ir.add(ir.add(b, scale(f, 8)), m5)];
}

/** A 6 x 6 patch to its 36 products' left factors, given to `write` row by row. */
export function transformImage(
  k: KernelBuilder,
  at: (row: number, column: number) => Value,
  write: (place: number, value: Value) => void,
): void {
  const columns = six((column) =>
    letAll(
      k,
      transformImageLine(
        k,
        six((row) => k.let(at(row, column))),
      ),
    ),
  );
  for (let row = 0; row < 6; row += 1) {
    transformImageLine(
      k,
      six((column) => pick(columns[column], row)),
    ).forEach((value, column) => write(row * 6 + column, value));
  }
}

/** A 3 x 3 filter to the 36 right factors. */
export function transformFilter(
  k: KernelBuilder,
  at: (row: number, column: number) => Value,
  write: (place: number, value: Value) => void,
): void {
  const three = (item: (index: number) => Value): readonly [Value, Value, Value] => [item(0), item(1), item(2)];
  const columns = [0, 1, 2].map((column) =>
    letAll(
      k,
      transformFilterLine(
        k,
        three((row) => k.let(at(row, column))),
      ),
    ),
  );
  for (let row = 0; row < 6; row += 1) {
    transformFilterLine(
      k,
      three((column) => pick(columns[column], row)),
    ).forEach((value, column) => write(row * 6 + column, value));
  }
}

/** 36 sums of products to a 4 x 4 patch of the result. */
export function transformResult(
  k: KernelBuilder,
  at: (place: number) => Value,
  write: (row: number, column: number, value: Value) => void,
): void {
  const columns = six((column) =>
    letAll(
      k,
      transformResultLine(
        k,
        six((row) => k.let(at(row * 6 + column))),
      ),
    ),
  );
  for (let row = 0; row < 4; row += 1) {
    transformResultLine(
      k,
      six((column) => pick(columns[column], row)),
    ).forEach((value, column) => write(row, column, value));
  }
}

function six<Item>(item: (index: number) => Item): readonly [Item, Item, Item, Item, Item, Item] {
  return [item(0), item(1), item(2), item(3), item(4), item(5)];
}

function letAll(k: KernelBuilder, values: readonly Value[]): readonly Value[] {
  return values.map((value) => k.let(value));
}

function pick(values: readonly Value[] | undefined, index: number): Value {
  return values?.[index] ?? ir.float(0);
}
