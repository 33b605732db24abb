// Lookahead: an optimizer whose weights are drawn back, every few steps, towards slow ones that follow them.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer, numberWithin, type ConfigValue } from "#engine/base/options.ts";
import { adam } from "./adam.ts";
import type { Optimizer, OptimizerOptions } from "./optimizer.ts";
import { choose, flushTiny, mapTensors } from "./rule.ts";

export interface LookaheadOptions {
  /** What steps the weights; Adam by default. Averages, clipping and accumulation are its own. */
  readonly optimizer?: Optimizer;
  /** Of Adam, where no optimizer is given. */
  readonly learningRate?: NonNullable<OptimizerOptions["learningRate"]>;
  /** Updates between two returns; 6 by default. */
  readonly syncPeriod?: number;
  /** Share of the way that the slow weights go towards the fast ones; 0.5 by default. */
  readonly slowStepSize?: number;
}

const slot = "slow";

/**
 * Every `syncPeriod` updates slow ← slow + slowStepSize · (w - slow); w ← slow, at first the weights. State: that of the optimizer,
 * and slow.
 * @throws option for a learningRate beside an optimizer
 * @source Zhang et al. 2019, Lookahead optimizer: k steps forward, 1 step back, algorithm 1
 * @example
 * const optimizer = optimizers.lookahead({ optimizer: optimizers.sgd({ learningRate: 0.1 }), syncPeriod: 5 });
 */
export function lookahead(options: LookaheadOptions = {}): Optimizer {
  const kind = "lookahead";
  checkOptions(kind, options, ["optimizer", "learningRate", "syncPeriod", "slowStepSize"]);
  const { learningRate } = options;
  if (options.optimizer !== undefined && learningRate !== undefined) {
    throw new SinterError("option", `${kind}: learningRate stands beside an optimizer. Give it to the optimizer.`);
  }
  const inner = options.optimizer ?? adam(learningRate === undefined ? {} : { learningRate });
  const syncPeriod = integer(kind, "syncPeriod", options.syncPeriod ?? 6);
  const slowStepSize = numberWithin(kind, "slowStepSize", options.slowStepSize ?? 0.5, 0, 1);
  const numCalls = syncPeriod * batchesOf(inner);
  return {
    ...inner,
    config: { kind, options: { optimizer: { ...inner.config }, syncPeriod, slowStepSize } },
    // Copies: a step takes over the memory of the weights and of the state.
    initialState: (weights) => ({ ...inner.initialState(weights), [slot]: mapTensors(weights, (one) => one.mul(1)) }),
    update: (weights, gradients, { [slot]: before = {}, ...state }, rate, step) => {
      const updated = inner.update(weights, gradients, state, rate, step);
      const isDue = step.add(1).mod(numCalls).equal(0);
      const moved = mapTensors(before, (slow, path) =>
        flushTiny(slow.add((updated.weights[path] ?? slow).sub(slow).mul(slowStepSize))),
      );
      return {
        weights: choose(isDue, moved, updated.weights),
        state: { ...updated.state, [slot]: choose(isDue, moved, before) },
      };
    },
  };
}

/** Batches that one update of an optimizer takes. */
function batchesOf({ config }: Optimizer): number {
  const steps: ConfigValue = config.options["gradientAccumulationSteps"];
  return typeof steps === "number" ? steps : 1;
}
