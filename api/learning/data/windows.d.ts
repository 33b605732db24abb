import { type Picture } from "../../engine/platform/api.js";
import type { AugmentOptions } from "./augment.js";
import { type AugmentPreset } from "./augment-options.js";
import type { HostTensor, LabelMode, Rescale } from "./dataset.js";
import { type PictureInput } from "./image-files.js";
import { SampleDataset } from "./sample-dataset.js";
export interface PictureArrayOptions {
  readonly classNames: readonly string[];
  readonly labelMode?: Exclude<LabelMode, "values">;
  readonly batchSize?: number;
  readonly shuffle?: boolean;
  readonly seed?: number;
  readonly rescale?: Rescale;
  readonly augment?: AugmentOptions | AugmentPreset;
}
export declare function readPicture(
  picture: PictureInput,
  options?: {
    readonly colorMode?: "rgb" | "grayscale";
  },
): Promise<Picture>;
export declare function imagesFromArrays(
  x: HostTensor,
  labels: ArrayLike<number>,
  options: PictureArrayOptions,
): SampleDataset;
export interface LabelledPicture {
  readonly picture: Picture;
  readonly label: number;
}
export interface WindowOptions extends PictureArrayOptions {
  readonly windowSize: readonly [height: number, width: number];
  readonly columns?: readonly [from: number, to: number];
  readonly rows?: readonly [from: number, to: number];
  readonly numWindows?: number;
  readonly stride?: number;
}
export declare function imageWindows(pictures: readonly LabelledPicture[], options: WindowOptions): SampleDataset;
