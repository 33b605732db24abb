// The closed list of optimizers: what `optimizers.` offers, what `compile` takes by name, what the laws run over.

import { SinterError } from "#engine/base/error.ts";
import { choice, type ConfigValue } from "#engine/base/options.ts";
import { adadelta } from "./adadelta.ts";
import { adafactor } from "./adafactor.ts";
import { adagrad } from "./adagrad.ts";
import { adam, adamw } from "./adam.ts";
import { adamax } from "./adamax.ts";
import { ftrl } from "./ftrl.ts";
import { lamb } from "./lamb.ts";
import { lion } from "./lion.ts";
import { lookahead } from "./lookahead.ts";
import { multiOptimizer } from "./multi-optimizer.ts";
import { muon } from "./muon.ts";
import { nadam } from "./nadam.ts";
import type { Optimizer, OptimizerConfig, OptimizerOptions } from "./optimizer.ts";
import { rmsprop } from "./rmsprop.ts";
import { scheduleFreeAdamw } from "./schedule-free-adamw.ts";
import { sgd } from "./sgd.ts";

export const optimizerNames = [
  "sgd",
  "adam",
  "adamw",
  "nadam",
  "rmsprop",
  "adagrad",
  "lion",
  "adadelta",
  "adamax",
  "ftrl",
  "lamb",
  "adafactor",
  "muon",
  "scheduleFreeAdamw",
  "lookahead",
  "multiOptimizer",
] as const;

export type OptimizerName = (typeof optimizerNames)[number];

/** Keras's optimizers by name: `optimizers.sgd({ learningRate: 0.01, momentum: 0.9 })`; and lookahead around any of them. */
export const optimizers: {
  readonly sgd: typeof sgd;
  readonly adam: typeof adam;
  readonly adamw: typeof adamw;
  readonly nadam: typeof nadam;
  readonly rmsprop: typeof rmsprop;
  readonly adagrad: typeof adagrad;
  readonly lion: typeof lion;
  readonly adadelta: typeof adadelta;
  readonly adamax: typeof adamax;
  readonly ftrl: typeof ftrl;
  readonly lamb: typeof lamb;
  readonly adafactor: typeof adafactor;
  readonly muon: typeof muon;
  readonly scheduleFreeAdamw: typeof scheduleFreeAdamw;
  readonly lookahead: typeof lookahead;
  readonly multiOptimizer: typeof multiOptimizer;
} = {
  sgd,
  adam,
  adamw,
  nadam,
  rmsprop,
  adagrad,
  lion,
  adadelta,
  adamax,
  ftrl,
  lamb,
  adafactor,
  muon,
  scheduleFreeAdamw,
  lookahead,
  multiOptimizer,
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
  const { optimizer: inner, optimizers: others, ...rest } = options;
  if (inner === undefined && others === undefined) return optimizerByName(kind, options);
  const own: object = {
    ...rest,
    ...(inner === undefined ? {} : { optimizer: optimizerFromConfig(configOf(kind, inner)) }),
    ...(others === undefined ? {} : { optimizers: eachConfig(kind, others, optimizerFromConfig) }),
  };
  return optimizerByName(kind, own);
}

/** Every configuration of a record, made something else. @throws option */
function eachConfig<Result>(
  where: string,
  configs: ConfigValue,
  make: (config: OptimizerConfig) => Result,
): Record<string, Result> {
  const entries = typeof configs === "object" && configs !== null ? Object.entries(configs) : [];
  return Object.fromEntries(entries.map(([pattern, config]) => [pattern, make(configOf(where, config))]));
}

/** What a wrapper's configuration holds of the optimizer in it. @throws option */
function configOf(where: string, value: ConfigValue): OptimizerConfig {
  const isObject = typeof value === "object" && value !== null;
  const [kind, options] = isObject && "kind" in value && "options" in value ? [value.kind, value.options] : [];
  if (typeof kind === "string" && typeof options === "object" && options !== null && !Array.isArray(options)) {
    return { kind, options: Object.fromEntries(Object.entries(options)) };
  }
  throw new SinterError("option", `${where}: optimizer is no configuration. Give { kind, options }.`);
}

/** The configuration with another rate; of a wrapper that of the optimizer in it, the others' in proportion. */
export function withLearningRate({ kind, options }: OptimizerConfig, learningRate: number): OptimizerConfig {
  const { optimizer: inner, optimizers: others } = options;
  if (inner === undefined) return { kind, options: { ...options, learningRate } };
  const first = configOf(kind, inner);
  const plain = (config: OptimizerConfig): ConfigValue => ({ kind: config.kind, options: config.options });
  const scaled = (config: OptimizerConfig): ConfigValue =>
    plain(withLearningRate(config, (rateOf(config) / rateOf(first)) * learningRate));
  return {
    kind,
    options: {
      ...options,
      optimizer: plain(withLearningRate(first, learningRate)),
      ...(others === undefined ? {} : { optimizers: eachConfig(kind, others, scaled) }),
    },
  };
}

/** The number among a configuration's options that is its rate; of a wrapper that of the optimizer in it. */
function rateOf({ kind, options }: OptimizerConfig): number {
  const { optimizer: inner, learningRate } = options;
  if (inner !== undefined) return rateOf(configOf(kind, inner));
  return typeof learningRate === "number" ? learningRate : Number.NaN;
}
