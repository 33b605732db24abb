import type { Tensor } from "../../engine/tensor/tensor.js";
import { type Layer, type Weights, type WeightSpec } from "./layer.js";
import { type QuantizedKind } from "./quantized-weight.js";
export type QuantizedTransform = {
  readonly kind: QuantizedKind;
  readonly weights: readonly string[];
};
export type LowRankTransform = {
  readonly kind: "lora";
  readonly weights: readonly string[];
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
  readonly isFrozen: boolean;
};
export type WeightTransform = QuantizedTransform | LowRankTransform;
export declare const transformsOption = "weightTransforms";
export declare function transformsOf({ config }: Layer): readonly WeightTransform[];
export declare function withTransforms(given: Layer, transforms: readonly WeightTransform[]): Layer;
export declare function weightValue(layer: Layer, spec: WeightSpec, weights: Weights): Tensor;
export declare function readTransforms(given: unknown): readonly WeightTransform[];
