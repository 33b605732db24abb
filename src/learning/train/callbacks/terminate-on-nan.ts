// Ends training at a loss that is not finite.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions } from "#engine/base/options.ts";
import type { Callback } from "./callback.ts";

export interface TerminateOnNaNOptions {
  /** Whether fit throws instead of ending as usual. */
  readonly raiseError?: boolean;
}

/**
 * Ends training once the loss of the epoch is NaN or infinite.
 * @throws data from fit, with `raiseError`
 * @source Keras 3, callbacks.TerminateOnNaN
 */
export function terminateOnNaN(options: TerminateOnNaNOptions = {}): Callback {
  checkOptions("terminateOnNaN", options, ["raiseError"]);
  let isDone = false;
  return {
    onTrainBegin: () => {
      isDone = false;
    },
    onTrainBatchEnd: (step, { loss = 0 }, context) => {
      if (isDone || Number.isFinite(loss)) return;
      isDone = true;
      if (options.raiseError === true) {
        throw new SinterError(
          "data",
          `terminateOnNaN: the loss is ${loss} at step ${step + 1}. Lower the learning rate.`,
          {
            step: step + 1,
          },
        );
      }
      context.say(`Step ${step + 1}: the loss is ${loss}, so training ends.`);
      context.stop();
    },
  };
}
