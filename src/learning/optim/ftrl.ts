// FTRL-proximal: follow the regularized leader, for wide sparse models.

import { numberWithin } from "#engine/base/options.ts";
import { zerosLike } from "#engine/tensor/create.ts";
import { makeOptimizer, type Optimizer, type OptimizerOptions } from "./optimizer.ts";
import { flushTiny, numbersOf } from "./rule.ts";

export interface FtrlOptions extends OptimizerOptions {
  /** Power p of the sums of squares that the rate falls with, at most 0; -0.5 by default. */
  readonly learningRatePower?: number;
  /** What the sums of squares begin with; 0.1 by default. */
  readonly initialAccumulatorValue?: number;
  /** What weights must be worth to be other than 0. */
  readonly l1RegularizationStrength?: number;
  readonly l2RegularizationStrength?: number;
  /** A penalty on the size of weights, as a regularizer in the loss would be. */
  readonly l2ShrinkageRegularizationStrength?: number;
  /** The paper's β. */
  readonly beta?: number;
}

/**
 * n' = n + g²; z ← z + g + 2 shrinkage · w - (n'⁻ᵖ - n⁻ᵖ) / rate · w; w ← (clip(z, ±l1) - z) / (n'⁻ᵖ / rate + 2 l2 +
 * beta / rate). Rate 0.001. State: accumulator (n), linear (z).
 * @throws option for a learningRatePower above 0
 * @source McMahan et al. 2013, algorithm 1; Keras 3, optimizers/ftrl.py
 */
export function ftrl(options: FtrlOptions = {}): Optimizer {
  const config = checkFtrl(options);
  const power = -config.learningRatePower;
  const [l1, l2] = [config.l1RegularizationStrength, config.l2RegularizationStrength];
  const shrinkage = config.l2ShrinkageRegularizationStrength;
  return makeOptimizer({
    kind: "ftrl",
    options,
    learningRate: 0.001,
    config,
    slots: ["accumulator", "linear"],
    initial: { accumulator: config.initialAccumulatorValue },
    scalars: (learningRate) => ({
      learningRate,
      rest: learningRate
        .pow(-1)
        .mul(config.beta)
        .add(2 * l2),
    }),
    step: (weight, gradient, slots, { learningRate, rest }) => {
      const { accumulator: before = zerosLike(weight), linear: z = zerosLike(weight) } = slots;
      const accumulator = flushTiny(before.add(gradient.square()));
      const grown = accumulator.pow(power);
      const change = grown.sub(before.pow(power)).div(learningRate).mul(weight);
      const slope = shrinkage === 0 ? gradient : gradient.add(weight.mul(2 * shrinkage));
      const linear = flushTiny(z.add(slope.sub(change)));
      return {
        weight: linear.clip(-l1, l1).sub(linear).div(grown.div(learningRate).add(rest)),
        slots: { accumulator, linear },
      };
    },
  });
}

function checkFtrl(options: FtrlOptions): Required<Omit<FtrlOptions, keyof OptimizerOptions>> {
  const read = numbersOf("ftrl", options);
  const least = Number.NEGATIVE_INFINITY;
  return {
    learningRatePower: numberWithin("ftrl", "learningRatePower", options.learningRatePower ?? -0.5, least, 0),
    initialAccumulatorValue: read("initialAccumulatorValue", 0.1),
    l1RegularizationStrength: read("l1RegularizationStrength", 0),
    l2RegularizationStrength: read("l2RegularizationStrength", 0),
    l2ShrinkageRegularizationStrength: read("l2ShrinkageRegularizationStrength", 0),
    beta: read("beta", 0),
  };
}
