export interface Box {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}
export type Factor = number | readonly [low: number, high: number];
export declare const emptyBox: Box;
export declare function withinFactor(factor: Factor, uniform: number): number;
export interface BoxShares {
  readonly height: number;
  readonly width: number;
  readonly down: number;
  readonly across: number;
}
export declare function boxOf(shares: BoxShares, height: number, width: number): Box;
export declare function boxShare({ top, bottom, left, right }: Box, height: number, width: number): number;
