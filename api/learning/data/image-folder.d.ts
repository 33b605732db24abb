import type { LabelMode } from "./dataset.js";
import { type PictureOptions } from "./image-files.js";
import type { SampleDataset } from "./sample-dataset.js";
export interface ImageFolderOptions extends PictureOptions {
  readonly labelMode?: Exclude<LabelMode, "values">;
  readonly classNames?: readonly string[];
}
export declare function imageFolder(folder: string, options: ImageFolderOptions): Promise<SampleDataset>;
export interface Splits {
  readonly train?: string;
  readonly validation?: string;
  readonly test?: string;
}
export declare function findSplits(folder: string): Promise<Splits>;
