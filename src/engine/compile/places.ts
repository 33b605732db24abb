// Numbers and places in kernels: one number as a place in several axes, and small integer arithmetic.

import * as ir from "#engine/graph/kernel.ts";
import type { KernelBuilder, Value } from "#engine/graph/kernel.ts";

interface AxisList {
  readonly numbers: readonly number[];
  readonly extents: readonly number[];
}

/** The place of a non-negative row-major number, axis by axis. */
export function decode(k: KernelBuilder, number: Value, axes: AxisList): [number, Value][] {
  const place: [number, Value][] = [];
  let rest = axes.numbers.length > 1 ? k.let(number) : number;
  for (let index = axes.numbers.length - 1; index >= 0; index -= 1) {
    const extent = axes.extents[index] ?? 1;
    const isFirst = index === 0;
    place.push([axes.numbers[index] ?? 0, isFirst ? k.let(rest) : k.let(remainder(rest, extent))]);
    if (!isFirst) rest = k.let(quotient(rest, extent));
  }
  return place;
}

/** An element number: where a place of the batch begins, `from` elements further. */
export function placeOf(
  batchPlace: readonly (readonly [number, Value])[],
  numbers: readonly number[],
  strides: readonly number[],
  from: Value,
): Value {
  return batchPlace.reduce<Value>((sum, [number, at]) => {
    return ir.add(sum, ir.multiply(at, ir.int(strides[numbers.indexOf(number)] ?? 0)));
  }, from);
}

/** x div by, of non-negative numbers. */
export function quotient(x: Value, by: number): Value {
  return by === 1 ? x : ir.binaryValue("divideUnsigned", x, ir.int(by));
}

/** x mod by, of non-negative numbers. */
export function remainder(x: Value, by: number): Value {
  return by === 1 ? ir.int(0) : ir.binaryValue("remainderUnsigned", x, ir.int(by));
}

/** A count rounded up to a multiple of the unit. */
export function padded(count: Value, unit: number): Value {
  if (count.kind === "constant") return ir.int(Math.ceil(count.value / unit) * unit);
  if (!Number.isInteger(Math.log2(unit))) {
    return ir.multiply(quotient(ir.add(count, ir.int(unit - 1)), unit), ir.int(unit));
  }
  return ir.binaryValue("and", ir.add(count, ir.int(unit - 1)), ir.int(-unit));
}

/** The smaller of two i32. */
export function lesser(x: Value, y: Value): Value {
  return ir.selectValue(ir.less(x, y), x, y);
}

/** The larger of two i32. */
export function greater(x: Value, y: Value): Value {
  return ir.selectValue(ir.less(x, y), y, x);
}

/** The place of a known row-major number in a window, one constant an axis. */
export function windowPlace(number: number, window: readonly number[]): Value[] {
  let stride = window.reduce((product, extent) => product * extent, 1);
  return window.map((extent) => {
    stride /= extent;
    return ir.int(Math.floor(number / stride) % extent);
  });
}
