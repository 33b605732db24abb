import type { Batch, Dataset } from "../data/dataset.js";
export interface TrainingFeedOptions {
  readonly shuffle?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}
export interface DataPlace {
  readonly epoch: number;
  readonly step: number;
}
export declare class TrainingFeed {
  #private;
  constructor(dataset: Dataset, options: TrainingFeedOptions, place: DataPlace);
  get place(): DataPlace;
  next(): Promise<{
    readonly batch: Batch;
    readonly epoch: number;
  }>;
  close(): Promise<void>;
}
