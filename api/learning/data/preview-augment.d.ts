import { type Picture } from "../../engine/platform/api.js";
import type { SampleDataset } from "./sample-dataset.js";
export interface PreviewOptions {
  readonly numPictures?: number;
  readonly numVariants?: number;
  readonly seed?: number;
  readonly valueRange?: readonly [low: number, high: number];
}
export interface AugmentPreview {
  readonly index: number;
  readonly file?: string;
  readonly original: Picture;
  readonly variants: readonly Picture[];
}
export declare function previewAugment(dataset: SampleDataset, options?: PreviewOptions): Promise<AugmentPreview[]>;
export declare function previewSheet(previews: readonly AugmentPreview[], gap?: number): Picture;
export declare function encodePng(picture: Picture): Promise<Uint8Array>;
