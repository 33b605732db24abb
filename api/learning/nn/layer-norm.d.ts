import { type Initializer, type InitializerName } from "./initializers.js";
import { type Layer, type LayerOptions } from "./layer.js";
import { type Regularizer, type RegularizerName } from "./regularizers.js";
export interface LayerNormalizationOptions extends LayerOptions {
  readonly axis?: number | readonly number[];
  readonly epsilon?: number;
  readonly center?: boolean;
  readonly scale?: boolean;
  readonly betaInitializer?: InitializerName | Initializer;
  readonly gammaInitializer?: InitializerName | Initializer;
  readonly betaRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly gammaRegularizer?: RegularizerName | Regularizer | null | undefined;
}
export declare function layerNormalization(options?: LayerNormalizationOptions): Layer;
