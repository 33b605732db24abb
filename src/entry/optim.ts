// The door sinter/optim: optimizers and learning-rate schedules.

export type { AdadeltaOptions } from "#learning/optim/adadelta.ts";
export type { AdafactorOptions } from "#learning/optim/adafactor.ts";
export type { AdamOptions } from "#learning/optim/adam.ts";
export type { ClipOptions } from "#learning/optim/clip.ts";
export type { FtrlOptions } from "#learning/optim/ftrl.ts";
export type { LookaheadOptions } from "#learning/optim/lookahead.ts";
export type { MuonOptions } from "#learning/optim/muon.ts";
export {
  makeOptimizer,
  type Optimizer,
  type OptimizerConfig,
  type OptimizerOptions,
  type OptimizerState,
  type Tensors,
} from "#learning/optim/optimizer.ts";
export { optimizers, type OptimizerName } from "#learning/optim/optimizers.ts";
export type { RmspropOptions } from "#learning/optim/rmsprop.ts";
export type { OptimizerRule, WeightStep } from "#learning/optim/rule.ts";
export type {
  CosineDecayOptions,
  CosineDecayRestartsOptions,
  ExponentialDecayOptions,
  LinearWarmupOptions,
  OneCycleOptions,
  PiecewiseConstantDecayOptions,
  PolynomialDecayOptions,
  Schedule,
} from "#learning/optim/schedule-options.ts";
export type { ScheduleFreeAdamwOptions } from "#learning/optim/schedule-free-adamw.ts";
export { schedules, type ScheduleName } from "#learning/optim/schedules.ts";
export type { SgdOptions } from "#learning/optim/sgd.ts";
