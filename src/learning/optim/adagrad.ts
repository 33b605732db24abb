// Adagrad.

import { zerosLike } from "#engine/tensor/create.ts";
import { makeOptimizer, type Optimizer, type OptimizerOptions } from "./optimizer.ts";
import { flushTiny, numbersOf } from "./rule.ts";

export interface AdagradOptions extends OptimizerOptions {
  /** What the sums of squares begin with; 0.1 by default. */
  readonly initialAccumulatorValue?: number;
  readonly epsilon?: number;
}

/**
 * a ← a + g²; w ← w - rate · g / √(a + epsilon). Rate 0.001. State: accumulator.
 * @source Duchi, Hazan and Singer 2011, section 1.1; Keras 3, optimizers/adagrad.py
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  const read = numbersOf("adagrad", options);
  const initialAccumulatorValue = read("initialAccumulatorValue", 0.1);
  const epsilon = read("epsilon", 1e-7);
  return makeOptimizer({
    kind: "adagrad",
    options,
    learningRate: 0.001,
    config: { initialAccumulatorValue, epsilon },
    slots: ["accumulator"],
    initial: { accumulator: initialAccumulatorValue },
    scalars: (learningRate) => ({ learningRate }),
    step: (weight, gradient, { accumulator: before = zerosLike(weight) }, { learningRate }) => {
      const accumulator = flushTiny(before.add(gradient.square()));
      const change = gradient.mul(learningRate).div(accumulator.add(epsilon).sqrt());
      return { weight: weight.sub(change), slots: { accumulator } };
    },
  });
}
