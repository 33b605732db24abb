// Products whose sums are the result as they are: tiles go to memory at once, through no private block.

import { stridesOf } from "#engine/base/shape.ts";
import type { Blocking, Product } from "#engine/compile/contraction.ts";
import type { Group } from "#engine/compile/group.ts";

/** Where the sums of a row and column lie in the only result, in elements. */
export interface BareResult {
  readonly rowStride: number;
  /** Elements from one place to the next, by axis of the batch. */
  readonly batchStrides: readonly number[];
}

/** How a product's result takes whole tiles; undefined where something follows, or where tiles would end beyond it. */
export function bareResultOf(group: Group, product: Product, blocking: Blocking): BareResult | undefined {
  const [output, other] = group.outputs;
  if (output === undefined || other !== undefined || group.window.length > 0) return undefined;
  if (output.value.kind !== "accumulator" || output.node.type.dtype !== "f32") return undefined;
  const { batch, rows, columns } = product;
  const [row, moreRows] = rows.numbers;
  const [column, moreColumns] = columns.numbers;
  if (row === undefined || column === undefined || moreRows !== undefined || moreColumns !== undefined)
    return undefined;
  const strides = stridesOf(group.space);
  if (strides[column] !== 1 || columns.size % blocking.tileColumns !== 0) return undefined;
  const lastRows = rows.size % blocking.rows || blocking.rows;
  if (lastRows < blocking.tile.rows) return undefined;
  return { rowStride: strides[row] ?? 0, batchStrides: batch.numbers.map((number) => strides[number] ?? 0) };
}
