// A contraction as a matrix product: which axes are rows, columns, depth and batch, and the blocks it is cut into.
// Blocks follow from shapes and the target's tile alone.

import { sizeOf } from "#engine/base/shape.ts";
import { constant, type Expression } from "#engine/graph/expression.ts";
import type { Node } from "#engine/graph/graph.ts";
import type { TargetTraits } from "#engine/graph/kernel.ts";
import type { Contraction, Group } from "#engine/compile/group.ts";
import { axesOf, linearize, strideAlong, type Linear } from "#engine/compile/linear.ts";

export interface Axes {
  readonly numbers: readonly number[];
  readonly extents: readonly number[];
  readonly size: number;
}

/** rows x depth times depth x columns, for each place of batch. */
export interface Product {
  readonly batch: Axes;
  /** Rows end with the window's axes, so that a window's places are neighbours. */
  readonly rows: Axes;
  readonly columns: Axes;
  readonly depth: Axes;
  /** The side that varies along rows, and the one that varies along columns. */
  readonly left: Expression;
  readonly right: Expression;
}

/** Reads a contraction as a product; the side with the last axis of the space gives the columns. */
export function productOf(group: Group, contraction: Contraction): Product {
  const extents = [...group.space, ...group.window, ...contraction.extents];
  const outer = group.space.length + group.window.length;
  const last = group.space.findLastIndex((extent) => extent > 1);
  const isSwapped = axesOf(contraction.left).has(last);
  const left = isSwapped ? contraction.right : contraction.left;
  const right = isSwapped ? contraction.left : contraction.right;
  const inLeft = axesOf(left);
  const inRight = axesOf(right);
  const numbers = Array.from({ length: outer }, (_, number) => number);
  const pick = (holds: (number: number) => boolean): Axes => axesFrom(numbers.filter(holds), extents);
  return {
    batch: pick((number) => inLeft.has(number) && inRight.has(number)),
    rows: pick((number) => !inRight.has(number)),
    columns: pick((number) => inRight.has(number) && !inLeft.has(number)),
    depth: axesFrom(
      contraction.extents.map((_, index) => outer + index),
      extents,
    ),
    left,
    right,
  };
}

/** The axes of these numbers. */
export function axesFrom(numbers: readonly number[], extents: readonly number[]): Axes {
  const own = numbers.map((number) => extents[number] ?? 1);
  return { numbers, extents: own, size: sizeOf(own) };
}

/** A side that the micro-kernel reads from memory as it lies: rows at one distance, the depth element by element. */
export interface DirectRows {
  readonly operand: number;
  /** Elements before the first. */
  readonly offset: number;
  /** Elements from one row to the next. */
  readonly stride: number;
  /** Elements from one place to the next, by axis of the batch. */
  readonly batchStrides: readonly number[];
}

/** How the left side may be read without packing; undefined where it must be packed. */
export function directRowsOf({ left, batch, rows, depth }: Product, inputs: readonly Node[]): DirectRows | undefined {
  const position = flatPosition(left, inputs);
  const [along, more] = depth.numbers;
  const [row, other] = rows.numbers;
  if (position === undefined || along === undefined || more !== undefined || other !== undefined) return undefined;
  if (strideAlong(position.linear, along) !== 1) return undefined;
  return {
    operand: position.operand,
    offset: position.linear.constant,
    stride: row === undefined ? 0 : (strideAlong(position.linear, row) ?? 0),
    batchStrides: batch.numbers.map((number) => strideAlong(position.linear, number) ?? 0),
  };
}

/** A right side that the micro-kernel reads as it lies: columns side by side, steps of the depth at one distance. */
export interface DirectColumns {
  readonly kind: "stored";
  readonly operand: number;
  readonly offset: number;
  /** Elements from one step of the depth to the next. */
  readonly stride: number;
  readonly batchStrides: readonly number[];
}

/** How the right side may be read without packing: worth it where each of its elements is read once. */
export function directColumnsOf(product: Product, inputs: readonly Node[]): DirectColumns | undefined {
  const { right, batch, columns, depth } = product;
  const position = flatPosition(right, inputs);
  const [along, more] = depth.numbers;
  const [column, other] = columns.numbers;
  if (position === undefined || more !== undefined || other !== undefined) return undefined;
  if (along === undefined || column === undefined || strideAlong(position.linear, column) !== 1) return undefined;
  return {
    kind: "stored",
    operand: position.operand,
    offset: position.linear.constant,
    stride: strideAlong(position.linear, along) ?? 0,
    batchStrides: batch.numbers.map((number) => strideAlong(position.linear, number) ?? 0),
  };
}

/** The position of a plain read of f32, if it is a sum of axes. */
function flatPosition(
  side: Expression,
  inputs: readonly Node[],
): { readonly operand: number; readonly linear: Linear } | undefined {
  if (side.kind !== "read" || inputs[side.operand]?.type.dtype !== "f32") return undefined;
  const linear = linearize(side.at[0] ?? constant(0));
  return linear.terms.every(({ atom }) => atom.kind === "axis") ? { operand: side.operand, linear } : undefined;
}

export interface Blocking {
  /** Of the register tile. */
  readonly tile: TargetTraits["tile"];
  readonly tileColumns: number;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly numRowBlocks: number;
  readonly numColumnBlocks: number;
  /** Parts of the depth that are summed apart and joined in order. */
  readonly numSplits: number;
  /** Depth of one part. */
  readonly splitDepth: number;
}

/** Enough chunks to occupy many cores, if each has enough to do. */
const wantedChunks = 32;
const leastWork = 2 ** 18;
/** Elements of the right side's panels: they stay in a second-level cache. */
const panelElements = 49152;
const mostColumns = 128;
const mostRows = 256;
const packedDepth = 256;

