// Gradient accumulation: an optimizer that steps with the mean gradient of several batches. Its sums are part of the state.

import { zerosLike } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import { choose, flushTiny, mapTensors, type UpdateRule } from "./rule.ts";

const slot = "gradientAccumulator";

/**
 * The rule, stepped at every `numSteps`-th call with the mean of the gradients since the last. It sees the number of its own
 * steps, as Keras's optimizers; a schedule sees every batch.
 * @source Keras 3, optimizers/base_optimizer.py, gradient_accumulation_steps
 */
export function accumulate(rule: UpdateRule, numSteps: number): UpdateRule {
  return {
    initialState: (weights) => ({ ...rule.initialState(weights), [slot]: mapTensors(weights, zerosLike) }),
    update: (weights, gradients, { [slot]: before = {}, ...state }, learningRate, step) => {
      const sums = mapTensors(before, (sum, path) => {
        const gradient = gradients[path];
        return gradient === undefined ? sum : flushTiny(sum.add(gradient));
      });
      const means = mapTensors(sums, (sum) => sum.div(numSteps));
      const isDue = step.add(1).mod(numSteps).equal(0);
      const updated = rule.update(weights, means, state, learningRate, step.floorDiv(numSteps));
      return {
        weights: choose(isDue, updated.weights, weights),
        state: {
          ...Object.fromEntries(
            Object.entries(state).map(([name, olds]) => [name, choose(isDue, updated.state[name] ?? {}, olds)]),
          ),
          [slot]: mapTensors(sums, (sum) => where(isDue, 0, sum)),
        },
      };
    },
  };
}
