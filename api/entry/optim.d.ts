export type { AdamOptions } from "../learning/optim/adam.js";
export type { ClipOptions } from "../learning/optim/clip.js";
export {
  makeOptimizer,
  type Optimizer,
  type OptimizerConfig,
  type OptimizerOptions,
  type OptimizerRule,
  type OptimizerState,
  type Tensors,
  type WeightStep,
} from "../learning/optim/optimizer.js";
export { optimizers, type OptimizerName } from "../learning/optim/optimizers.js";
export type { RmspropOptions } from "../learning/optim/rmsprop.js";
export {
  schedules,
  type CosineDecayOptions,
  type ExponentialDecayOptions,
  type Schedule,
} from "../learning/optim/schedules.js";
export type { SgdOptions } from "../learning/optim/sgd.js";
