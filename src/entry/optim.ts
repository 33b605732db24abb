// The door sinter/optim: optimizers and learning-rate schedules.

export type { AdamOptions } from "#learning/optim/adam.ts";
export type { ClipOptions } from "#learning/optim/clip.ts";
export {
  makeOptimizer,
  type Optimizer,
  type OptimizerConfig,
  type OptimizerOptions,
  type OptimizerRule,
  type OptimizerState,
  type Tensors,
  type WeightStep,
} from "#learning/optim/optimizer.ts";
export { optimizers, type OptimizerName } from "#learning/optim/optimizers.ts";
export type { RmspropOptions } from "#learning/optim/rmsprop.ts";
export {
  schedules,
  type CosineDecayOptions,
  type ExponentialDecayOptions,
  type Schedule,
} from "#learning/optim/schedules.ts";
export type { SgdOptions } from "#learning/optim/sgd.ts";
