import type { Tensor } from "../../engine/tensor/tensor.js";
import type { CallContext, Layer, Logits, SampleType, Weights, WeightSpec } from "./layer.js";
export interface PlacedWeight extends WeightSpec {
  readonly path: string;
}
export interface PlacedLayer {
  readonly layer: Layer;
  readonly name: string;
  readonly input: SampleType;
  readonly output: SampleType;
  readonly weights: readonly PlacedWeight[];
}
export interface NetworkResult {
  readonly output: Tensor;
  readonly state: Weights;
  readonly losses: readonly Tensor[];
  readonly logits: Logits | undefined;
}
export interface Network {
  readonly layers: readonly PlacedLayer[];
  readonly input: SampleType;
  readonly output: SampleType;
  readonly weights: readonly PlacedWeight[];
}
export declare function sequentialNetwork(layers: readonly Layer[]): Network;
export declare function snakeCase(className: string): string;
export declare function initialWeights(network: Network, key: Tensor): Weights;
export declare function applyNetwork(
  network: Network,
  weights: Weights,
  x: Tensor,
  context: CallContext,
): NetworkResult;
export declare function hashOf(text: string): number;
