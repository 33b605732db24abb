import type { Dataset } from "../data/dataset.js";
import type { Callback } from "./callbacks/callback.js";
export interface LimitOptions {
  readonly fastDevRun?: boolean | number | undefined;
  readonly overfitBatches?: number | undefined;
  readonly limitTrainBatches?: number | undefined;
  readonly limitValidationBatches?: number | undefined;
  readonly maxTime?: number | string | undefined;
}
export declare const limitOptions: readonly [
  "fastDevRun",
  "overfitBatches",
  "limitTrainBatches",
  "limitValidationBatches",
  "maxTime",
];
export interface Limited extends LimitOptions {
  readonly epochs?: number;
  readonly initialEpoch?: number;
  readonly stepsPerEpoch?: number | undefined;
  readonly shuffle?: boolean | undefined;
  readonly validationData?: Dataset | undefined;
  readonly validationSteps?: number | undefined;
  readonly validationFreq?: number;
  readonly callbacks?: readonly Callback[];
}
export declare function withinLimits<Options extends Limited>(
  dataset: Dataset,
  options: Options,
): {
  readonly dataset: Dataset;
  readonly options: Options;
};
export declare function fastBatches(fastDevRun: boolean | number | undefined): number;
export declare function maxTimeMs(maxTime: number | string | undefined): number;
