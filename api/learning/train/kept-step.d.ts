import type { Tensor } from "../../engine/tensor/tensor.js";
import type { Batch, Dataset } from "../data/dataset.js";
import type { Weights } from "../nn/layer.js";
import { type ModelCore } from "./model-core.js";
export interface KeptStep {
  readonly batch: Batch;
  readonly epoch: number;
  readonly iteration: number;
}
export interface KeptRun {
  readonly core: ModelCore;
  readonly dataset: Dataset;
  readonly runKey: Tensor;
}
export declare function gradientSource({ core, dataset, runKey }: KeptRun): (kept: KeptStep) => Weights;
