import type { Dataset } from "../data/dataset.js";
import { History } from "./history.js";
import type { FitOptions, Model } from "./model.js";
export interface FineTuneOptions extends Pick<
  FitOptions,
  "classWeight" | "callbacks" | "verbose" | "output" | "signal" | "seed"
> {
  readonly epochs?: number;
  readonly freezeEpochs?: number;
  readonly learningRate?: number;
  readonly rateRatio?: number;
  readonly base?: readonly string[];
  readonly validationData?: Dataset | undefined;
}
export declare function fineTune(model: Model, data: Dataset, options?: FineTuneOptions): Promise<History>;
