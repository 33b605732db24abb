// The closed list of callbacks: what `callbacks.` offers.

import { checkOptions } from "#engine/base/options.ts";
import type { Callback } from "./callback.ts";
import { earlyStopping } from "./early-stopping.ts";
import { histograms } from "./histograms.ts";
import { learningRateScheduler } from "./learning-rate-scheduler.ts";
import { csvLogger, jsonlLogger } from "./loggers.ts";
import { modelCheckpoint } from "./model-checkpoint.ts";
import { reduceLROnPlateau } from "./reduce-lr-on-plateau.ts";
import { swapEmaWeights } from "./swap-ema-weights.ts";
import { tensorBoard } from "./tensor-board.ts";
import { terminateOnNaN } from "./terminate-on-nan.ts";
import { timer } from "./timer.ts";

/** A callback from functions; `lambda` is the same. @source Keras 3, callbacks.LambdaCallback */
function lambdaCallback(functions: Callback): Callback {
  checkOptions("lambdaCallback", functions, [
    "onTrainBegin",
    "onTrainEnd",
    "onEpochBegin",
    "onEpochEnd",
    "afterEpochEnd",
    "onTestBegin",
    "onTestEnd",
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
  readonly lambdaCallback: (functions: Callback) => Callback;
  readonly learningRateScheduler: typeof learningRateScheduler;
  readonly modelCheckpoint: typeof modelCheckpoint;
  readonly reduceLROnPlateau: typeof reduceLROnPlateau;
  readonly swapEmaWeights: typeof swapEmaWeights;
  readonly tensorBoard: typeof tensorBoard;
  readonly terminateOnNaN: typeof terminateOnNaN;
  readonly timer: typeof timer;
} = {
  csvLogger,
  earlyStopping,
  histograms,
  jsonlLogger,
  lambda: lambdaCallback,
  lambdaCallback,
  learningRateScheduler,
  modelCheckpoint,
  reduceLROnPlateau,
  swapEmaWeights,
  tensorBoard,
  terminateOnNaN,
  timer,
};
