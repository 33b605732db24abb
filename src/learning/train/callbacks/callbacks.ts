// The closed list of callbacks: what `callbacks.` offers.

import { checkOptions } from "#engine/base/options.ts";
import type { Callback } from "./callback.ts";
import { earlyStopping } from "./early-stopping.ts";
import { modelCheckpoint } from "./model-checkpoint.ts";

/** A callback from functions. @source Keras 3, callbacks.LambdaCallback */
function lambda(functions: Callback): Callback {
  checkOptions("lambda", functions, [
    "onTrainBegin",
    "onTrainEnd",
    "onEpochBegin",
    "onEpochEnd",
    "onTrainBatchBegin",
    "onTrainBatchEnd",
    "onWarning",
    "state",
    "restore",
    "writesFiles",
  ]);
  return functions;
}

/** Keras's callbacks by name: `callbacks.earlyStopping({ patience: 5 })`. */
export const callbacks: {
  readonly earlyStopping: typeof earlyStopping;
  readonly modelCheckpoint: typeof modelCheckpoint;
  readonly lambda: (functions: Callback) => Callback;
} = { earlyStopping, modelCheckpoint, lambda };
