import { type Constraint, type ConstraintName } from "./constraints.js";
import { type Initializer, type InitializerName } from "./initializers.js";
import { type Layer, type LayerOptions } from "./layer.js";
import { type Regularizer, type RegularizerName } from "./regularizers.js";
export interface ReluOptions extends LayerOptions {
  readonly maxValue?: number | null | undefined;
  readonly negativeSlope?: number;
  readonly threshold?: number;
}
export declare function relu(options?: ReluOptions): Layer;
export interface LeakyReluOptions extends LayerOptions {
  readonly negativeSlope?: number;
}
export declare function leakyRelu(options?: LeakyReluOptions): Layer;
export interface EluOptions extends LayerOptions {
  readonly alpha?: number;
}
export declare function elu(options?: EluOptions): Layer;
export interface SoftmaxOptions extends LayerOptions {
  readonly axis?: number | readonly number[];
}
export declare function softmax(options?: SoftmaxOptions): Layer;
export interface PreluOptions extends LayerOptions {
  readonly alphaInitializer?: InitializerName | Initializer;
  readonly alphaRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly alphaConstraint?: ConstraintName | Constraint | null | undefined;
  readonly sharedAxes?: number | readonly number[] | null | undefined;
}
export declare function prelu(options?: PreluOptions): Layer;
