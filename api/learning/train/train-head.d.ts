import type { SampleDataset } from "../data/sample-dataset.js";
import type { FitDatasetOptions } from "./fit-run.js";
import { type FeatureProgress } from "./frozen-features.js";
import type { History } from "./history.js";
import { Model } from "./model.js";
export interface TrainHeadOptions extends Pick<
  FitDatasetOptions,
  "epochs" | "stepsPerEpoch" | "classWeight" | "callbacks" | "verbose" | "output" | "signal" | "seed"
> {
  readonly validationData?: SampleDataset | undefined;
  readonly variants?: number;
  readonly onFeatures?: ((progress: FeatureProgress) => void) | undefined;
}
export declare function trainHead(model: Model, data: SampleDataset, options?: TrainHeadOptions): Promise<History>;
