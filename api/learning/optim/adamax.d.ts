import type { AdamOptions } from "./adam.js";
import { type Optimizer } from "./optimizer.js";
export type AdamaxOptions = Omit<AdamOptions, "amsgrad">;
export declare function adamax(options?: AdamaxOptions): Optimizer;
