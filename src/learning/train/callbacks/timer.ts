// How long epochs take and how many samples a second they train.

import { checkOptions } from "#engine/base/options.ts";
import { platform } from "#engine/platform/api.ts";
import type { Callback } from "./callback.ts";

export interface TimerOptions {
  /** 1 says it after every epoch. */
  readonly verbose?: 0 | 1;
}

/**
 * Adds two numbers to the logs: `seconds` of the epoch with its validation, and `imagesPerSecond`: samples a second of its
 * training alone.
 */
export function timer(options: TimerOptions = {}): Callback {
  checkOptions("timer", options, ["verbose"]);
  let startMs = 0;
  let trainedMs = 0;
  return {
    onEpochBegin: () => {
      startMs = platform().now();
      trainedMs = startMs;
    },
    onTrainBatchEnd: () => {
      trainedMs = platform().now();
    },
    onEpochEnd: (epoch, _logs, context) => {
      const seconds = (platform().now() - startMs) / 1000;
      const imagesPerSecond = trainedMs > startMs ? (1000 * context.numSamples) / (trainedMs - startMs) : 0;
      if (options.verbose === 1) {
        context.say(`Epoch ${epoch + 1}: ${seconds.toFixed(1)} s, ${imagesPerSecond.toFixed(1)} samples a second`);
      }
      return { seconds, imagesPerSecond };
    },
  };
}
