import { SinterError } from "../../engine/base/error.js";
import type { AugmentOptions } from "./augment.js";
import { type AugmentPreset } from "./augment-options.js";
import type { Oversample } from "./balance.js";
import type { BrokenSample, LabelMode, Rescale } from "./dataset.js";
import { type DiskCacheOptions } from "./disk-cache.js";
import { SampleDataset } from "./sample-dataset.js";
export type PictureInput = string | Uint8Array | Blob;
export interface PictureOptions {
  readonly imageSize: readonly [height: number, width: number];
  readonly colorMode?: "rgb" | "grayscale";
  readonly interpolation?: "bilinear" | "nearest";
  readonly onBroken?: "error" | "skip";
  readonly cacheBytes?: number;
  readonly diskCache?: DiskCacheOptions;
  readonly batchSize?: number;
  readonly shuffle?: boolean;
  readonly seed?: number;
  readonly rescale?: Rescale;
  readonly augment?: AugmentOptions | AugmentPreset;
  readonly oversample?: Oversample;
}
export interface PictureLabels {
  readonly labelMode: LabelMode;
  readonly labels: Int32Array;
  readonly classNames: readonly string[];
}
export declare function imageFiles(
  pictures: readonly PictureInput[],
  options: PictureOptions,
  labels?: PictureLabels,
  known?: readonly BrokenSample[],
): SampleDataset;
export declare function brokenError(name: string, { file, reason }: BrokenSample, cause?: unknown): SinterError;
export declare function readPictureBytes(picture: PictureInput): Promise<Uint8Array>;
