// A square of lanes, rows as columns, in shuffles that stay inside 128 bits as long as they can.

import * as ir from "#engine/graph/kernel.ts";
import type { KernelBuilder, Value } from "#engine/graph/kernel.ts";

/** The columns of as many vectors as they have lanes: 4, 8 or 16. */
export function transpose(k: KernelBuilder, rows: readonly Value[]): Value[] {
  const lanes = rows.length;
  // Every four rows: squares of 4 x 4 in each quarter (128 bits). groups[g][c] holds columns c, c + 4, … of rows 4g to 4g + 3.
  const groups = Array.from({ length: lanes / 4 }, (_, group) =>
    transposeQuarters(k, rows.slice(group * 4, group * 4 + 4), lanes),
  );
  // Then whole quarters: the columns of one remainder modulo 4, from all groups.
  const byRemainder = [0, 1, 2, 3].map((remainder) =>
    transposeBlocks(
      k,
      groups.flatMap((group) => group[remainder] ?? []),
    ),
  );
  return Array.from({ length: lanes }, (_, column) => byRemainder[column % 4]?.[Math.floor(column / 4)] ?? []).flat();
}

function transposeQuarters(k: KernelBuilder, rows: readonly Value[], lanes: number): Value[] {
  const [a, b, c, d] = rows;
  if (a === undefined || b === undefined || c === undefined || d === undefined) return [...rows];
  const order = (pattern: readonly number[]): number[] =>
    Array.from({ length: lanes }, (_, lane) => {
      const from = pattern[lane % 4] ?? 0;
      return (from >= 4 ? lanes + from - 4 : from) + lane - (lane % 4);
    });
  const [lower, upper] = [order([0, 4, 1, 5]), order([2, 6, 3, 7])];
  const [first, second] = [order([0, 1, 4, 5]), order([2, 3, 6, 7])];
  const low = k.let(ir.shuffle(a, b, lower));
  const high = k.let(ir.shuffle(a, b, upper));
  const low2 = k.let(ir.shuffle(c, d, lower));
  const high2 = k.let(ir.shuffle(c, d, upper));
  return [
    ir.shuffle(low, low2, first),
    ir.shuffle(low, low2, second),
    ir.shuffle(high, high2, first),
    ir.shuffle(high, high2, second),
  ];
}

/** Transposes n vectors of n quarters. */
function transposeBlocks(k: KernelBuilder, vectors: readonly Value[]): Value[] {
  const [a, b, c, d] = vectors;
  if (a === undefined || b === undefined) return [...vectors];
  const [x, y] = [k.let(a), k.let(b)];
  if (c === undefined || d === undefined) return [ofQuarters(x, y, [0, 2]), ofQuarters(x, y, [1, 3])];
  const [z, w] = [k.let(c), k.let(d)];
  const even = [k.let(ofQuarters(x, y, [0, 2, 4, 6])), k.let(ofQuarters(z, w, [0, 2, 4, 6]))] as const;
  const odd = [k.let(ofQuarters(x, y, [1, 3, 5, 7])), k.let(ofQuarters(z, w, [1, 3, 5, 7]))] as const;
  return [
    ofQuarters(...even, [0, 2, 4, 6]),
    ofQuarters(...odd, [0, 2, 4, 6]),
    ofQuarters(...even, [1, 3, 5, 7]),
    ofQuarters(...odd, [1, 3, 5, 7]),
  ];
}

/** Quarters of two vectors in a new order. */
function ofQuarters(x: Value, y: Value, order: readonly number[]): Value {
  return ir.shuffle(
    x,
    y,
    order.flatMap((quarter) => [0, 1, 2, 3].map((lane) => quarter * 4 + lane)),
  );
}
