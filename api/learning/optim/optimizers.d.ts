import { adam } from "./adam.js";
import type { Optimizer, OptimizerConfig, OptimizerOptions } from "./optimizer.js";
import { rmsprop } from "./rmsprop.js";
import { sgd } from "./sgd.js";
export declare const optimizerNames: readonly ["sgd", "adam", "rmsprop"];
export type OptimizerName = (typeof optimizerNames)[number];
export declare const optimizers: {
  readonly sgd: typeof sgd;
  readonly adam: typeof adam;
  readonly rmsprop: typeof rmsprop;
};
export declare function optimizerByName(name: string, options?: OptimizerOptions): Optimizer;
export declare function optimizerFromConfig({ kind, options }: OptimizerConfig): Optimizer;
