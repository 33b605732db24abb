import { type PictureOptions } from "../image-files.js";
import { MovingDataset, type MovingTargets } from "../moving-dataset.js";
import type { BoxAnnotations } from "./annotations.js";
export interface BoxDatasetOptions extends Omit<PictureOptions, "oversample"> {
  readonly maxBoxes?: number;
  readonly leastShare?: number;
}
export interface BoxTargets extends MovingTargets {
  readonly annotations: BoxAnnotations;
  readonly maxBoxes: number;
}
export type DetectionDataset = MovingDataset<BoxTargets>;
export declare function boxDataset(annotations: BoxAnnotations, options: BoxDatasetOptions): DetectionDataset;
declare const formats: readonly ["coco", "voc", "yolo"];
export interface DetectionFolderOptions extends BoxDatasetOptions {
  readonly format?: (typeof formats)[number];
  readonly annotations?: string;
  readonly pictures?: string;
  readonly classNames?: readonly string[];
}
export declare function objectDetectionFolder(
  folder: string,
  options: DetectionFolderOptions,
): Promise<DetectionDataset>;
export {};
