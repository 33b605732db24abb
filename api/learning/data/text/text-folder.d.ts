import type { LabelMode } from "../dataset.js";
import { SampleDataset } from "../sample-dataset.js";
import type { Tokenizer } from "./tokenizer.js";
export interface TextFolderOptions {
  readonly classNames?: readonly string[];
  readonly labels?: "inferred" | "none";
  readonly maxLength?: number;
  readonly validationSplit?: number;
  readonly subset?: "training" | "validation";
  readonly seed?: number;
  readonly signal?: AbortSignal;
}
export interface LabelledTexts {
  readonly texts: readonly string[];
  readonly labels: Int32Array | undefined;
  readonly classNames: readonly string[];
  readonly files: readonly string[];
}
export declare function textFolder(folder: string, options?: TextFolderOptions): Promise<LabelledTexts>;
export interface EncodeTextsOptions {
  readonly maxLength: number;
  readonly labelMode?: Exclude<LabelMode, "values">;
  readonly batchSize?: number;
  readonly shuffle?: boolean;
  readonly seed?: number;
}
export declare function encodeTexts(
  { texts, labels, classNames, files }: LabelledTexts,
  words: Tokenizer,
  options: EncodeTextsOptions,
): SampleDataset;
