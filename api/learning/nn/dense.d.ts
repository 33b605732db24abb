import type { DType } from "../../engine/base/dtype.js";
import { type Shape } from "../../engine/base/shape.js";
import { type Activation } from "./activations.js";
import { type KernelOptions } from "./kernel-weights.js";
import { type SpatialOptions, type Layer, type LayerOptions, type SymbolicTensor } from "./layer.js";
export interface InputOptions {
  readonly shape: Shape;
  readonly dtype?: DType;
  readonly name?: string;
}
export interface InputLayer extends Layer, SymbolicTensor {}
export declare function input(options: InputOptions): InputLayer;
export interface DenseOptions extends KernelOptions {
  readonly units: number;
}
export declare function dense(options: DenseOptions): Layer;
export interface ActivationOptions extends LayerOptions {
  readonly activation: Activation;
}
export declare function activation(options: ActivationOptions): Layer;
export declare function flatten(options?: SpatialOptions): Layer;
export interface ReshapeOptions extends LayerOptions {
  readonly targetShape: Shape;
}
export declare function reshape(options: ReshapeOptions): Layer;
export interface RescalingOptions extends LayerOptions {
  readonly scale: number;
  readonly offset?: number;
}
export declare function rescaling(options: RescalingOptions): Layer;
export declare function withoutUndefined<Value>(
  entries: Readonly<Record<string, Value | undefined>>,
): Record<string, Value>;
