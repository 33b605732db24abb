import { type Activation } from "./activations.js";
import { type KernelMoveOptions } from "./conv.js";
import { type Initializer, type InitializerName } from "./initializers.js";
import { type Layer, type LayerOptions } from "./layer.js";
import { type Regularizer, type RegularizerName } from "./regularizers.js";
export interface DepthwiseConv2dOptions extends LayerOptions, KernelMoveOptions {
  readonly depthMultiplier?: number;
  readonly activation?: Activation | null;
  readonly useBias?: boolean;
  readonly depthwiseInitializer?: InitializerName | Initializer;
  readonly biasInitializer?: InitializerName | Initializer;
  readonly depthwiseRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly biasRegularizer?: RegularizerName | Regularizer | null | undefined;
}
export declare function depthwiseConv2d(options: DepthwiseConv2dOptions): Layer;
export interface SeparableConv2dOptions extends DepthwiseConv2dOptions {
  readonly filters: number;
  readonly pointwiseInitializer?: InitializerName | Initializer;
  readonly pointwiseRegularizer?: RegularizerName | Regularizer | null | undefined;
}
export declare function separableConv2d(options: SeparableConv2dOptions): Layer;
