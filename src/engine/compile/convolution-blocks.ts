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
  { space, window }: Group,
  convolution: WindowConvolution,
  traits: TargetTraits,
): ConvolutionBlocks | undefined {
  const [poolRows = 1, poolColumns = 1] = window;
  const [, spaceRows = 1, spaceColumns = 1, outputs = 1] = space;
  const inputs = convolution.imageShape[3] ?? 1;
  const width = spaceColumns * poolColumns;
  const tile = tileOf(width, outputs, poolColumns, traits);
  if (isProduct(convolution) || window.length > 2 || tile === undefined || sizeOf(space) === 0) return undefined;
  const tileChannels = tile.vectors * traits.lanes;
  const depth = sizeOf(convolution.window) * inputs;
  const stagedColumns = reach(width, convolution, 1);
  const stagedRows = (rows: number): number => reach(rows * poolRows, convolution, 0);
  const stageSize = (rows: number): number => stagedRows(rows) * stagedColumns * inputs;
  let most = spaceRows;
  while (most > 1 && stageSize(most) > wantedStage) most = Math.ceil(most / 2);
  if (stageSize(most) > mostStage || depth * tileChannels > mostPanels) return undefined;
  const fitting = Math.max(1, Math.floor(Math.min(mostChannels, wantedPanels / depth) / tileChannels)) * tileChannels;
  const channels = Math.min(roundUp(outputs, tileChannels), fitting);
  const { pictures, rows, ...block } = smallerBlock(space, convolution, {
    rows: most,
    channels,
    tileChannels,
    places: poolRows * width,
  });
  return {
    tile,
    tileChannels,
    pictures,
    rows,
    ...block,
    numRowBlocks: Math.ceil(spaceRows / rows),
    numChannelBlocks: Math.ceil(outputs / block.channels),
    width,
    stagedRows: stagedRows(rows),
    stagedColumns,
    depth,
  };
}

/** Whether a convolution is a plain product of pixels, which lie in memory as they should. */
function isProduct({ window, strides }: WindowConvolution): boolean {
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
  { outputShape, imageShape, window }: WindowConvolution,
  { tileChannels, places, ...block }: Block,
): { pictures: number; rows: number; channels: number } {
  let { rows, channels } = block;
  const count = (): number => batch * Math.ceil(spaceRows / rows) * Math.ceil(outputs / channels);
  const wanted = wantedBlocks(sizeOf(outputShape) * sizeOf(window) * (imageShape[3] ?? 1));
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
  return (count - 1) * stagedStrides(convolution)[dimension] + (window[dimension] - 1) * dilation[dimension] + 1;
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
  for (const wide of sums >= 12 ? [2, 3, 1] : [2, 1]) {
    const most = Math.floor(Math.min(sums / wide, 12, width) / unit) * unit;
    for (let rows = most; rows >= Math.max(unit, most / 2); rows -= unit) {
      // Fewer than eight sums wait for each other.
      const cost = Math.ceil(width / rows) * Math.ceil(vectors / wide) * Math.max(rows * wide, 8);
      if (cost < bestCost) [best, bestCost] = [{ rows, vectors: wide }, cost];
    }
  }
  return best;
}
