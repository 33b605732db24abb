export type { Activation, ActivationName } from "../learning/nn/activations.js";
export { initializers, type Initializer, type InitializerName } from "../learning/nn/initializers.js";
export {
  makeLayer,
  type CallContext,
  type Layer,
  type LayerConfig,
  type LayerOptions,
  type LayerParts,
  type LayerResult,
  type Logits,
  type SampleType,
  type SymbolicTensor,
  type Weights,
  type WeightSpec,
} from "../learning/nn/layer.js";
export { layers, type LayerMaker } from "../learning/nn/layers.js";
export { regularizers, type Regularizer, type RegularizerName } from "../learning/nn/regularizers.js";
