import { type TextOutput } from "../../engine/platform/api.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
import type { Dataset } from "../data/dataset.js";
import { type ModelCore } from "./model-core.js";
import { type Verbose } from "./progress.js";
export interface PredictOptions {
  readonly batchSize?: number;
  readonly verbose?: Verbose;
  readonly output?: TextOutput | undefined;
  readonly steps?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
export declare function predictDataset(core: ModelCore, given: Dataset, options: PredictOptions): Promise<Tensor[]>;
