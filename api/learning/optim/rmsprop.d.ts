import { type Optimizer, type OptimizerOptions } from "./optimizer.js";
export interface RmspropOptions extends OptimizerOptions {
  readonly rho?: number;
  readonly momentum?: number;
  readonly epsilon?: number;
  readonly centered?: boolean;
}
export declare function rmsprop(options?: RmspropOptions): Optimizer;
