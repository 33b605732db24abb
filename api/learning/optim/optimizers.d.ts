import { adadelta } from "./adadelta.js";
import { adafactor } from "./adafactor.js";
import { adagrad } from "./adagrad.js";
import { adam, adamw } from "./adam.js";
import { adamax } from "./adamax.js";
import { ftrl } from "./ftrl.js";
import { lamb } from "./lamb.js";
import { lion } from "./lion.js";
import { lookahead } from "./lookahead.js";
import { multiOptimizer } from "./multi-optimizer.js";
import { muon } from "./muon.js";
import { nadam } from "./nadam.js";
import type { Optimizer, OptimizerConfig, OptimizerOptions } from "./optimizer.js";
import { rmsprop } from "./rmsprop.js";
import { scheduleFreeAdamw } from "./schedule-free-adamw.js";
import { sgd } from "./sgd.js";
export declare const optimizerNames: readonly [
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
];
export type OptimizerName = (typeof optimizerNames)[number];
export declare const optimizers: {
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
};
export declare function optimizerByName(name: string, options?: OptimizerOptions): Optimizer;
export declare function optimizerFromConfig({ kind, options }: OptimizerConfig): Optimizer;
export declare function withLearningRate({ kind, options }: OptimizerConfig, learningRate: number): OptimizerConfig;
