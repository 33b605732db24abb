// Schedule-free AdamW: a mean of the weights so far in place of a schedule.

import { SinterError } from "#engine/base/error.ts";
import { integer } from "#engine/base/options.ts";
import { full, zerosLike } from "#engine/tensor/create.ts";
import type { AdamOptions } from "./adam.ts";
import { makeOptimizer, type Optimizer } from "./optimizer.ts";
import { flushTiny, numbersOf } from "./rule.ts";

/** Adam's without amsgrad; epsilon 1e-8 by default, beta1 above 0. */
export interface ScheduleFreeAdamwOptions extends Omit<AdamOptions, "amsgrad"> {
  /** Steps over which the rate rises to its whole size. */
  readonly warmupSteps?: number;
}

/**
 * v as Adam's; z ← z - rate · g / (√(v / (1 - beta2ᵗ)) + epsilon); with x the mean of all z so far: w ← (1 - beta1) z + beta1 x.
 * x is not kept but computed of w and z before the step; Keras on TensorFlow takes z after it. Rate 0.0025. State: momentum (z, at first
 * the weight), velocity.
 * @throws option for a beta1 of 0
 * @source Defazio et al. 2024, The road less scheduled; Keras 3, optimizers/schedule_free_adamw.py
 */
export function scheduleFreeAdamw(options: ScheduleFreeAdamwOptions = {}): Optimizer {
  const kind = "scheduleFreeAdamw";
  const read = numbersOf(kind, options);
  const [beta1, beta2] = [read("beta1", 0.9, 1), read("beta2", 0.999, 1)];
  const epsilon = read("epsilon", 1e-8);
  const warmupSteps = integer(kind, "warmupSteps", options.warmupSteps ?? 0, 0);
  if (beta1 === 0)
    throw new SinterError("option", `${kind}: beta1 is 0. Give a number above 0 and up to 1.`, { beta1 });
  return makeOptimizer({
    kind,
    options,
    learningRate: 0.0025,
    config: { beta1, beta2, epsilon, warmupSteps },
    slots: ["momentum", "velocity"],
    // A copy: a step takes over the memory of the weights and of the state.
    initial: { momentum: (weight) => weight.mul(1) },
    scalars: (learningRate, step) => {
      const time = step.add(1).cast("f32");
      const rate = warmupSteps === 0 ? learningRate : learningRate.mul(time.div(warmupSteps).minimum(1));
      return { rate, share: time.pow(-1), correction: full([], beta2).pow(time).neg().add(1) };
    },
    step: (weight, gradient, slots, { rate, share, correction }) => {
      const { momentum: before = weight, velocity: v = zerosLike(weight) } = slots;
      const change = gradient.square().sub(v);
      const velocity = flushTiny(v.add(change.mul(1 - beta2)));
      const scale = velocity.div(correction).sqrt().add(epsilon);
      const momentum = flushTiny(before.sub(gradient.mul(rate).div(scale)));
      const meanBefore = weight.sub(before.mul(1 - beta1)).div(beta1);
      const mean = meanBefore.mul(share.neg().add(1)).add(momentum.mul(share));
      return { weight: momentum.mul(1 - beta1).add(mean.mul(beta1)), slots: { momentum, velocity } };
    },
  });
}
