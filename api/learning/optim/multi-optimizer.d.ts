import type { Optimizer, OptimizerOptions } from "./optimizer.js";
export interface MultiOptimizerOptions {
  readonly optimizer?: Optimizer;
  readonly optimizers?: Readonly<Record<string, Optimizer>>;
  readonly learningRate?: NonNullable<OptimizerOptions["learningRate"]>;
}
export declare function multiOptimizer(options?: MultiOptimizerOptions): Optimizer;
