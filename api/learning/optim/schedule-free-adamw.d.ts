import type { AdamOptions } from "./adam.js";
import { type Optimizer } from "./optimizer.js";
export interface ScheduleFreeAdamwOptions extends Omit<AdamOptions, "amsgrad"> {
  readonly warmupSteps?: number;
}
export declare function scheduleFreeAdamw(options?: ScheduleFreeAdamwOptions): Optimizer;
