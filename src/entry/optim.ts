// The door sinter/optim: optimizers and learning-rate schedules.

export type { AdamOptions } from "#learning/optim/adam.ts";
export type { ClipOptions } from "#learning/optim/clip.ts";
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
export { schedules, type ScheduleName } from "#learning/optim/schedules.ts";
export type { SgdOptions } from "#learning/optim/sgd.ts";
