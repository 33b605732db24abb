// The blocks of a convolution that is computed from staged rows. They follow from shapes and the target alone.

import { sizeOf } from "#engine/base/shape.ts";
import type { TargetTraits } from "#engine/graph/kernel.ts";
import { roundUp, wantedBlocks } from "#engine/compile/contraction.ts";
import type { WindowConvolution } from "#engine/compile/convolutions.ts";
import type { Group } from "#engine/compile/group.ts";

export interface ConvolutionBlocks {
  /** Neighbouring places of a row, and vectors of channels, whose sums lie in registers. */
  readonly tile: TargetTraits["tile"];
  readonly tileChannels: number;
  /** Pictures that a chunk computes, rows of the group's space, and channels. */
  readonly pictures: number;
  readonly rows: number;
  readonly channels: number;
  readonly numRowBlocks: number;
  readonly numChannelBlocks: number;
  /** Places of a row, before pooling. */
  readonly width: number;
  readonly stagedRows: number;
  readonly stagedColumns: number;
  /** Products that a result sums up. */
  readonly depth: number;
}

/** Elements of staged rows, and of the filter's panels: together they stay in a second-level cache if they can. */
const wantedStage = 131072;
const mostStage = 262144;
const wantedPanels = 65536;
const mostPanels = 262144;
const mostChannels = 128;

/** The blocks, or undefined where another kernel should compute the convolution. */
export function convolutionBlocks(
  group: Group,
  convolution: WindowConvolution,
  traits: TargetTraits,
): ConvolutionBlocks | undefined {
  const { window } = group;
  const [poolRows = 1, poolColumns = 1] = window;
  const space = spaceOf(group, convolution);
  const [, spaceRows = 1, spaceColumns = 1, outputs = 1] = space;
  const width = spaceColumns * poolColumns;
  const tile = tileOf(width, outputs, poolColumns, traits);
  if (window.length > 2 || tile === undefined || sizeOf(space) === 0) return undefined;
  const tileChannels = tile.vectors * traits.lanes;
  const stagedColumns = reach(width, convolution, 1);
  const stagedRows = (rows: number): number => reach(rows * poolRows, convolution, 0);
  const largest = largestBlock(spaceRows, convolution, {
    tileChannels,
    stageSize: (rows) => stagedRows(rows) * stagedColumns * (convolution.imageShape[3] ?? 1),
  });
  if (largest === undefined) return undefined;
  const block = smallerBlock(space, convolution, { ...largest, tileChannels, places: poolRows * width });
  return {
    tile,
    tileChannels,
    ...block,
    numRowBlocks: Math.ceil(spaceRows / block.rows),
    numChannelBlocks: Math.ceil(outputs / block.channels),
    width,
    stagedRows: stagedRows(block.rows),
    stagedColumns,
    depth: depthOf(convolution),
  };
}

/** What a kernel walks: the group's space, of which a phase of a transposed convolution is a part. */
export function spaceOf({ space, window }: Group, { outputShape }: WindowConvolution): readonly number[] {
  return window.length === 0 ? outputShape : space;
}

function depthOf({ window, imageShape }: WindowConvolution): number {
  return sizeOf(window) * (imageShape[3] ?? 1);
}

/** The block that caches have room for; undefined where even the smallest is too large. */
function largestBlock(
  spaceRows: number,
  convolution: WindowConvolution,
  { tileChannels, stageSize }: { readonly tileChannels: number; readonly stageSize: (rows: number) => number },
): { rows: number; channels: number } | undefined {
  const depth = depthOf(convolution);
  let rows = spaceRows;
  while (rows > 1 && stageSize(rows) > wantedStage) rows = Math.ceil(rows / 2);
  if (stageSize(rows) > mostStage || depth * tileChannels > mostPanels) return undefined;
  const fitting = Math.max(1, Math.floor(Math.min(mostChannels, wantedPanels / depth) / tileChannels)) * tileChannels;
  return { rows, channels: Math.min(roundUp(convolution.outputShape[3] ?? 1, tileChannels), fitting) };
}

/** Whether a convolution is a plain product of pixels, which lie in memory as they should. */
export function isProduct({ window, strides }: WindowConvolution): boolean {
  return [...window, ...strides].every((extent) => extent === 1);
}

interface Block {
  readonly rows: number;
  readonly channels: number;
  readonly tileChannels: number;
  /** Places of one row of the space. */
  readonly places: number;
}

/** Halves a block until there are enough of them. */
function smallerBlock(
  [batch = 1, spaceRows = 1, , outputs = 1]: readonly number[],
  convolution: WindowConvolution,
  { tileChannels, places, ...block }: Block,
): { pictures: number; rows: number; channels: number } {
  const { outputShape, window } = convolution;
  let { rows, channels } = block;
  const count = (): number => batch * Math.ceil(spaceRows / rows) * Math.ceil(outputs / channels);
  const wanted = wantedBlocks(sizeOf(outputShape) * depthOf(convolution));
  while (count() < wanted) {
    // Fewer rows repeat the packing of the filter, fewer channels the staging of rows.
    const isNarrowCheaper = channels * sizeOf(window) > rows * places;
    if (channels > tileChannels && (isNarrowCheaper || rows === 1)) channels = roundUp(channels / 2, tileChannels);
    else if (rows > 1) rows = Math.ceil(rows / 2);
    else break;
  }
  // A filter that was packed serves several pictures, as long as there are chunks enough.
  const pictures = Math.max(1, Math.min(batch, Math.floor(count() / Math.max(1, wanted))));
  return { pictures, rows, channels };
}

/** Staged rows (dimension 0) or columns (1) that `count` neighbouring places of the result need. */
function reach(count: number, convolution: WindowConvolution, dimension: 0 | 1): number {
  const { window, dilation } = convolution;
  const inWindow = Math.max(0, window[dimension] - 1) * dilation[dimension];
  return (count - 1) * stagedStrides(convolution)[dimension] + inWindow + 1;
}

/** Strides between staged places: where a window has one place, those between are not staged. */
export function stagedStrides({ window, strides }: WindowConvolution): readonly [number, number] {
  return [window[0] === 1 ? 1 : strides[0], window[1] === 1 ? 1 : strides[1]];
}

/** The tile that computes the fewest places and channels in vain; its rows hold whole pooling windows. */
function tileOf(
  width: number,
  outputs: number,
  unit: number,
  { tile, lanes }: TargetTraits,
): TargetTraits["tile"] | undefined {
  const sums = tile.rows * tile.vectors;
  const vectors = Math.ceil(outputs / lanes);
  let best: TargetTraits["tile"] | undefined;
  let bestCost = Infinity;
  for (const wide of sums >= 12 ? [tile.vectors, 3, 1] : [tile.vectors, 1]) {
    const most = Math.floor(Math.min(sums / wide, 12, width) / unit) * unit;
    for (let rows = most; rows >= Math.max(unit, most / 2); rows -= unit) {
      // Fewer than eight sums wait for each other.
      const cost = Math.ceil(width / rows) * Math.ceil(vectors / wide) * Math.max(rows * wide, 8);
      if (cost < bestCost) [best, bestCost] = [{ rows, vectors: wide }, cost];
    }
  }
  return best;
}
