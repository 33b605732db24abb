import type { Dataset } from "../data/dataset.js";
import type { SampleDataset } from "../data/sample-dataset.js";
import { type Network } from "../nn/network.js";
import { type ModelCore } from "./model-core.js";
export interface FeatureOptions {
  readonly variants: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: FeatureProgress) => void) | undefined;
}
export interface FeatureProgress {
  readonly done: number;
  readonly total: number;
}
export declare function numFrozenLayers({ layers, isSequential }: Network): number;
export declare function featureDataset(
  core: ModelCore,
  numLayers: number,
  dataset: SampleDataset,
  { variants: wanted, signal, onProgress }: FeatureOptions,
): Promise<Dataset>;
