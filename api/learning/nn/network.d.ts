import { type Tensor } from "../../engine/tensor/tensor.js";
import {
  type CallContext,
  type Layer,
  type Logits,
  type Masks,
  type SampleType,
  type Weights,
  type WeightSpec,
} from "./layer.js";
export interface PlacedWeight extends WeightSpec {
  readonly path: string;
}
export interface PlacedLayer {
  readonly layer: Layer;
  readonly name: string;
  readonly inputs: readonly SampleType[];
  readonly output: SampleType;
  readonly weights: readonly PlacedWeight[];
}
export interface NetworkCall {
  readonly layer: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly SampleType[];
}
export interface NetworkResult {
  readonly output: Tensor;
  readonly outputs: readonly Tensor[];
  readonly state: Weights;
  readonly losses: readonly Tensor[];
  readonly logits: readonly (Logits | undefined)[];
  readonly masks: Masks;
}
export interface Network {
  readonly layers: readonly PlacedLayer[];
  readonly calls: readonly NetworkCall[];
  readonly inputs: readonly SampleType[];
  readonly input: SampleType;
  readonly outputs: readonly number[];
  readonly outputTypes: readonly SampleType[];
  readonly output: SampleType;
  readonly isSequential: boolean;
  readonly weights: readonly PlacedWeight[];
}
export interface NetworkPlan extends Pick<Network, "outputs" | "isSequential"> {
  readonly layers: readonly Layer[];
  readonly calls: readonly Pick<NetworkCall, "layer" | "inputs">[];
}
export declare function sequentialNetwork(layers: readonly Layer[]): Network;
export declare function networkOf({ layers, calls: planned, outputs, isSequential }: NetworkPlan): Network;
export declare function withTrainable(network: Network, trainable: boolean, names?: readonly string[]): Network;
export declare function initialWeights(network: Network, key: Tensor): Weights;
export declare function initialWeight({ path, initializer, shape, value, dtype }: PlacedWeight, key: Tensor): Tensor;
export declare function copyOf(value: Tensor): Tensor;
export declare function applyNetwork(
  network: Network,
  weights: Weights,
  x: Tensor | readonly Tensor[],
  context: CallContext,
): NetworkResult;
export declare function callNetwork(
  network: Network,
  weights: Weights,
  x: Tensor | readonly Tensor[],
  context: CallContext,
): NetworkResult;
export declare function hashOf(text: string): number;
