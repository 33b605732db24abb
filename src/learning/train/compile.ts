// compile: what a user names becomes an optimizer and objectives, checked.

import { SinterError } from "#engine/base/error.ts";
import { choice } from "#engine/base/options.ts";
import type { ShortFloat } from "#learning/nn/layer.ts";
import type { Optimizer } from "#learning/optim/optimizer.ts";
import { optimizerByName, type OptimizerName } from "#learning/optim/optimizers.ts";
import type { Schedule } from "#learning/optim/schedule-options.ts";
import type { Compiled } from "./model-core.ts";
import { objectivesFrom, type Goals } from "./objectives.ts";

/** How a model learns and what is measured; names as in Keras's `compile`. */
export interface CompileOptions extends Goals {
  /** A name, or `optimizers.adam({ … })`. "rmsprop" by default, as Keras. */
  readonly optimizer?: OptimizerName | Optimizer;
  /** Of an optimizer given by name. */
  readonly learningRate?: number | Schedule;
  /**
   * Values between layers are rounded to 16 bits and stored so, which saves memory, not time; weights, the optimizer and all
   * arithmetic stay f32. "bf16" keeps f32's range, "f16" is finer and ends at 65504.
   */
  readonly mixedPrecision?: ShortFloat | undefined;
  /**
   * Whether what is inside blocks is computed once more for the gradient, in place of being kept until then (gradient
   * checkpointing): a step of a deep model takes a part of the memory and about a third more time, and gives the same numbers.
   * Blocks are what lies between places where a single value passes; of layers in a row several form one. `layers.recompute`
   * chooses them by hand. `false` by default.
   */
  readonly recompute?: boolean | undefined;
}

const shortFloats = ["bf16", "f16"] as const;

/**
 * Options with every name looked up.
 * @param outputs names of the model's outputs; undefined while they are not known
 * @throws option naming the right one
 */
export function compiledFrom(options: CompileOptions, outputs: readonly (string | undefined)[]): Compiled {
  const { optimizer = "rmsprop", learningRate, mixedPrecision, recompute } = options;
  if (typeof optimizer !== "string" && learningRate !== undefined) {
    throw new SinterError(
      "option",
      "compile: learningRate stands beside an optimizer object. Give it to the optimizer.",
    );
  }
  return {
    optimizer:
      typeof optimizer === "string"
        ? optimizerByName(optimizer, learningRate === undefined ? {} : { learningRate })
        : optimizer,
    objectives: objectivesFrom(options, outputs),
    mixedPrecision:
      mixedPrecision === undefined ? undefined : choice("compile", "mixedPrecision", mixedPrecision, shortFloats),
    recompute: recompute === true,
  };
}
