// A contraction as a matrix product: which axes are rows, columns, depth and batch, and the blocks it is cut into.
// Blocks follow from shapes and the target's tile alone.

import { sizeOf } from "#engine/base/shape.ts";
import type { Expression } from "#engine/graph/expression.ts";
import type { TargetTraits } from "#engine/graph/kernel.ts";
import type { Contraction, Group } from "#engine/compile/group.ts";
import { axesOf } from "#engine/compile/linear.ts";

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

function axesFrom(numbers: readonly number[], extents: readonly number[]): Axes {
  const own = numbers.map((number) => extents[number] ?? 1);
  return { numbers, extents: own, size: sizeOf(own) };
}

export interface Blocking {
  readonly tileRows: number;
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

/** Enough chunks to occupy many cores. */
const wantedChunks = 32;

export function blockingOf(product: Product, windowSize: number, traits: TargetTraits): Blocking {
  const tileRows = traits.tile.rows;
  const tileColumns = traits.tile.vectors * traits.lanes;
  const rowUnit = (tileRows * windowSize) / gcd(tileRows, windowSize);
  const columns = Math.min(roundUp(product.columns.size, tileColumns), 128);
  const wantedRows = Math.max(rowUnit, roundUp(256, rowUnit));
  const rows = Math.min(roundUp(product.rows.size, rowUnit), wantedRows);
  const numRowBlocks = Math.ceil(product.rows.size / rows);
  const numColumnBlocks = Math.ceil(product.columns.size / columns);
  const depth = Math.min(roundUp(product.depth.size, 4), 256);
  const numBlocks = product.batch.size * numRowBlocks * numColumnBlocks;
  const canSplit = windowSize === 1 && numBlocks < wantedChunks;
  const most = Math.max(1, Math.floor(product.depth.size / (depth * 2)));
  const numSplits = canSplit ? Math.min(Math.ceil(wantedChunks / numBlocks), most) : 1;
  const splitDepth = numSplits === 1 ? product.depth.size : roundUp(Math.ceil(product.depth.size / numSplits), depth);
  return {
    tileRows,
    tileColumns,
    rows,
    columns,
    depth,
    numRowBlocks,
    numColumnBlocks,
    numSplits: Math.ceil(product.depth.size / splitDepth),
    splitDepth,
  };
}

export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
