// The closed list of optimizers: what `optimizers.` offers, what `compile` takes by name, what the laws run over.

import { choice } from "#engine/base/options.ts";
import { adam } from "./adam.ts";
import type { Optimizer, OptimizerConfig, OptimizerOptions } from "./optimizer.ts";
import { rmsprop } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";

export const optimizerNames = ["sgd", "adam", "rmsprop"] as const;

export type OptimizerName = (typeof optimizerNames)[number];

/** Keras's optimizers by name: `optimizers.sgd({ learningRate: 0.01, momentum: 0.9 })`. */
export const optimizers: { readonly sgd: typeof sgd; readonly adam: typeof adam; readonly rmsprop: typeof rmsprop } = {
  sgd,
  adam,
  rmsprop,
};

/**
 * An optimizer by its name.
 * @throws option naming the right one
 */
export function optimizerByName(name: string, options: OptimizerOptions = {}): Optimizer {
  return optimizers[choice("compile", "optimizer", name, optimizerNames)](options);
}

/** The optimizer that a configuration describes; it checks every option. @throws option */
export function optimizerFromConfig({ kind, options }: OptimizerConfig): Optimizer {
  return optimizerByName(kind, options);
}
