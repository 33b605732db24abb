// Sets the learning rate at the beginning of every epoch, by a function of the user's.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions } from "#engine/base/options.ts";
import type { Callback } from "./callback.ts";

export interface LearningRateSchedulerOptions {
  /** 1 says what it does. */
  readonly verbose?: 0 | 1;
}

/**
 * Sets the rate that `schedule` gives for an epoch and the rate of now. Adds `learningRate` to the logs.
 * @param schedule epoch from 0
 * @throws option when it gives no number, or where the optimizer has a schedule of its own
 * @source Keras 3, callbacks.LearningRateScheduler
 */
export function learningRateScheduler(
  schedule: (epoch: number, learningRate: number) => number,
  options: LearningRateSchedulerOptions = {},
): Callback {
  const where = "learningRateScheduler";
  checkOptions(where, options, ["verbose"]);
  if (typeof schedule !== "function") {
    throw new SinterError("option", `${where}: no function came. Give (epoch, learningRate) => learningRate.`);
  }
  return {
    onEpochBegin: (epoch, context) => {
      const { model } = context;
      model.learningRate = schedule(epoch, model.learningRate);
      if (options.verbose === 1)
        context.say(`Epoch ${epoch + 1}: ${where} sets the learning rate to ${model.learningRate}.`);
    },
    onEpochEnd: (_epoch, _logs, { model }) => ({ learningRate: model.learningRate }),
  };
}
