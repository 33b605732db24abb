import { type TextOutput } from "../../engine/platform/api.js";
import type { Dataset } from "../data/dataset.js";
import { type Logs } from "./metric-states.js";
import { type ModelCore } from "./model-core.js";
import { type Verbose } from "./progress.js";
import type { SeveralValues, Values } from "./several-values.js";
export interface EvaluateOptions {
  readonly batchSize?: number;
  readonly verbose?: Verbose;
  readonly sampleWeight?: Values | SeveralValues | undefined;
  readonly output?: TextOutput | undefined;
  readonly steps?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
export declare function evaluateDataset(core: ModelCore, given: Dataset, options: EvaluateOptions): Promise<Logs>;
export declare function checkAborted(signal: AbortSignal | undefined, what: string): void;
