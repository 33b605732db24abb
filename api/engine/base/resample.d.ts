export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}
export declare function resample(
  picture: Pixels,
  size: readonly [height: number, width: number],
  interpolation: "bilinear" | "nearest",
): Pixels;
export declare function toGrey(picture: Pixels): Pixels;
