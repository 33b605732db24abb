import { type Optimizer, type OptimizerOptions } from "./optimizer.js";
export interface AdafactorOptions extends OptimizerOptions {
  readonly beta2Decay?: number;
  readonly epsilon1?: number;
  readonly epsilon2?: number;
  readonly clipThreshold?: number;
  readonly relativeStep?: boolean;
}
export declare function adafactor(options?: AdafactorOptions): Optimizer;
