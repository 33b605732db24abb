// Moves the pictures of a batch, each by its own matrix, as tensor operations. Never draws a number.

import { arange } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import { type Neighbours, readBetween } from "#engine/tensor/sample-pixels.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { AugmentOptions, FillMode } from "#learning/data/augment.ts";

/**
 * The pictures moved, bilinear.
 * @param images u8 or f32 [n, height, width, channels]
 * @param matrices f32 [n, 6]: output (row, column, 1) to the input's row and column
 * @returns f32 [n, height, width, channels]
 */
export function moveBatch(
  images: Tensor,
  matrices: Tensor,
  { fillMode = "nearest", cval = 0 }: AugmentOptions,
): Tensor {
  const [, height = 0, width = 0] = images.shape;
  const row = arange(height, { dtype: "f32" }).reshape([1, height, 1]);
  const column = arange(width, { dtype: "f32" }).reshape([1, 1, width]);
  const place = (first: number): Tensor =>
    columnOf(matrices, first, 3)
      .mul(row)
      .add(columnOf(matrices, first + 1, 3).mul(column))
      .add(columnOf(matrices, first + 2, 3)); // [n, height, width]
  const y = place(0);
  const x = place(3);
  const moved = readBetween(images, neighbours(y, height, fillMode), neighbours(x, width, fillMode));
  if (fillMode !== "constant") return moved;
  return where(isInside(y, height).and(isInside(x, width)).expandDims(3), moved, cval);
}

/** A hair beyond the border still counts as inside: a quarter turn must not lose its edge to rounding. */
function isInside(place: Tensor, extent: number): Tensor {
  const slack = 1e-4;
  return place.greaterEqual(-slack).and(place.lessEqual(extent - 1 + slack));
}

/** The two pixels of an axis that a place lies between, by the fill mode's rule. */
function neighbours(place: Tensor, extent: number, fillMode: FillMode): Neighbours {
  const last = extent - 1;
  if (fillMode === "reflect") {
    const below = place.floor();
    const at = below.cast("i32");
    return { first: reflect(at, extent), second: reflect(at.add(1), extent), weight: place.sub(below) };
  }
  const inside =
    fillMode === "wrap" && last > 0
      ? where(
          place.less(0).or(place.greater(last)),
          place.sub(
            place
              .mul(1 / last)
              .floor()
              .mul(last),
          ),
          place,
        )
      : place;
  const clamped = inside.clip(0, last);
  const below = clamped.floor();
  const first = below.cast("i32");
  return { first, second: first.add(1).minimum(last), weight: clamped.sub(below) };
}

/** d c b a | a b c d | d c b a */
function reflect(index: Tensor, extent: number): Tensor {
  const folded = index.mod(2 * extent);
  return folded.minimum(folded.mul(-1).add(2 * extent - 1));
}

/** One column of a table [n, k] as [n, 1, …] of the given rank. */
export function columnOf(table: Tensor, column: number, rank: number): Tensor {
  const [numRows = 0] = table.shape;
  return table.slice([0, column], [numRows, 1]).reshape([numRows, ...Array.from({ length: rank - 1 }, () => 1)]);
}
