// Adafactor: the mean of squares of a matrix kept as its rows' and columns' means alone.

import { numberWithin } from "#engine/base/options.ts";
import { zeros } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { makeOptimizer, type Optimizer, type OptimizerOptions, type Tensors } from "./optimizer.ts";
import { numbersOf } from "./rule.ts";

export interface AdafactorOptions extends OptimizerOptions {
  /** Power of the step that the decay of the means falls with; -0.8 by default. */
  readonly beta2Decay?: number;
  /** Added to squares; 1e-30 by default. */
  readonly epsilon1?: number;
  /** The least size of a weight that its steps are measured by; 0.001 by default. */
  readonly epsilon2?: number;
  /** The largest root mean square of a step, in units of the rate; 1 by default. */
  readonly clipThreshold?: number;
  /** Whether the rate is at most 1 / √t. In Keras 3.15 it is in any case: both give the same numbers. */
  readonly relativeStep?: boolean;
}

/**
 * b = 1 - t^beta2Decay; the means of g² + epsilon1 along the last axis, r ← b r + (1 - b) mean, and along the one before, c;
 * v = r c / mean r; u = g / √v; w ← w - max(epsilon2, rms w) · min(rate, 1/√t) · u / max(1, rms u / clipThreshold). A weight of
 * one axis has v ← b v + (1 - b)(g² + epsilon1). Rate 0.001. State: row, column, or velocity.
 * A step of 0 is taken where the gradient is 0, also where v underflows: Keras gives NaN there.
 * @source Shazeer and Stern 2018, algorithms 4 and 5; Keras 3, optimizers/adafactor.py
 */
export function adafactor(options: AdafactorOptions = {}): Optimizer {
  const read = numbersOf("adafactor", options);
  const beta2Decay = numberWithin("adafactor", "beta2Decay", options.beta2Decay ?? -0.8);
  const [epsilon1, epsilon2] = [read("epsilon1", 1e-30), read("epsilon2", 1e-3)];
  const clipThreshold = read("clipThreshold", 1);
  const { relativeStep = true } = options;
  return makeOptimizer({
    kind: "adafactor",
    options,
    learningRate: 0.001,
    config: { beta2Decay, epsilon1, epsilon2, clipThreshold, relativeStep },
    slots: ["row", "column", "velocity"],
    initial: {
      row: ({ shape }) => (shape.length < 2 ? undefined : zeros(shape.slice(0, -1))),
      column: ({ shape }) => (shape.length < 2 ? undefined : zeros([...shape.slice(0, -2), shape.at(-1) ?? 1])),
      velocity: ({ shape }) => (shape.length < 2 ? zeros(shape) : undefined),
    },
    scalars: (learningRate, step) => {
      const time = step.add(1).cast("f32");
      return { rate: learningRate.minimum(time.pow(-0.5)), fresh: time.pow(beta2Decay) };
    },
    step: (weight, gradient, slots, { rate, fresh }) => {
      const { velocity, moved } = meanSquares(gradient.square().add(epsilon1), slots, fresh);
      const unit = where(gradient.equal(0), 0, gradient.div(velocity.sqrt()));
      const length = rate.mul(rms(weight).maximum(epsilon2));
      const change = unit.mul(length.div(rms(unit).div(clipThreshold).maximum(1)));
      return { weight: weight.sub(change), slots: moved };
    },
  });
}

/** The mean of squares now, and what is kept of it. @param fresh share of this step's squares */
function meanSquares(squares: Tensor, slots: Tensors, fresh: Tensor): { velocity: Tensor; moved: Tensors } {
  // Never below epsilon1, so that none is flushed to 0.
  const average = (before: Tensor | undefined, now: Tensor): Tensor =>
    before === undefined ? now : before.mul(fresh.neg().add(1)).add(now.mul(fresh));
  if (squares.rank < 2) {
    const velocity = average(slots["velocity"], squares);
    return { velocity, moved: { velocity } };
  }
  const row = average(slots["row"], squares.mean(-1));
  const column = average(slots["column"], squares.mean(-2));
  const share = row.div(row.mean(-1, { keepDims: true }));
  return { velocity: share.expandDims(-1).mul(column.expandDims(-2)), moved: { row, column } };
}

function rms(x: Tensor): Tensor {
  return x.square().mean().sqrt();
}
