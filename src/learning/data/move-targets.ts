// What goes with a picture that augmentation moves: boxes and masks, by the matrix of the picture. Pure host code.

import type { AffineMatrix } from "#learning/data/affine.ts";
import type { FillMode } from "#learning/data/augment.ts";
import type { CornerBox, PictureSize } from "#learning/data/detection/picture-objects.ts";

export interface MoveBoxOptions {
  /** Of the picture, before and after. */
  readonly size: PictureSize;
  /** A box of which less is left inside the picture is dropped; 0 to 1. */
  readonly leastShare: number;
}

/**
 * The box around a moved box, cut at the picture's borders; undefined where too little of it is left.
 * @param matrix output (row, column, 1) to the input's row and column, whole numbers being the middles of pixels
 */
export function moveBox(
  [x1, y1, x2, y2]: CornerBox,
  matrix: AffineMatrix,
  { size: [height, width], leastShare }: MoveBoxOptions,
): CornerBox | undefined {
  const [rowByRow, rowByColumn, row0, columnByRow, columnByColumn, column0] = matrix;
  const determinant = rowByRow * columnByColumn - rowByColumn * columnByRow;
  if (determinant === 0) return undefined;
  const moved = [x1, x2].flatMap((x) =>
    [y1, y2].map((y) => {
      const [row, column] = [y - 0.5 - row0, x - 0.5 - column0];
      return {
        x: (rowByRow * column - columnByRow * row) / determinant + 0.5,
        y: (columnByColumn * row - rowByColumn * column) / determinant + 0.5,
      };
    }),
  );
  const [xs, ys] = [moved.map(({ x }) => x), moved.map(({ y }) => y)];
  const around: CornerBox = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  const [left, top, right, bottom] = around;
  const cut: CornerBox = [Math.max(0, left), Math.max(0, top), Math.min(width, right), Math.min(height, bottom)];
  const isLeft = cut[2] > cut[0] && cut[3] > cut[1] && areaOf(cut) >= leastShare * areaOf(around);
  return isLeft ? cut : undefined;
}

function areaOf([x1, y1, x2, y2]: CornerBox): number {
  return (x2 - x1) * (y2 - y1);
}

export interface MoveMaskOptions {
  readonly size: PictureSize;
  /** As the picture's. */
  readonly fillMode: FillMode;
  /** The class of what comes from outside, for fillMode "constant". */
  readonly fillClass: number;
}

/**
 * A mask of classes moved as its picture: each pixel has the class of the nearest one.
 * @param mask [height · width]
 * @param matrix as of `moveBox`
 */
export function moveMask(
  mask: ArrayLike<number>,
  matrix: AffineMatrix,
  { size: [height, width], fillMode, fillClass }: MoveMaskOptions,
): Int32Array<ArrayBuffer> {
  const [rowByRow, rowByColumn, row0, columnByRow, columnByColumn, column0] = matrix;
  const moved = new Int32Array(height * width);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const y = nearestPlace(rowByRow * row + rowByColumn * column + row0, height, fillMode);
      const x = nearestPlace(columnByRow * row + columnByColumn * column + column0, width, fillMode);
      const isOutside = y === undefined || x === undefined;
      moved[row * width + column] = isOutside ? fillClass : (mask[y * width + x] ?? 0);
    }
  }
  return moved;
}

/** The pixel of an axis that is nearest to a place, by the fill mode's rule; undefined where none is. */
function nearestPlace(place: number, extent: number, fillMode: FillMode): number | undefined {
  const last = extent - 1;
  const rounded = Math.round(place);
  if (rounded >= 0 && rounded <= last) return rounded;
  if (fillMode === "nearest") return rounded < 0 ? 0 : last;
  if (fillMode === "constant") return undefined;
  if (fillMode === "wrap") return last === 0 ? 0 : Math.round(place - last * Math.floor(place / last));
  const folded = rounded - 2 * extent * Math.floor(rounded / (2 * extent));
  return folded > last ? 2 * extent - 1 - folded : folded;
}
