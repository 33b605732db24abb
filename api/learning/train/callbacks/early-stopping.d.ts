import { type Callback, type MonitorOptions } from "./callback.js";
export interface EarlyStoppingOptions extends MonitorOptions {
  readonly patience?: number;
  readonly baseline?: number | null;
  readonly restoreBestWeights?: boolean;
  readonly startFromEpoch?: number;
  readonly verbose?: 0 | 1;
}
export declare function earlyStopping(options?: EarlyStoppingOptions): Callback;
