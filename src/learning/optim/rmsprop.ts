// RMSprop.

import { zerosLike } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { makeOptimizer, type Optimizer, type OptimizerOptions } from "./optimizer.ts";
import { flushTiny, numbersOf } from "./rule.ts";

export interface RmspropOptions extends OptimizerOptions {
  /** Decay of the mean of squares. */
  readonly rho?: number;
  readonly momentum?: number;
  readonly epsilon?: number;
  /** Whether the variance is used instead of the mean of squares. */
  readonly centered?: boolean;
}

/**
 * v ← rho v + (1 - rho) g²; w ← w - rate · g / √(v + epsilon); centered: v - mean² in its place; with momentum the
 * increment is added to a decaying sum. Rate 0.001. State: velocity, momentum where > 0, averageGradient when centered.
 * @source Hinton, Neural networks for machine learning, lecture 6e; Keras 3, optimizers/rmsprop.py
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const read = numbersOf("rmsprop", options);
  const [rho, momentum] = [read("rho", 0.9, 1), read("momentum", 0, 1)];
  const epsilon = read("epsilon", 1e-7);
  const { centered = false } = options;
  const average = (before: Tensor, now: Tensor): Tensor => flushTiny(before.mul(rho).add(now.mul(1 - rho)));
  return makeOptimizer({
    kind: "rmsprop",
    options,
    learningRate: 0.001,
    config: { rho, momentum, epsilon, centered },
    slots: ["velocity", ...(momentum > 0 ? ["momentum"] : []), ...(centered ? ["averageGradient"] : [])],
    scalars: (learningRate) => ({ learningRate }),
    step: (weight, gradient, slots, { learningRate }) => {
      const { velocity: v = zerosLike(weight), averageGradient: a = zerosLike(weight) } = slots;
      const velocity = average(v, gradient.square());
      const averageGradient = average(a, gradient);
      const variance = centered ? velocity.sub(averageGradient.square()) : velocity;
      const increment = gradient.mul(learningRate).div(variance.add(epsilon).sqrt());
      const kept = centered ? { velocity, averageGradient } : { velocity };
      const sum = slots["momentum"];
      if (sum === undefined) return { weight: weight.sub(increment), slots: kept };
      const moved = flushTiny(sum.mul(momentum).add(increment));
      return { weight: weight.sub(moved), slots: { ...kept, momentum: moved } };
    },
  });
}
