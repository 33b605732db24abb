import { type Optimizer, type OptimizerOptions } from "./optimizer.js";
export interface LionOptions extends OptimizerOptions {
  readonly beta1?: number;
  readonly beta2?: number;
}
export declare function lion(options?: LionOptions): Optimizer;
