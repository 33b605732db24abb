import { type Optimizer, type OptimizerOptions } from "./optimizer.js";
export interface AdamOptions extends OptimizerOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly amsgrad?: boolean;
}
export declare function adam(options?: AdamOptions): Optimizer;
export declare function adamw(options?: AdamOptions): Optimizer;
