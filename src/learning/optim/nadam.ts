// Nadam: Adam with Nesterov's look ahead.

import { full, ones, zerosLike } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { AdamOptions } from "./adam.ts";
import { makeOptimizer, type Optimizer } from "./optimizer.ts";
import { flushTiny, numbersOf } from "./rule.ts";

/** Adam's without amsgrad. */
export type NadamOptions = Omit<AdamOptions, "amsgrad">;

/**
 * m and v as Adam's; uₜ = beta1 (1 - 0.96ᵗ / 2); w ← w - rate (uₜ₊₁ m / (1 - u₁⋯uₜ₊₁) + (1 - uₜ) g / (1 - u₁⋯uₜ)) /
 * (√(v / (1 - beta2ᵗ)) + epsilon). Rate 0.001. State: momentum, velocity, the product u₁⋯uₜ.
 * @source Dozat 2016, algorithm 2; Keras 3, optimizers/nadam.py
 */
export function nadam(options: NadamOptions = {}): Optimizer {
  const read = numbersOf("nadam", options);
  const [beta1, beta2] = [read("beta1", 0.9, 1), read("beta2", 0.999, 1)];
  const epsilon = read("epsilon", 1e-7);
  const share = (time: Tensor): Tensor => full([], 0.96).pow(time).mul(-0.5).add(1).mul(beta1);
  return makeOptimizer({
    kind: "nadam",
    options,
    learningRate: 0.001,
    config: { beta1, beta2, epsilon },
    slots: ["momentum", "velocity"],
    kept: { product: 1 },
    scalars: (learningRate, step, { product: before = ones([]) }) => {
      const time = step.add(1).cast("f32");
      const [now, next] = [share(time), share(time.add(1))];
      const product = before.mul(now);
      return {
        product,
        ofMomentum: next.mul(learningRate).div(product.mul(next).neg().add(1)),
        ofGradient: now.neg().add(1).mul(learningRate).div(product.neg().add(1)),
        correction: full([], beta2).pow(time).neg().add(1),
      };
    },
    step: (weight, gradient, slots, { ofMomentum, ofGradient, correction }) => {
      const { momentum: m = zerosLike(weight), velocity: v = zerosLike(weight) } = slots;
      const momentum = flushTiny(m.add(gradient.sub(m).mul(1 - beta1)));
      const change = gradient.square().sub(v);
      const velocity = flushTiny(v.add(change.mul(1 - beta2)));
      const ahead = momentum.mul(ofMomentum).add(gradient.mul(ofGradient));
      return {
        weight: weight.sub(ahead.div(velocity.div(correction).sqrt().add(epsilon))),
        slots: { momentum, velocity },
      };
    },
  });
}
