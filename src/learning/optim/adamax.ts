// Adamax: Adam with the largest gradient of late in place of the mean of squares.

import { full, zerosLike } from "#engine/tensor/create.ts";
import type { AdamOptions } from "./adam.ts";
import { makeOptimizer, type Optimizer } from "./optimizer.ts";
import { flushTiny, numbersOf } from "./rule.ts";

/** Adam's without amsgrad; beta2 is the decay of the largest gradient. */
export type AdamaxOptions = Omit<AdamOptions, "amsgrad">;

/**
 * m as Adam's; u ← max(beta2 u, |g|); w ← w - rate · m / ((1 - beta1ᵗ) (u + epsilon)). Rate 0.001. State: momentum, norm.
 * @source Kingma and Ba 2015, section 7.1; Keras 3, optimizers/adamax.py
 */
export function adamax(options: AdamaxOptions = {}): Optimizer {
  const read = numbersOf("adamax", options);
  const [beta1, beta2] = [read("beta1", 0.9, 1), read("beta2", 0.999, 1)];
  const epsilon = read("epsilon", 1e-7);
  return makeOptimizer({
    kind: "adamax",
    options,
    learningRate: 0.001,
    config: { beta1, beta2, epsilon },
    slots: ["momentum", "norm"],
    scalars: (learningRate, step) => {
      const correction = full([], beta1).pow(step.add(1).cast("f32")).neg().add(1);
      return { alpha: learningRate.div(correction) };
    },
    step: (weight, gradient, slots, { alpha }) => {
      const { momentum: m = zerosLike(weight), norm: u = zerosLike(weight) } = slots;
      const momentum = flushTiny(m.add(gradient.sub(m).mul(1 - beta1)));
      const norm = flushTiny(u.mul(beta2).maximum(gradient.abs()));
      return { weight: weight.sub(momentum.mul(alpha).div(norm.add(epsilon))), slots: { momentum, norm } };
    },
  });
}
