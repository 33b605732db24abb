import type { Model } from "../../../learning/train/model.js";
import { type Answer } from "./predictions.js";
export interface OcclusionMap {
  readonly numRows: number;
  readonly numColumns: number;
  readonly drops: readonly number[];
}
export declare function occlusionMap(model: Model, answer: Answer, signal?: AbortSignal): Promise<OcclusionMap>;
interface Grid {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly numRows: number;
  readonly numColumns: number;
}
export declare function coveredPictures(pixels: Uint8Array, grid: Grid): Uint8Array;
export {};
