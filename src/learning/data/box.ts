// A rectangle of whole pixels, drawn at random: what is erased, or pasted from another picture. Pure host code.

/** Rows top to bottom - 1, columns left to right - 1; empty where bottom is top. */
export interface Box {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** A factor as Keras has it: f for [0, f], or both bounds. */
export type Factor = number | readonly [low: number, high: number];

export const emptyBox: Box = { top: 0, bottom: 0, left: 0, right: 0 };

/** A number within a factor's bounds. @param uniform in [0, 1) */
export function withinFactor(factor: Factor, uniform: number): number {
  const [low, high] = typeof factor === "number" ? [0, factor] : factor;
  return low + (high - low) * uniform;
}

/** Where a box lies and how large it is, as shares. */
export interface BoxShares {
  /** Of the height, 0 to 1. */
  readonly height: number;
  readonly width: number;
  /** Where in what is left, 0 to 1 (without 1). */
  readonly down: number;
  readonly across: number;
}

/** The box of whole pixels nearest to the shares; it lies wholly inside. */
export function boxOf(shares: BoxShares, height: number, width: number): Box {
  const rows = Math.round(shares.height * height);
  const columns = Math.round(shares.width * width);
  const top = Math.floor(shares.down * (height - rows + 1));
  const left = Math.floor(shares.across * (width - columns + 1));
  return { top, bottom: top + rows, left, right: left + columns };
}

/** The share of a picture that a box covers. */
export function boxShare({ top, bottom, left, right }: Box, height: number, width: number): number {
  return ((bottom - top) * (right - left)) / (height * width);
}
