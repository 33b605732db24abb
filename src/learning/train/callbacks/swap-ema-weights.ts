// Puts the average of the weights in their place while a model is validated, and where asked while an epoch is ended.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions } from "#engine/base/options.ts";
import { averageSlot } from "#learning/optim/average-weights.ts";
import type { Model } from "../model.ts";
import type { Callback } from "./callback.ts";

export interface SwapEmaWeightsOptions {
  /** Whether the callbacks after it, such as modelCheckpoint, see the average at the end of an epoch; false by default. */
  readonly swapOnEpoch?: boolean;
}

/**
 * Validation within fit sees the moving average of the weights that the optimizer keeps.
 * @throws option from fit, where the optimizer has no useEma
 * @source Keras 3, callbacks.SwapEMAWeights
 */
export function swapEmaWeights(options: SwapEmaWeightsOptions = {}): Callback {
  checkOptions("swapEmaWeights", options, ["swapOnEpoch"]);
  const { swapOnEpoch = false } = options;
  return {
    onTestBegin: ({ model }) => swap(model),
    onTestEnd: (_logs, { model }) => swap(model),
    onEpochEnd: (_epoch, _logs, { model }) => (swapOnEpoch ? swap(model) : undefined),
    afterEpochEnd: (_epoch, { model }) => (swapOnEpoch ? swap(model) : undefined),
  };
}

/** Exchanges weights and averages. */
function swap({ core }: Model): void {
  const averages = core.optimizerState?.[averageSlot];
  if (averages === undefined) {
    throw new SinterError("option", "swapEmaWeights: the optimizer keeps no average. Compile with useEma: true.");
  }
  const { weights } = core;
  core.weights = averages;
  core.optimizerState = { ...core.optimizerState, [averageSlot]: weights };
}
