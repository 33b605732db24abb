import { type PictureDetections, type PictureObjects } from "../../data/detection/picture-objects.js";
export interface AveragePrecisionOptions {
  readonly numClasses?: number;
  readonly overlap?: "boxes" | "masks";
  readonly iouThresholds?: readonly number[];
  readonly maxDetections?: readonly [number, number, number];
}
export interface ClassPrecision {
  readonly label: number;
  readonly ap: number;
  readonly ap50: number;
  readonly ap75: number;
  readonly ar: number;
}
export interface AveragePrecision {
  readonly ap: number;
  readonly ap50: number;
  readonly ap75: number;
  readonly apSmall: number;
  readonly apMedium: number;
  readonly apLarge: number;
  readonly ar1: number;
  readonly ar10: number;
  readonly ar100: number;
  readonly arSmall: number;
  readonly arMedium: number;
  readonly arLarge: number;
  readonly perClass: readonly ClassPrecision[];
}
export declare function meanAveragePrecision(
  truth: readonly PictureObjects[],
  found: readonly PictureDetections[],
  options?: AveragePrecisionOptions,
): AveragePrecision;
