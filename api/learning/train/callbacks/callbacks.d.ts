import type { Callback } from "./callback.js";
import { earlyStopping } from "./early-stopping.js";
import { modelCheckpoint } from "./model-checkpoint.js";
export declare const callbacks: {
  readonly earlyStopping: typeof earlyStopping;
  readonly modelCheckpoint: typeof modelCheckpoint;
  readonly lambda: (functions: Callback) => Callback;
};
