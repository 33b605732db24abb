// The closed list of optimizers: what `optimizers.` offers, what `compile` takes by name, what the laws run over.

import { choice } from "#engine/base/options.ts";
import { adagrad } from "./adagrad.ts";
import { adam, adamw } from "./adam.ts";
import { lion } from "./lion.ts";
import { nadam } from "./nadam.ts";
import type { Optimizer, OptimizerConfig, OptimizerOptions } from "./optimizer.ts";
import { rmsprop } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";

export const optimizerNames = ["sgd", "adam", "adamw", "nadam", "rmsprop", "adagrad", "lion"] as const;

export type OptimizerName = (typeof optimizerNames)[number];

/** Keras's optimizers by name: `optimizers.sgd({ learningRate: 0.01, momentum: 0.9 })`. */
export const optimizers: {
  readonly sgd: typeof sgd;
  readonly adam: typeof adam;
  readonly adamw: typeof adamw;
  readonly nadam: typeof nadam;
  readonly rmsprop: typeof rmsprop;
  readonly adagrad: typeof adagrad;
  readonly lion: typeof lion;
} = { sgd, adam, adamw, nadam, rmsprop, adagrad, lion };

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
