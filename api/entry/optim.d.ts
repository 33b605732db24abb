export type { AdadeltaOptions } from "../learning/optim/adadelta.js";
export type { AdafactorOptions } from "../learning/optim/adafactor.js";
export type { AdamOptions } from "../learning/optim/adam.js";
export type { ClipOptions } from "../learning/optim/clip.js";
export type { FtrlOptions } from "../learning/optim/ftrl.js";
export type { LookaheadOptions } from "../learning/optim/lookahead.js";
export type { MuonOptions } from "../learning/optim/muon.js";
export {
  makeOptimizer,
  type Optimizer,
  type OptimizerConfig,
  type OptimizerOptions,
  type OptimizerState,
  type Tensors,
} from "../learning/optim/optimizer.js";
export { optimizers, type OptimizerName } from "../learning/optim/optimizers.js";
export type { RmspropOptions } from "../learning/optim/rmsprop.js";
export type { OptimizerRule, WeightStep } from "../learning/optim/rule.js";
export type {
  CosineDecayOptions,
  CosineDecayRestartsOptions,
  ExponentialDecayOptions,
  LinearWarmupOptions,
  OneCycleOptions,
  PiecewiseConstantDecayOptions,
  PolynomialDecayOptions,
  Schedule,
} from "../learning/optim/schedule-options.js";
export type { ScheduleFreeAdamwOptions } from "../learning/optim/schedule-free-adamw.js";
export { schedules, type ScheduleName } from "../learning/optim/schedules.js";
export type { SgdOptions } from "../learning/optim/sgd.js";
