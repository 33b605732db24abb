import { type PictureOptions } from "./image-files.js";
import { MovingDataset, type MovingTargets } from "./moving-dataset.js";
export type Colour = readonly [red: number, green: number, blue: number];
export interface SegmentationFolderOptions extends Omit<PictureOptions, "oversample" | "onBroken"> {
  readonly classNames: readonly string[];
  readonly classColours?: readonly Colour[];
  readonly ignoreClass?: number;
}
export interface MaskTargets extends MovingTargets {
  readonly maskFiles: readonly string[];
}
export type SegmentationDataset = MovingDataset<MaskTargets>;
export declare function segmentationFolder(
  folder: string,
  options: SegmentationFolderOptions,
): Promise<SegmentationDataset>;
