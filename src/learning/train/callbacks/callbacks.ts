// The closed list of callbacks: what `callbacks.` offers.

import { checkOptions } from "#engine/base/options.ts";
import type { Callback } from "./callback.ts";
import { earlyStopping } from "./early-stopping.ts";
import { histograms } from "./histograms.ts";
import { learningRateScheduler } from "./learning-rate-scheduler.ts";
import { csvLogger, jsonlLogger } from "./loggers.ts";
import { modelCheckpoint } from "./model-checkpoint.ts";
import { reduceLROnPlateau } from "./reduce-lr-on-plateau.ts";
import { terminateOnNaN } from "./terminate-on-nan.ts";
import { timer } from "./timer.ts";

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

/** Keras's callbacks by name: `callbacks.earlyStopping({ patience: 5 })`; and some of sinter's own. */
export const callbacks: {
  readonly csvLogger: typeof csvLogger;
  readonly earlyStopping: typeof earlyStopping;
  readonly histograms: typeof histograms;
  readonly jsonlLogger: typeof jsonlLogger;
  readonly lambda: (functions: Callback) => Callback;
  readonly learningRateScheduler: typeof learningRateScheduler;
  readonly modelCheckpoint: typeof modelCheckpoint;
  readonly reduceLROnPlateau: typeof reduceLROnPlateau;
  readonly terminateOnNaN: typeof terminateOnNaN;
  readonly timer: typeof timer;
} = {
  csvLogger,
  earlyStopping,
  histograms,
  jsonlLogger,
  lambda,
  learningRateScheduler,
  modelCheckpoint,
  reduceLROnPlateau,
  terminateOnNaN,
  timer,
};
