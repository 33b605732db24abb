// Stochastic gradient descent with momentum.

import { makeOptimizer, type Optimizer, type OptimizerOptions } from "./optimizer.ts";
import { flushTiny, numbersOf } from "./rule.ts";

export interface SgdOptions extends OptimizerOptions {
  readonly momentum?: number;
  readonly nesterov?: boolean;
}

/**
 * w ← w - rate · g, or with momentum m ← momentum · m - rate · g; w ← w + m (Nesterov: w + momentum · m - rate · g).
 * Rate 0.01. State: momentum, where it is not 0.
 * @source Keras 3, optimizers/sgd.py
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const momentum = numbersOf("sgd", options)("momentum", 0, 1);
  const { nesterov = false } = options;
  return makeOptimizer({
    kind: "sgd",
    options,
    learningRate: 0.01,
    config: { momentum, nesterov },
    slots: momentum === 0 ? [] : ["momentum"],
    scalars: (learningRate) => ({ learningRate }),
    step: (weight, gradient, slots, { learningRate }) => {
      const change = gradient.mul(learningRate);
      const before = slots["momentum"];
      if (before === undefined) return { weight: weight.sub(change), slots };
      const moved = flushTiny(before.mul(momentum).sub(change));
      return { weight: weight.add(nesterov ? moved.mul(momentum).sub(change) : moved), slots: { momentum: moved } };
    },
  });
}
