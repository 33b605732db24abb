// Adadelta: steps scaled by the sizes of earlier steps.

import { zerosLike } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { makeOptimizer, type Optimizer, type OptimizerOptions } from "./optimizer.ts";
import { flushTiny, numbersOf } from "./rule.ts";

export interface AdadeltaOptions extends OptimizerOptions {
  /** Decay of both means of squares; 0.95 by default. */
  readonly rho?: number;
  readonly epsilon?: number;
}

/**
 * v ← rho v + (1 - rho) g²; d = g √(u + epsilon) / √(v + epsilon); u ← rho u + (1 - rho) d²; w ← w - rate · d. Rate 0.001,
 * the paper's is 1. State: accumulatedGradient (v), accumulatedDelta (u).
 * @source Zeiler 2012, algorithm 1; Keras 3, optimizers/adadelta.py
 */
export function adadelta(options: AdadeltaOptions = {}): Optimizer {
  const read = numbersOf("adadelta", options);
  const rho = read("rho", 0.95, 1);
  const epsilon = read("epsilon", 1e-7);
  const average = (before: Tensor, now: Tensor): Tensor => flushTiny(before.mul(rho).add(now.square().mul(1 - rho)));
  return makeOptimizer({
    kind: "adadelta",
    options,
    learningRate: 0.001,
    config: { rho, epsilon },
    slots: ["accumulatedGradient", "accumulatedDelta"],
    scalars: (learningRate) => ({ learningRate }),
    step: (weight, gradient, slots, { learningRate }) => {
      const { accumulatedGradient: v = zerosLike(weight), accumulatedDelta: u = zerosLike(weight) } = slots;
      const accumulatedGradient = average(v, gradient);
      const delta = gradient.mul(u.add(epsilon).sqrt()).div(accumulatedGradient.add(epsilon).sqrt());
      return {
        weight: weight.sub(delta.mul(learningRate)),
        slots: { accumulatedGradient, accumulatedDelta: average(u, delta) },
      };
    },
  });
}
