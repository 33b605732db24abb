// Adam, and AdamW: the same with weight decay switched on.

import { SinterError } from "#engine/base/error.ts";
import { full, zerosLike } from "#engine/tensor/create.ts";
import { makeOptimizer, type Optimizer, type OptimizerOptions } from "./optimizer.ts";
import { flushTiny, numbersOf } from "./rule.ts";

/** Of Adam and its kin. */
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
  return adamOf("adam", options);
}

/**
 * Adam whose weights lose rate · weightDecay of themselves at every step; weightDecay 0.004.
 * @throws option without a weightDecay
 * @source Loshchilov and Hutter 2019, algorithm 2; Keras 3, optimizers/adamw.py
 */
export function adamw(options: AdamOptions = {}): Optimizer {
  const { weightDecay = 0.004 } = options;
  if (weightDecay === null) throw new SinterError("option", "adamw: weightDecay is null. Give a number, or use adam.");
  return adamOf("adamw", { ...options, weightDecay });
}

function adamOf(kind: string, options: AdamOptions): Optimizer {
  const read = numbersOf(kind, options);
  const [beta1, beta2] = [read("beta1", 0.9, 1), read("beta2", 0.999, 1)];
  const epsilon = read("epsilon", 1e-7);
  const { amsgrad = false } = options;
  return makeOptimizer({
    kind,
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
      const change = gradient.square().sub(v);
      const velocity = flushTiny(v.add(change.mul(1 - beta2)));
      const velocityHat = (slots["velocityHat"] ?? velocity).maximum(velocity);
      const scale = amsgrad ? velocityHat : velocity;
      return {
        weight: weight.sub(momentum.mul(alpha).div(scale.sqrt().add(epsilon))),
        slots: amsgrad ? { momentum, velocity, velocityHat } : { momentum, velocity },
      };
    },
  });
}
