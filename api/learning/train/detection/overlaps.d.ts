import type { CornerBox } from "../../data/detection/picture-objects.js";
export type Overlaps = Float64Array;
export declare function boxOverlaps(
  found: readonly CornerBox[],
  truth: readonly CornerBox[],
  isCrowd: (index: number) => boolean,
): Overlaps;
export declare function maskIou(
  found: readonly ArrayLike<number>[],
  truth: readonly ArrayLike<number>[],
  crowd?: readonly boolean[],
): Overlaps;
export declare function maskArea(mask: ArrayLike<number>): number;
