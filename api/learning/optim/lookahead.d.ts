import type { Optimizer, OptimizerOptions } from "./optimizer.js";
export interface LookaheadOptions {
  readonly optimizer?: Optimizer;
  readonly learningRate?: NonNullable<OptimizerOptions["learningRate"]>;
  readonly syncPeriod?: number;
  readonly slowStepSize?: number;
}
export declare function lookahead(options?: LookaheadOptions): Optimizer;
