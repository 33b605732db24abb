// LAMB: Adam's direction, as long for each weight as the weight itself; for large batches.

import { full, zerosLike } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { AdamOptions } from "./adam.ts";
import { makeOptimizer, type Optimizer } from "./optimizer.ts";
import { flushTiny, numbersOf } from "./rule.ts";

/** Adam's without amsgrad. */
export type LambOptions = Omit<AdamOptions, "amsgrad">;

/**
 * m and v as Adam's; d = m / (1 - beta1ᵗ) / (√(v / (1 - beta2ᵗ)) + epsilon); w ← w - rate · d · |w| / |d|, where a norm is 0
 * w - rate · d. Rate 0.001. State: momentum, velocity.
 * @source You et al. 2020, algorithm 2; Keras 3, optimizers/lamb.py
 */
export function lamb(options: LambOptions = {}): Optimizer {
  const read = numbersOf("lamb", options);
  const [beta1, beta2] = [read("beta1", 0.9, 1), read("beta2", 0.999, 1)];
  const epsilon = read("epsilon", 1e-7);
  return makeOptimizer({
    kind: "lamb",
    options,
    learningRate: 0.001,
    config: { beta1, beta2, epsilon },
    slots: ["momentum", "velocity"],
    scalars: (learningRate, step) => {
      const time = step.add(1).cast("f32");
      const correctionOf = (beta: number): Tensor => full([], beta).pow(time).neg().add(1);
      return { learningRate, correction1: correctionOf(beta1), correction2: correctionOf(beta2) };
    },
    step: (weight, gradient, slots, { learningRate, correction1, correction2 }) => {
      const { momentum: m = zerosLike(weight), velocity: v = zerosLike(weight) } = slots;
      const momentum = flushTiny(m.add(gradient.sub(m).mul(1 - beta1)));
      const change = gradient.square().sub(v);
      const velocity = flushTiny(v.add(change.mul(1 - beta2)));
      const direction = momentum.div(correction1).div(velocity.div(correction2).sqrt().add(epsilon));
      const ratio = trustRatio(weight, direction);
      return { weight: weight.sub(direction.mul(ratio.mul(learningRate))), slots: { momentum, velocity } };
    },
  });
}

/** |w| / |d|, 1 where one of them is 0. */
function trustRatio(weight: Tensor, direction: Tensor): Tensor {
  const [weightNorm, directionNorm] = [norm(weight), norm(direction)];
  const isBoth = weightNorm.greater(0).and(directionNorm.greater(0));
  return where(isBoth, weightNorm.div(where(isBoth, directionNorm, 1)), 1);
}

function norm(x: Tensor): Tensor {
  return x.square().sum().sqrt();
}