export interface BlockingOptions {
  /** Places of the pooling window. */
  readonly windowSize: number;
  /** Whether the left side is read as it lies, and the right side too. */
  readonly isDirect: boolean;
  readonly hasPanels: boolean;
  /** The one that fits best when left out. */
  readonly tile?: TargetTraits["tile"];
  readonly traits: TargetTraits;
}

/** Vectors of a tile that is as low as the rows are few: accumulators hide the time of an addition. */
const mostVectors = 8;

export function blockingOf(product: Product, options: BlockingOptions): Blocking {
  const { windowSize, isDirect, hasPanels, traits } = options;
  const best = isDirect && windowSize === 1 ? fittingTile(product, traits) : traits.tile;
  const tile = options.tile ?? best;
  const tileColumns = tile.vectors * traits.lanes;
  const rowUnit = (tile.rows * windowSize) / gcd(tile.rows, windowSize);
  const { columns, depth } = hasPanels
    ? panelsOf(product, tileColumns, isDirect)
    : {
        columns: Math.min(roundUp(product.columns.size, tileColumns), wholeTiles(tileColumns)),
        depth: product.depth.size,
      };
  const rows = Math.min(roundUp(product.rows.size, rowUnit), Math.max(rowUnit, roundUp(mostRows, rowUnit)));
  const block = smallerBlock(product, { rows, columns, rowUnit, tileColumns, isDirect });
  const numRowBlocks = Math.ceil(product.rows.size / block.rows);
  const numColumnBlocks = Math.ceil(product.columns.size / block.columns);
  const numBlocks = product.batch.size * numRowBlocks * numColumnBlocks;
  const mostSplits = windowSize === 1 ? Math.max(1, Math.floor(product.depth.size / (packedDepth * 2))) : 1;
  const wantedSplits = Math.max(1, Math.min(Math.ceil(wantedBlocks(workOf(product)) / numBlocks), mostSplits));
  const splitDepth =
    wantedSplits === 1 ? product.depth.size : roundUp(Math.ceil(product.depth.size / wantedSplits), packedDepth);
  const numSplits = Math.ceil(product.depth.size / splitDepth);
  return {
    tile,
    tileColumns,
    ...block,
    depth: Math.min(depth, splitDepth),
    numRowBlocks,
    numColumnBlocks,
    numSplits,
    splitDepth,
  };
}

/** A tile that wastes few columns, and no rows where there are few. */
function fittingTile({ rows, columns }: Product, { tile, lanes }: TargetTraits): TargetTraits["tile"] {
  const sums = tile.rows * tile.vectors;
  const vectors = Math.ceil(columns.size / lanes);
  if (rows.size < tile.rows) {
    const few = Math.max(1, rows.size);
    return { rows: few, vectors: Math.max(1, Math.min(Math.floor(sums / few), vectors, mostVectors)) };
  }
  if (vectors === 1) return { rows: Math.min(sums, 12, rows.size), vectors: 1 };
  const padded = (width: number): number => Math.ceil(vectors / width) * width;
  const isThreeBetter = sums >= 12 && padded(3) < padded(tile.vectors);
  return isThreeBetter ? { rows: Math.min(Math.floor(sums / 3), rows.size), vectors: 3 } : tile;
}

/** The most columns of a block: whole tiles, since a row of sums begins where the one before ends. */
function wholeTiles(tileColumns: number): number {
  return Math.max(tileColumns, Math.floor(mostColumns / tileColumns) * tileColumns);
}

/** Columns whose panels for all of the depth fit, where the left side needs no panels; else pieces of the depth. */
function panelsOf(product: Product, tileColumns: number, isDirect: boolean): { columns: number; depth: number } {
  const depth = roundUp(product.depth.size, 4);
  const all = roundUp(product.columns.size, tileColumns);
  const most = wholeTiles(tileColumns);
  if (!isDirect) return { columns: Math.min(all, most), depth: Math.min(depth, packedDepth) };
  const fitting = Math.floor(panelElements / depth / tileColumns) * tileColumns;
  // Where not even a tile fits for all of the depth, the left side is read piece by piece.
  const columns = Math.min(all, most, fitting > 0 ? fitting : most);
  const pieces = Math.ceil((depth * columns) / panelElements);
  return { columns, depth: roundUp(Math.ceil(depth / pieces), 4) };
}

function workOf({ batch, rows, columns, depth }: Product): number {
  return batch.size * rows.size * columns.size * depth.size;
}

/** How many blocks so many multiplications should be cut into at least. */
export function wantedBlocks(work: number): number {
  return Math.min(wantedChunks, Math.floor(work / leastWork));
}

interface BlockOptions {
  readonly rows: number;
  readonly columns: number;
  readonly rowUnit: number;
  readonly tileColumns: number;
  readonly isDirect: boolean;
}

/** Blocks are halved until there are enough of them, in the direction that repeats less packing. */
function smallerBlock(product: Product, options: BlockOptions): { rows: number; columns: number } {
  let { rows, columns } = options;
  const { rowUnit, tileColumns, isDirect } = options;
  const wanted = wantedBlocks(workOf(product));
  const count = (): number =>
    product.batch.size * Math.ceil(product.rows.size / rows) * Math.ceil(product.columns.size / columns);
  while (count() < wanted) {
    const canNarrow = columns > tileColumns;
    const canLower = rows > 8 * rowUnit;
    if (canNarrow && (isDirect || !canLower)) columns = roundUp(columns / 2, tileColumns);
    else if (canLower) rows = roundUp(rows / 2, rowUnit);
    else break;
  }
  return { rows, columns };
}

export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
