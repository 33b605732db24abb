// Adam.

import { numberWithin } from "#engine/base/options.ts";
import { full, zerosLike } from "#engine/tensor/create.ts";
import { flushTiny, makeOptimizer, type Optimizer, type OptimizerOptions } from "./optimizer.ts";

export interface AdamOptions extends OptimizerOptions {
  /** Decay of the mean of gradients. */
  readonly beta1?: number;
  /** Decay of the mean of their squares. */
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Whether the largest mean of squares so far is used. */
  readonly amsgrad?: boolean;
}

/**
 * m ← m + (g - m)(1 - beta1); v ← v + (g² - v)(1 - beta2); w ← w - α m / (√v + epsilon), where
 * α = rate √(1 - beta2ᵗ) / (1 - beta1ᵗ). Rate 0.001. State: momentum, velocity, with amsgrad velocityHat.
 * @source Kingma and Ba 2015, section 2 (the form with epsilon hat); Keras 3, optimizers/adam.py
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const beta1 = numberWithin("adam", "beta1", options.beta1 ?? 0.9, 0, 1);
  const beta2 = numberWithin("adam", "beta2", options.beta2 ?? 0.999, 0, 1);
  const epsilon = numberWithin("adam", "epsilon", options.epsilon ?? 1e-7, 0);
  const { amsgrad = false } = options;
  return makeOptimizer({
    kind: "adam",
    options,
    learningRate: 0.001,
    config: { beta1, beta2, epsilon, amsgrad },
    slots: amsgrad ? ["momentum", "velocity", "velocityHat"] : ["momentum", "velocity"],
    scalars: (learningRate, step) => {
      const time = step.add(1).cast("f32");
      const correction1 = full([], beta1).pow(time).neg().add(1);
      const correction2 = full([], beta2).pow(time).neg().add(1);
      return { alpha: learningRate.mul(correction2.sqrt()).div(correction1) };
    },
    step: (weight, gradient, slots, { alpha }) => {
      const { momentum: m = zerosLike(weight), velocity: v = zerosLike(weight) } = slots;
      const momentum = flushTiny(m.add(gradient.sub(m).mul(1 - beta1)));
      const velocity = flushTiny(
        v.add(
          gradient
            .square()
            .sub(v)
            .mul(1 - beta2),
        ),
      );
      const velocityHat = (slots["velocityHat"] ?? velocity).maximum(velocity);
      const scale = amsgrad ? velocityHat : velocity;
      return {
        weight: weight.sub(momentum.mul(alpha).div(scale.sqrt().add(epsilon))),
        slots: amsgrad ? { momentum, velocity, velocityHat } : { momentum, velocity },
      };
    },
  });
}
