// The door sinter/nn: layers, what their weights start from and what keeps them small.

export type { Activation, ActivationName } from "#learning/nn/activations.ts";
export { constraints, type Constraint, type ConstraintName } from "#learning/nn/constraints.ts";
export { initializers, type Initializer, type InitializerName } from "#learning/nn/initializers.ts";
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
} from "#learning/nn/layer.ts";
export { layers, type LayerMaker } from "#learning/nn/layers.ts";
export type { NetworkResult } from "#learning/nn/network.ts";
export { regularizers, type Regularizer, type RegularizerName } from "#learning/nn/regularizers.ts";
