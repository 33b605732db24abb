// Overlaps as COCO counts them, on the host in double precision: of boxes and of masks, with what stands for a crowd.

import { SinterError } from "#engine/base/error.ts";
import type { CornerBox } from "#learning/data/detection/picture-objects.ts";

/** Of each found one with each true one, row-major [numFound · numTruth]. */
export type Overlaps = Float64Array;

/**
 * Intersection over union of boxes. Of a crowd the part of the found box that lies in it counts.
 * @source pycocotools 2.0, bbIou
 */
export function boxOverlaps(
  found: readonly CornerBox[],
  truth: readonly CornerBox[],
  isCrowd: (index: number) => boolean,
): Overlaps {
  const overlaps = new Float64Array(found.length * truth.length);
  for (const [row, [fx1, fy1, fx2, fy2]] of found.entries()) {
    for (const [column, [tx1, ty1, tx2, ty2]] of truth.entries()) {
      const width = Math.min(fx2, tx2) - Math.max(fx1, tx1);
      const height = Math.min(fy2, ty2) - Math.max(fy1, ty1);
      if (width <= 0 || height <= 0) continue;
      const own = (fx2 - fx1) * (fy2 - fy1);
      const shared = width * height;
      const union = isCrowd(column) ? own : own + (tx2 - tx1) * (ty2 - ty1) - shared;
      overlaps[row * truth.length + column] = shared / union;
    }
  }
  return overlaps;
}

/**
 * Intersection over union of masks, as `boxOverlaps`.
 * @param found each [height · width], not 0 inside
 * @throws shape where masks differ in size
 * @source pycocotools 2.0, rleIou
 */
export function maskIou(
  found: readonly ArrayLike<number>[],
  truth: readonly ArrayLike<number>[],
  crowd: readonly boolean[] = [],
): Overlaps {
  const sizes = new Set([...found, ...truth].map(({ length }) => length));
  if (sizes.size > 1) {
    const text = [...sizes].join(" and ");
    throw new SinterError("shape", `maskIou: masks of ${text} pixels. Give masks of one picture, all of its size.`);
  }
  const overlaps = new Float64Array(found.length * truth.length);
  const truthAreas = truth.map(maskArea);
  for (const [row, mask] of found.entries()) {
    const own = maskArea(mask);
    for (const [column, other] of truth.entries()) {
      const shared = sharedArea(mask, other);
      const union = crowd[column] === true ? own : own + (truthAreas[column] ?? 0) - shared;
      overlaps[row * truth.length + column] = union === 0 ? 0 : shared / union;
    }
  }
  return overlaps;
}

/** How many pixels are inside. */
export function maskArea(mask: ArrayLike<number>): number {
  return sharedArea(mask, mask);
}

function sharedArea(mask: ArrayLike<number>, other: ArrayLike<number>): number {
  let area = 0;
  for (let pixel = 0; pixel < mask.length; pixel += 1) if (mask[pixel] !== 0 && other[pixel] !== 0) area += 1;
  return area;
}
