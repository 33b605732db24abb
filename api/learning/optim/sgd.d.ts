import { type Optimizer, type OptimizerOptions } from "./optimizer.js";
export interface SgdOptions extends OptimizerOptions {
  readonly momentum?: number;
  readonly nesterov?: boolean;
}
export declare function sgd(options?: SgdOptions): Optimizer;
