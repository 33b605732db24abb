import type { Optimizer } from "../optim/optimizer.js";
import { type OptimizerName } from "../optim/optimizers.js";
import type { Schedule } from "../optim/schedule-options.js";
import { type Loss, type LossName } from "./losses.js";
import { type Metric, type MetricName } from "./metrics.js";
import type { Compiled } from "./model-core.js";
export interface CompileOptions {
  readonly optimizer?: OptimizerName | Optimizer;
  readonly learningRate?: number | Schedule;
  readonly loss: LossName | Loss;
  readonly metrics?: readonly (MetricName | Metric)[];
}
export declare function compiledFrom({ optimizer, learningRate, loss, metrics }: CompileOptions): Compiled;
