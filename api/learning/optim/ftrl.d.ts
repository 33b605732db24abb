import { type Optimizer, type OptimizerOptions } from "./optimizer.js";
export interface FtrlOptions extends OptimizerOptions {
  readonly learningRatePower?: number;
  readonly initialAccumulatorValue?: number;
  readonly l1RegularizationStrength?: number;
  readonly l2RegularizationStrength?: number;
  readonly l2ShrinkageRegularizationStrength?: number;
  readonly beta?: number;
}
export declare function ftrl(options?: FtrlOptions): Optimizer;
