// How F(3x3, 4x4) cuts the gradient of a filter: tiles of the output into splits and blocks, channels into blocks.
// Everything follows from shapes and the target's traits.

import type { TargetTraits } from "#engine/graph/kernel.ts";
import { roundUp } from "#engine/compile/contraction.ts";
import { numProducts, tile } from "#engine/compile/winograd-tiles.ts";
import type { FilterGradient } from "#engine/compile/convolutions.ts";

export interface GradientBlocks {
  /** Batch, rows and columns of tiles. */
  readonly tileCounts: readonly [number, number, number];
  readonly numTiles: number;
  /** Parts of the tiles that are summed apart and joined in order, and the tiles of one. */
  readonly numSplits: number;
  readonly splitTiles: number;
  /** Tiles that are transformed before they are multiplied. */
  readonly blockTiles: number;
  readonly numInputs: number;
  readonly numOutputs: number;
  /** Channels of a chunk. */
  readonly inputBlock: number;
  readonly outputBlock: number;
  readonly numInputBlocks: number;
  readonly numOutputBlocks: number;
  /** Input channels of a register tile, output channels of a panel. */
  readonly tileRows: number;
  readonly tileColumns: number;
}

/** Enough chunks to occupy many cores, each with tiles that outweigh clearing its sums and transforming them back. */
const wantedChunks = 32;
const leastSplitTiles = 32;
/** Most channels of a chunk: the sums of 64 x 64 take 576 KiB. */
const mostChannels = 64;
/** Transformed patches and gradients of a block: 256 to 960 KiB measured within 6 %, 160 KiB 10 % slower. */
const blockBytes = 400 * 1024;

/** The blocks of a gradient whose channels fill whole vectors and panels. */
export function blocksOf({ imageShape, gradientShape }: FilterGradient, traits: TargetTraits): GradientBlocks {
  const [batch = 1, rows = 1, columns = 1, numOutputs = 1] = gradientShape;
  const numInputs = imageShape[3] ?? 1;
  const tileColumns = traits.tile.vectors * traits.lanes;
  const tileCounts = [batch, Math.ceil(rows / tile), Math.ceil(columns / tile)] as const;
  const numTiles = tileCounts[0] * tileCounts[1] * tileCounts[2];
  const inputBlock = evenly(numInputs, mostChannels, traits.lanes);
  const outputBlock = evenly(numOutputs, mostChannels, tileColumns);
  const numInputBlocks = Math.ceil(numInputs / inputBlock);
  const numOutputBlocks = Math.ceil(numOutputs / outputBlock);
  const wantedSplits = Math.ceil(wantedChunks / (numInputBlocks * numOutputBlocks));
  const splits = Math.max(1, Math.min(wantedSplits, Math.floor(numTiles / leastSplitTiles)));
  const splitTiles = Math.ceil(numTiles / splits);
  const fitting = Math.floor(blockBytes / (numProducts * 4 * (inputBlock + outputBlock)));
  return {
    tileCounts,
    numTiles,
    numSplits: Math.ceil(numTiles / splitTiles),
    splitTiles,
    blockTiles: evenly(splitTiles, fitting, 1),
    numInputs,
    numOutputs,
    inputBlock,
    outputBlock,
    numInputBlocks,
    numOutputBlocks,
    tileRows: rowsOf(inputBlock, traits.tile.rows),
    tileColumns,
  };
}

/** The size of the fewest parts, about equal and multiples of the unit, that are no larger than `most`. */
function evenly(size: number, most: number, unit: number): number {
  return roundUp(Math.ceil(size / Math.ceil(size / most)), unit);
}

/** Rows of a register tile: as many as divide the channels, unless that leaves more than half of the tile unused. */
function rowsOf(channels: number, most: number): number {
  for (let rows = most; rows * 2 >= most; rows -= 1) if (channels % rows === 0) return rows;
  return evenly(channels, most, 1);
}
