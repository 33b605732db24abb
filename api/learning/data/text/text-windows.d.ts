import { SampleDataset } from "../sample-dataset.js";
export interface TextWindowsOptions {
  readonly length: number;
  readonly stride?: number;
  readonly shuffle?: boolean;
  readonly seed?: number;
  readonly batchSize?: number;
}
export declare function textWindows(ids: ArrayLike<number>, options: TextWindowsOptions): SampleDataset;
