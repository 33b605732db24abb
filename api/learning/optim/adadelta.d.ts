import { type Optimizer, type OptimizerOptions } from "./optimizer.js";
export interface AdadeltaOptions extends OptimizerOptions {
  readonly rho?: number;
  readonly epsilon?: number;
}
export declare function adadelta(options?: AdadeltaOptions): Optimizer;
