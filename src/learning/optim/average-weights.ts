// The moving average of the weights (EMA), kept in the optimizer's state beside its moments.

import { where } from "#engine/tensor/math.ts";
import { choose, flushTiny, mapTensors, type UpdateRule } from "./rule.ts";
import type { OptimizerState, Tensors } from "./optimizer.ts";

/** Of the options useEma, emaMomentum and emaOverwriteFrequency. */
export interface AverageOptions {
  readonly momentum: number;
  /** Steps after which the weights become their average; null for never. */
  readonly overwriteFrequency: number | null;
  /** Calls that make one step. */
  readonly numSteps: number;
}

/** Where a state keeps the averages. */
export const averageSlot = "average";

/**
 * The rule, and after each call average ← momentum · average + (1 - momentum) · weight, at first the weight.
 * @source Keras 3, optimizers/base_optimizer.py, use_ema
 */
export function averageWeights(
  rule: UpdateRule,
  { momentum, overwriteFrequency, numSteps }: AverageOptions,
): UpdateRule {
  return {
    // Copies: a step takes over the memory of the weights and of the state.
    initialState: (weights) => ({
      ...rule.initialState(weights),
      [averageSlot]: mapTensors(weights, (weight) => weight.mul(1)),
    }),
    update: (weights, gradients, { [averageSlot]: before = {}, ...state }, learningRate, step) => {
      const updated = rule.update(weights, gradients, state, learningRate, step);
      const numUpdates = numSteps === 1 ? step : step.floorDiv(numSteps);
      const isFirst = numUpdates.equal(0);
      const averages = mapTensors(before, (average, path) => {
        const weight = updated.weights[path] ?? average;
        return flushTiny(where(isFirst, weight, average.mul(momentum).add(weight.mul(1 - momentum))));
      });
      const isDue = overwriteFrequency === null ? undefined : numUpdates.add(1).mod(overwriteFrequency).equal(0);
      return {
        weights: isDue === undefined ? updated.weights : choose(isDue, averages, updated.weights),
        state: { ...updated.state, [averageSlot]: averages },
      };
    },
  };
}

/** Copies of the averages in a state. */
export function averagesOf(state: OptimizerState): Tensors {
  return mapTensors(state[averageSlot] ?? {}, (average) => average.mul(1));
}
