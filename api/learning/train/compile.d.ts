import type { ShortFloat } from "../nn/layer.js";
import type { Optimizer } from "../optim/optimizer.js";
import { type OptimizerName } from "../optim/optimizers.js";
import type { Schedule } from "../optim/schedule-options.js";
import type { Compiled } from "./model-core.js";
import { type Goals } from "./objectives.js";
export interface CompileOptions extends Goals {
  readonly optimizer?: OptimizerName | Optimizer;
  readonly learningRate?: number | Schedule;
  readonly mixedPrecision?: ShortFloat | undefined;
  readonly recompute?: boolean | undefined;
}
export declare function compiledFrom(options: CompileOptions, outputs: readonly (string | undefined)[]): Compiled;
