import { type Optimizer, type OptimizerOptions } from "./optimizer.js";
export interface AdagradOptions extends OptimizerOptions {
  readonly initialAccumulatorValue?: number;
  readonly epsilon?: number;
}
export declare function adagrad(options?: AdagradOptions): Optimizer;
