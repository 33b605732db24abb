// Lion: steps by the sign of a mean of gradients.

import { SinterError } from "#engine/base/error.ts";
import { zerosLike } from "#engine/tensor/create.ts";
import { makeOptimizer, type Optimizer, type OptimizerOptions } from "./optimizer.ts";
import { flushTiny, numbersOf } from "./rule.ts";

export interface LionOptions extends OptimizerOptions {
  /** Share of the mean in what the sign is taken of; 0.9 by default, above 0. */
  readonly beta1?: number;
  /** Decay of the mean of gradients; 0.99 by default. */
  readonly beta2?: number;
}

/**
 * w ← w - rate · sign(beta1 m + (1 - beta1) g); m ← beta2 m + (1 - beta2) g. Rate 0.001. State: momentum.
 * @throws option for a beta1 of 0
 * @source Chen et al. 2023, algorithm 2; Keras 3, optimizers/lion.py
 */
export function lion(options: LionOptions = {}): Optimizer {
  const read = numbersOf("lion", options);
  const [beta1, beta2] = [read("beta1", 0.9, 1), read("beta2", 0.99, 1)];
  if (beta1 === 0) throw new SinterError("option", "lion: beta1 is 0. Give a number above 0 and up to 1.", { beta1 });
  return makeOptimizer({
    kind: "lion",
    options,
    learningRate: 0.001,
    config: { beta1, beta2 },
    slots: ["momentum"],
    scalars: (learningRate) => ({ learningRate }),
    step: (weight, gradient, { momentum: m = zerosLike(weight) }, { learningRate }) => {
      const direction = m.mul(beta1).add(gradient.mul(1 - beta1));
      return {
        weight: weight.sub(direction.sign().mul(learningRate)),
        slots: { momentum: flushTiny(m.mul(beta2).add(gradient.mul(1 - beta2))) },
      };
    },
  });
}
