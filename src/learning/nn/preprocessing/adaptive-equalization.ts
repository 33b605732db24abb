// The layer that spreads levels within parts of a picture: contrast limited adaptive histogram equalization.

import { numberWithin, pair } from "#engine/base/options.ts";
import { arange } from "#engine/tensor/create.ts";
import { concat, dot, oneHot } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { makeLayer, single, singleOfRank, type Layer, type SpatialOptions } from "../layer.ts";
import { checkValueRange, toRange, type Bounds } from "./picture-layer.ts";

export interface AdaptiveEqualizationOptions extends SpatialOptions {
  readonly valueRange?: Bounds | undefined;
  /** How often a level counts at most, as a multiple of the mean of all; 0 for no limit, 4 by default. */
  readonly clipLimit?: number | undefined;
  /** Parts of the picture, down and across; [8, 8] by default. */
  readonly tileGridSize?: number | readonly [down: number, across: number] | undefined;
}

const numLevels = 256;

/**
 * Each channel's levels spread within tiles, in training and after it; between the tiles' centres both results are mixed.
 * @source Zuiderveld 1994, Contrast limited adaptive histogram equalization; Keras 3.15, layers.ContrastLimitedAdaptiveHistogramEqualization
 */
export function contrastLimitedAdaptiveHistogramEqualization(options: AdaptiveEqualizationOptions = {}): Layer {
  const kind = "contrastLimitedAdaptiveHistogramEqualization";
  const valueRange = checkValueRange(kind, options.valueRange);
  const clipLimit = numberWithin(kind, "clipLimit", options.clipLimit ?? 4, 0);
  const tileGridSize = pair(kind, "tileGridSize", options.tileGridSize ?? 8);
  return makeLayer({
    kind,
    className: "ContrastLimitedAdaptiveHistogramEqualization",
    options,
    known: ["valueRange", "clipLimit", "tileGridSize"],
    numSpatialAxes: 2,
    config: { valueRange, clipLimit, tileGridSize },
    outputTypes: (inputs, label) => [{ shape: singleOfRank(inputs, 3, label).shape, dtype: "f32" }],
    call: (_weights, inputs) => {
      const bytes = toRange(single(inputs, kind).cast("f32"), valueRange, [0, 255]);
      return { outputs: [toRange(spreadInTiles(bytes, tileGridSize, clipLimit), [0, 255], valueRange)] };
    },
  });
}

/** @param images f32 [n, height, width, channels], 0 to 255 */
export function spreadInTiles(images: Tensor, grid: readonly [number, number], clipLimit: number): Tensor {
  const [numPictures = 0, height = 0, width = 0, channels = 0] = images.shape;
  const [down, across] = grid;
  const [tileHeight, tileWidth] = [Math.ceil(height / down), Math.ceil(width / across)];
  const whole = mirroredTo(mirroredTo(images, 1, tileHeight * down), 2, tileWidth * across);
  const levels = whole.clip(0, 255).cast("i32");
  const tables = tileTables(levels, grid, clipLimit); // [n, down, across, channels, levels]
  const rows = mixedTiles(tileHeight, down);
  const columns = mixedTiles(tileWidth, across);
  const flat = tables.reshape([numPictures * down * across * channels * numLevels]);
  const base = arange(numPictures)
    .mul(down * across * channels * numLevels)
    .reshape([numPictures, 1, 1, 1])
    .add(arange(channels).mul(numLevels))
    .add(levels);
  const read = (row: Tensor, column: Tensor): Tensor =>
    flat.take(
      base
        .add(row.mul(across * channels * numLevels).reshape([1, -1, 1, 1]))
        .add(column.mul(channels * numLevels).reshape([1, 1, -1, 1])),
    );
  const mix = (first: Tensor, second: Tensor, weight: Tensor): Tensor =>
    first.mul(weight.neg().add(1)).add(second.mul(weight));
  const [down1, across1] = [rows.weight.reshape([1, -1, 1, 1]), columns.weight.reshape([1, 1, -1, 1])];
  const line = (row: Tensor): Tensor => mix(read(row, columns.first), read(row, columns.second), across1);
  return mix(line(rows.first), line(rows.second), down1).slice([0, 0, 0, 0], [-1, height, width, -1]);
}

/** Longer along an axis by what lies before the border, mirrored, the edge repeated. */
function mirroredTo(images: Tensor, axis: 1 | 2, extent: number): Tensor {
  const own = images.shape[axis] ?? 0;
  const count = extent - own;
  if (count === 0) return images;
  const start = images.shape.map((_, at) => (at === axis ? own - count : 0));
  const size = images.shape.map((whole, at) => (at === axis ? count : whole));
  return concat([images, images.slice(start, size).reverse([axis])], axis);
}

/** What each level becomes in each tile: f32 [n, down, across, channels, 256]. */
function tileTables(levels: Tensor, [down, across]: readonly [number, number], clipLimit: number): Tensor {
  const [numPictures = 0, height = 0, width = 0, channels = 0] = levels.shape;
  const [tileHeight, tileWidth] = [height / down, width / across];
  const size = tileHeight * tileWidth;
  const tiled = levels
    .reshape([numPictures, down, tileHeight, across, tileWidth, channels])
    .transpose([0, 1, 3, 5, 2, 4])
    .reshape([numPictures * down * across * channels, size]);
  const counts = oneHot(tiled, numLevels).sum(1); // [tiles · channels, 256]
  const limited = clipLimit > 0 ? limitedTo(counts, (clipLimit * size) / numLevels) : counts;
  const isUpTo = arange(numLevels).expandDims(1).lessEqual(arange(numLevels)).cast("f32");
  const cumulative = dot(limited, isUpTo, { leftContract: [1], rightContract: [0] });
  const least = cumulative.min(1, { keepDims: true });
  const rest = least.neg().add(size);
  const divisor = rest.add(rest.equal(0).cast("f32"));
  const table = cumulative.sub(least).mul(255).div(divisor).clip(0, 255);
  return table.reshape([numPictures, down, across, channels, numLevels]);
}

/** What lies above the limit is given to all levels alike. */
function limitedTo(counts: Tensor, limit: number): Tensor {
  const clipped = counts.minimum(limit);
  const excess = counts.sub(clipped).sum(1, { keepDims: true });
  return clipped.add(excess.mul(1 / numLevels));
}

/** The two tiles along an axis whose tables are mixed at each place, and the share of the second. */
function mixedTiles(tile: number, count: number): { first: Tensor; second: Tensor; weight: Tensor } {
  const place = arange(tile * count, { dtype: "f32" })
    .sub(tile / 2)
    .div(tile);
  const below = place.floor();
  const within = (index: Tensor): Tensor => index.clip(0, count - 1).cast("i32");
  return { first: within(below), second: within(below.add(1)), weight: place.sub(below) };
}
