import type { AdamOptions } from "./adam.js";
import { type Optimizer } from "./optimizer.js";
export type NadamOptions = Omit<AdamOptions, "amsgrad">;
export declare function nadam(options?: NadamOptions): Optimizer;
