import { type Initializer, type InitializerName } from "./initializers.js";
import { type Layer, type LayerOptions } from "./layer.js";
import { type Regularizer, type RegularizerName } from "./regularizers.js";
export interface EmbeddingOptions extends LayerOptions {
  readonly inputDim: number;
  readonly outputDim: number;
  readonly embeddingsInitializer?: InitializerName | Initializer;
  readonly embeddingsRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly maskZero?: boolean;
}
export declare function embedding(options: EmbeddingOptions): Layer;
export interface MaskingOptions extends LayerOptions {
  readonly maskValue?: number;
}
export declare function masking(options?: MaskingOptions): Layer;
