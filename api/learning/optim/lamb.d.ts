import type { AdamOptions } from "./adam.js";
import { type Optimizer } from "./optimizer.js";
export type LambOptions = Omit<AdamOptions, "amsgrad">;
export declare function lamb(options?: LambOptions): Optimizer;
