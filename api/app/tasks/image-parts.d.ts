import type { AugmentOptions } from "../../learning/data/augment.js";
import { classWeights } from "../../learning/data/balance.js";
import type { BrokenSample } from "../../learning/data/dataset.js";
import type { SampleDataset } from "../../learning/data/sample-dataset.js";
import type { Balance } from "./train-options.js";
export interface ImagePartsRequest {
  readonly folder: string;
  readonly validation?: string | undefined;
  readonly test?: string | undefined;
  readonly split: number;
  readonly fold?: Fold | undefined;
  readonly imageSize: readonly [height: number, width: number];
  readonly batchSize: number;
  readonly augment: AugmentOptions | undefined;
  readonly rescale?: number | undefined;
  readonly seed: number;
  readonly onBroken: "error" | "skip";
  readonly balance?: Balance | undefined;
  readonly diskCache?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}
export interface Fold {
  readonly number: number;
  readonly of: number;
}
export interface ImageParts {
  readonly train: SampleDataset;
  readonly validation: SampleDataset;
  readonly test: SampleDataset | undefined;
  readonly classNames: readonly string[];
  readonly isSplit: boolean;
  readonly sources: {
    readonly train: string;
    readonly validation: string;
    readonly test: string | undefined;
  };
}
export declare function readImageParts(request: ImagePartsRequest): Promise<ImageParts>;
export declare function classWeightOf(
  { balance }: Pick<ImagePartsRequest, "balance">,
  train: SampleDataset,
): ReturnType<typeof classWeights> | undefined;
export declare function brokenPictures({ train, validation, test }: ImageParts): readonly BrokenSample[];
export declare function leaveOutPictures(
  { train, validation, test }: ImageParts,
  broken: readonly BrokenSample[],
): void;
