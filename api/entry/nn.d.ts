export type { Activation, ActivationName } from "../learning/nn/activations.js";
export { constraints, type Constraint, type ConstraintName } from "../learning/nn/constraints.js";
export { initializers, type Initializer, type InitializerName } from "../learning/nn/initializers.js";
export {
  makeLayer,
  type CallContext,
  type Layer,
  type LayerConfig,
  type LayerOptions,
  type LayerParts,
  type LayerResult,
  type Masks,
  type Logits,
  type SampleType,
  type ShortFloat,
  type SymbolicTensor,
  type Weights,
  type WeightSpec,
} from "../learning/nn/layer.js";
export { layers, type LayerMaker } from "../learning/nn/layers.js";
export type { NetworkResult } from "../learning/nn/network.js";
export { regularizers, type Regularizer, type RegularizerName } from "../learning/nn/regularizers.js";
